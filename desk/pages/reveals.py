"""A reporter's data in the clear: what others asked for, and what this clerk may see."""

from __future__ import annotations

import asyncio

from aiohttp import web

from complaints.lifecycle.act import Actor
from complaints.lifecycle.states import Role
from complaints.lifecycle.table import NotAllowed
from complaints.offices.reveal_requests import RevealRequest, reveal_requests
from complaints.offices.triage import hotline_ticket
from complaints.protection.reveal import RevealedField, decide_reveal, read_revealed
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES

_NOTICES = {"yes": "已同意查看，24 小时内有效。", "no": "已拒绝查看。"}


async def show_requests(request: web.Request) -> web.Response:
    """GET /reveals: what waits for a second person."""
    return await _list(request, notice=_NOTICES.get(request.query.get("done", "")))


async def decide_request(request: web.Request) -> web.Response:
    """POST /reveals/{id}: allow (`approve` yes) or refuse (no) a look."""
    services, answer = request.config_dict[SERVICES], request[FORM].get("approve", "")
    clerk, asked = Actor(request[CLERK].login, Role.HOTLINE), int(request.match_info["id"])

    def decide() -> None:
        if answer not in _NOTICES:
            raise NotAllowed("decision_required", "请选择同意或不同意。")
        with services.storage.write() as session:
            decide_reveal(session, asked, clerk, answer == "yes", services.now())

    try:
        await asyncio.to_thread(decide)
    except NotAllowed as refused:
        return await _list(request, error=str(refused), status=409)
    page = request.app.router["reveals"].url_for()
    raise web.HTTPSeeOther(page.with_query(done=answer))


async def show_personal(request: web.Request) -> web.Response:
    """GET /tickets/{number}/personal: the reporter's data, for who asked and was allowed.

    Every call is a look that is noted.
    """
    services, number = request.config_dict[SERVICES], request.match_info["number"]
    login = request[CLERK].login

    def read() -> tuple[RevealedField, ...]:
        with services.storage.write() as session:
            ticket = hotline_ticket(session, number, services.rules.city, login)
            return read_revealed(session, ticket, Actor(login, Role.HOTLINE), services.now())

    shown = await asyncio.to_thread(read)
    return render(request, "personal.html", number=number, fields=shown)


async def _list(
    request: web.Request, notice: str | None = None, error: str | None = None, status: int = 200
) -> web.Response:
    services = request.config_dict[SERVICES]

    def load() -> tuple[RevealRequest, ...]:
        with services.storage.read() as session:
            return reveal_requests(session, services.rules.city, request[CLERK].login)

    asked = await asyncio.to_thread(load)
    return render(request, "reveals.html", status=status, notice=notice, error=error, asked=asked)
