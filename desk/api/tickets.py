"""A bureau's tickets: its queue, one ticket, and the steps it takes with it."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, ticket_of_bureau
from complaints.offices.bureau_queue import Page, pull, ticket_view
from complaints.offices.bureau_ticket import read_again, read_ticket
from complaints.offices.idempotency import Answer, Effect
from complaints.offices.left_tickets import left
from desk.api import reading
from desk.api.once import do_once
from desk.api.replies import json_reply
from desk.api.services import BUREAU, SERVICES
from desk.api.steps import Step


async def list_tickets(request: web.Request) -> web.Response:
    """GET /tickets: a page of the bureau's queue in the order of changes."""
    services = request.config_dict[SERVICES]
    page = await asyncio.to_thread(
        pull,
        services.storage,
        services.rules,
        request[BUREAU],
        reading.state(request),
        request.query.get("after"),
        reading.limit(request),
        services.now(),
    )
    return _page_reply(page)


async def list_left(request: web.Request) -> web.Response:
    """GET /left: a page of the tickets that left the bureau's queue, in the order of leaving."""
    page = await asyncio.to_thread(
        left,
        request.config_dict[SERVICES].storage,
        request[BUREAU],
        request.query.get("after"),
        reading.limit(request),
    )
    return _page_reply(page)


async def show_ticket(request: web.Request) -> web.Response:
    """GET /tickets/{id}: a ticket with all that belongs to it. The look is noted."""
    services = request.config_dict[SERVICES]
    number, bureau = request.match_info["id"], request[BUREAU]

    def view() -> dict[str, Any]:
        with services.storage.write() as session:
            return read_ticket(session, number, bureau, services.rules, services.now())

    return json_reply(Answer(200, await asyncio.to_thread(view)))


def step_taker(name: str, step: Step) -> Handler:
    """POST /tickets/{id}/{name}: takes this step, once under its Idempotency-Key."""

    async def take_step(request: web.Request) -> web.Response:
        services = request.config_dict[SERVICES]
        number, bureau = request.match_info["id"], request[BUREAU]
        fields = await reading.fields(request, step.fields)

        def run(session: Session) -> dict[str, Any]:
            ticket, role = ticket_of_bureau(session, number, bureau)
            step.run(session, ticket, Actor(bureau, role), fields, services.rules, services.now())
            return ticket_view(session, ticket, role, services.rules)

        def again(session: Session) -> dict[str, Any]:
            return read_again(session, number, bureau, services.rules, services.now())

        return await do_once(request, (name, number, fields), Effect(run, again))

    return take_step


def _page_reply(page: Page) -> web.Response:
    body = {"tickets": page.tickets, "next_after": page.next_after, "has_more": page.has_more}
    return json_reply(Answer(200, body))
