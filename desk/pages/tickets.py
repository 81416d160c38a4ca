"""One ticket, and what a clerk does with it. Each step ends in a redirect with a notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from aiohttp import web
from sqlalchemy.orm import Session

from complaints.lifecycle.steps import Actor, act, dispatch_ticket, reclassify_ticket
from complaints.lifecycle.table import Action, NotAllowed, Role
from complaints.model import Kind
from complaints.offices.case_file import CaseFile, case_file
from complaints.offices.triage import change_ticket
from complaints.storage.tables import Ticket
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES, Services
from policy.suspicion import Suspicion

_NOTICES = {"kind": "事项类别已改定。", "dispatch": "工单已派出。", "close": "工单已办结。"}

Step = Callable[[Services, Session, Ticket, str, Mapping[str, str]], object]


async def show_ticket(request: web.Request) -> web.Response:
    """GET /tickets/{number}."""
    return await _page(request, notice=_NOTICES.get(request.query.get("done", "")))


async def correct_kind(request: web.Request) -> web.Response:
    """POST /tickets/{number}/kind: what the ticket is really about."""
    return await _take(request, "kind", _correct_kind)


async def dispatch(request: web.Request) -> web.Response:
    """POST /tickets/{number}/dispatch: to the chosen bureau (派单)."""
    return await _take(request, "dispatch", _dispatch)


async def close(request: web.Request) -> web.Response:
    """POST /tickets/{number}/close: the answer was accepted (办结)."""
    return await _take(request, "close", _close)


def _correct_kind(
    services: Services, session: Session, ticket: Ticket, clerk: str, form: Mapping[str, str]
) -> object:
    kind = form.get("kind", "")
    if kind not in set(Kind):
        raise NotAllowed("unknown_kind", "请选择一个事项类别。")
    return reclassify_ticket(session, ticket, clerk, Kind(kind), services.now())


def _dispatch(
    services: Services, session: Session, ticket: Ticket, clerk: str, form: Mapping[str, str]
) -> object:
    bureau = form.get("bureau", "")
    return dispatch_ticket(session, ticket, clerk, bureau, services.city, services.now())


def _close(
    services: Services, session: Session, ticket: Ticket, clerk: str, form: Mapping[str, str]
) -> object:
    return act(session, ticket, Action.CLOSE, Actor(clerk, Role.HOTLINE), services.now())


async def _take(request: web.Request, name: str, step: Step) -> web.Response:
    services, form = request.config_dict[SERVICES], request[FORM]
    number, clerk = request.match_info["number"], request[CLERK].login

    def change() -> None:
        version = _version(form.get("version", ""))
        with change_ticket(services.storage, number, version, services.city) as (session, ticket):
            step(services, session, ticket, clerk, form)

    try:
        await asyncio.to_thread(change)
    except NotAllowed as refused:
        return await _page(request, error=str(refused), status=409)
    page = request.app.router["ticket"].url_for(number=number)
    raise web.HTTPSeeOther(page.with_query(done=name))


def _version(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) <= 9 else 0


async def _page(
    request: web.Request, notice: str | None = None, error: str | None = None, status: int = 200
) -> web.Response:
    services, number = request.config_dict[SERVICES], request.match_info["number"]

    def load() -> tuple[CaseFile, tuple[Suspicion, ...]]:
        with services.storage.read() as session:
            case = case_file(session, number, services.city, services.routing)
        told = "\n".join((case.detail, *(words for _, words in case.said)))
        return case, services.suspect(told, case.row.kind.value, case.row.filed_at)

    case, suspicions = await asyncio.to_thread(load)
    return render(
        request,
        "ticket.html",
        status=status,
        notice=notice,
        error=error,
        case=case,
        suspicions=suspicions,
        kinds=list(Kind),
        sure=services.routing.sure_kind,
    )
