"""The five things a bureau can ask: its queue, one ticket, to sign, to answer, to give back."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from complaints.lifecycle.steps import Actor, act, return_ticket, ticket_of_bureau
from complaints.lifecycle.table import Action
from complaints.offices.bureau_queue import history_view, pull, ticket_view
from complaints.offices.idempotency import Answer, Request, answer_once
from complaints.offices.official_text import official_text
from desk.api import reading
from desk.api.errors import refusal
from desk.api.replies import json_reply
from desk.api.services import BUREAU, SERVICES, Services


async def list_tickets(request: web.Request) -> web.Response:
    """GET /tickets: a page of the bureau's queue in the order of changes."""
    services = request.config_dict[SERVICES]
    page = await asyncio.to_thread(
        pull,
        services.storage,
        request[BUREAU],
        reading.state(request),
        request.query.get("after"),
        reading.limit(request),
        services.now(),
    )
    body = {"tickets": page.tickets, "next_after": page.next_after, "has_more": page.has_more}
    return json_reply(Answer(200, body))


async def show_ticket(request: web.Request) -> web.Response:
    """GET /tickets/{id}: a ticket with its history."""
    services = request.config_dict[SERVICES]
    number, bureau = request.match_info["id"], request[BUREAU]

    def view() -> dict[str, Any]:
        with services.storage.read() as session:
            ticket, role = ticket_of_bureau(session, number, bureau)
            return ticket_view(ticket, role) | {"history": history_view(session, ticket)}

    return json_reply(Answer(200, await asyncio.to_thread(view)))


async def sign(request: web.Request) -> web.Response:
    """POST /tickets/{id}/sign: the bureau takes the ticket on (签收)."""
    await reading.no_fields(request)
    return await _step(request, Action.SIGN, None)


async def answer(request: web.Request) -> web.Response:
    """POST /tickets/{id}/answer: the bureau's answer to the reporter (答复)."""
    return await _step(request, Action.ANSWER, await reading.text_field(request, "text"))


async def give_back(request: web.Request) -> web.Response:
    """POST /tickets/{id}/return: back to the hotline with a reason (退单)."""
    return await _step(request, Action.RETURN, await reading.text_field(request, "reason"))


async def _step(request: web.Request, action: Action, text: str | None) -> web.Response:
    services = request.config_dict[SERVICES]
    number, bureau = request.match_info["id"], request[BUREAU]
    once = Request(bureau, reading.idempotency_key(request), (action.value, number, text))

    def effect(session: Session) -> dict[str, Any]:
        return _take_step(session, services, number, bureau, action, text)

    return json_reply(
        await asyncio.to_thread(
            answer_once, services.storage, once, effect, refusal, services.now()
        )
    )


def _take_step(
    session: Session,
    services: Services,
    number: str,
    bureau: str,
    action: Action,
    text: str | None,
) -> dict[str, Any]:
    ticket, role = ticket_of_bureau(session, number, bureau)
    actor, words = Actor(bureau, role), official_text(text or "")
    if action == Action.RETURN:
        return_ticket(session, ticket, actor, words, services.city, services.now())
    else:
        act(session, ticket, action, actor, services.now(), words)
    session.flush()  # so that the view tells the version that will be committed
    return ticket_view(ticket, role)
