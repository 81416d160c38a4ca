"""One ticket, and what a clerk does with it. Each step ends in a redirect with a notice."""

from __future__ import annotations

import asyncio

from aiohttp import web

from complaints.lifecycle.act import Actor
from complaints.lifecycle.states import Role
from complaints.lifecycle.table import NotAllowed
from complaints.offices.case_file import CaseFile, case_file
from complaints.offices.official_text import official_text
from complaints.offices.triage import change_ticket
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES
from desk.pages.step_forms import forms
from desk.pages.step_runs import Fields
from desk.pages.steps import STEPS, take
from policy.suspicion import Suspicion


async def show_ticket(request: web.Request) -> web.Response:
    """GET /tickets/{number}. The look is noted."""
    done = STEPS.get(request.query.get("done", ""))
    return await _page(request, notice=done.done if done else None)


async def find_ticket(request: web.Request) -> web.Response:
    """GET /find?number=…: to the ticket of this number."""
    number = "".join(char for char in request.query.get("number", "") if char.isascii())
    plain = "".join(char for char in number.upper() if char.isalnum())[:20]
    if not plain:
        raise web.HTTPSeeOther(request.app.router["list"].url_for())
    raise web.HTTPSeeOther(request.app.router["ticket"].url_for(number=plain))


async def take_step(request: web.Request) -> web.Response:
    """POST /tickets/{number}/{step}: one of `STEPS`, on the ticket as the clerk saw it."""
    services, form = request.config_dict[SERVICES], request[FORM]
    number, login = request.match_info["number"], request[CLERK].login
    name = request.match_info["step"]

    def change() -> None:
        fields = _fields(name, form)
        version = _version(form.get("version", ""))
        opened = change_ticket(services.storage, number, version, services.rules.city, login)
        with opened as (session, ticket):
            clerk = Actor(login, Role.HOTLINE)
            take(session, ticket, name, clerk, fields, services.rules, services.now())

    try:
        await asyncio.to_thread(change)
    except NotAllowed as refused:
        return await _page(request, error=str(refused), status=409, refused=(name, form))
    page = request.app.router["ticket"].url_for(number=number)
    raise web.HTTPSeeOther(page.with_query(done=name))


def _fields(name: str, form: Fields) -> Fields:
    """What the form gives for a step, as texts that can be read; what is missing is empty."""
    return {field.name: official_text(form.get(field.name, "")) for field in STEPS[name].fields}


def _version(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) <= 9 else 0


async def _page(
    request: web.Request,
    notice: str | None = None,
    error: str | None = None,
    status: int = 200,
    refused: tuple[str, Fields] | None = None,
) -> web.Response:
    services, number = request.config_dict[SERVICES], request.match_info["number"]

    def load() -> tuple[CaseFile, tuple[Suspicion, ...]]:
        clerk, now = request[CLERK].login, services.now()
        case = case_file(services.storage, number, services.rules, clerk, now)
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
        forms=forms(case, services.rules, refused),
        suspicions=suspicions,
        sure=services.rules.routing.sure_kind,
        opens_files=services.evidence is not None,
    )
