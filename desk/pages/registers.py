"""Two small registers of the hotline: declared interests (回避登记) and notices of risk (风险提示)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from complaints.lifecycle.table import NotAllowed
from complaints.offices.interests import InterestLine, interest_lines, register_interest
from complaints.offices.official_text import official_text
from complaints.offices.risks import RiskLine, risk_lines, see_to_risk
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES

_DECLARED = "回避已登记。该对象的工单不再由登记人办理和查看。"
_SEEN_TO = "已记为处理。"


async def show_interests(request: web.Request) -> web.Response:
    """GET /interests."""
    return await _interests(request, notice=_DECLARED if request.query.get("done") else None)


async def declare(request: web.Request) -> web.Response:
    """POST /interests: this clerk or a bureau keeps out of all tickets on a party."""
    services, form, login = request.config_dict[SERVICES], request[FORM], request[CLERK].login

    def register() -> None:
        party, reason = (official_text(form.get(name, "")) for name in ("party", "reason"))
        with services.storage.write() as session:
            register_interest(
                session, form.get("who", ""), party, reason, services.rules, login, services.now()
            )

    try:
        await asyncio.to_thread(register)
    except NotAllowed as refused:
        return await _interests(request, error=str(refused), status=409, given=form)
    raise web.HTTPSeeOther(request.app.router["interests"].url_for().with_query(done="1"))


async def show_risks(request: web.Request) -> web.Response:
    """GET /risks: what nobody has seen to."""
    services = request.config_dict[SERVICES]

    def load() -> tuple[RiskLine, ...]:
        with services.storage.read() as session:
            return risk_lines(session, services.rules, request[CLERK].login)

    notice = _SEEN_TO if request.query.get("done") else None
    return render(request, "risks.html", notice=notice, risks=await asyncio.to_thread(load))


async def see_to(request: web.Request) -> web.Response:
    """POST /risks/{id}: this clerk has seen to a notice."""
    services, login = request.config_dict[SERVICES], request[CLERK].login

    def note() -> None:
        with services.storage.write() as session:
            notice = int(request.match_info["id"])
            see_to_risk(session, notice, services.rules, login, services.now())

    await asyncio.to_thread(note)
    raise web.HTTPSeeOther(request.app.router["risks"].url_for().with_query(done="1"))


async def _interests(
    request: web.Request,
    notice: str | None = None,
    error: str | None = None,
    status: int = 200,
    given: Mapping[str, str] | None = None,
) -> web.Response:
    services = request.config_dict[SERVICES]
    city = services.rules.city

    def load() -> tuple[InterestLine, ...]:
        with services.storage.read() as session:
            return interest_lines(session, city, request[CLERK].login)

    bureaus = [bureau for bureau in city.bureaus.values() if bureau.id != city.hotline.id]
    return render(
        request,
        "interests.html",
        status=status,
        notice=notice,
        error=error,
        interests=await asyncio.to_thread(load),
        bureaus=bureaus,
        given=given or {},
    )
