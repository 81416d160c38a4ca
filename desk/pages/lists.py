"""The hotline's lists: what waits for it, what is under way, and what is late."""

from __future__ import annotations

import asyncio

from aiohttp import web

from complaints.offices.reveal_requests import count_requests
from complaints.offices.risks import risk_lines
from complaints.offices.ticket_lists import MOST_COUNTED, Tab, TicketList, list_tickets
from complaints.workdays import shanghai_date
from desk.pages.rendering import render
from desk.pages.services import CLERK, SERVICES

_PER_PAGE = 30


async def show_list(request: web.Request) -> web.Response:
    """GET /: one page of one tab."""
    services, login = request.config_dict[SERVICES], request[CLERK].login
    tab, page = _tab(request.query.get("tab", "")), _page(request.query.get("page", "1"))

    def load() -> tuple[TicketList, int, int]:
        storage, rules, today = services.storage, services.rules, shanghai_date(services.now())
        tickets = list_tickets(storage, rules, login, tab, page, _PER_PAGE, today)
        with storage.read() as session:
            risks = len(risk_lines(session, rules, login))
            return tickets, risks, count_requests(session, rules.city, login)

    tickets, risks, requests = await asyncio.to_thread(load)
    return render(
        request,
        "list.html",
        tickets=tickets,
        tab=tab,
        tabs=list(Tab),
        risks=risks,
        requests=requests,
        most=MOST_COUNTED,
        sure=services.rules.routing.sure_kind,
    )


def _tab(value: str) -> Tab:
    return Tab(value) if value in set(Tab) else Tab.TRIAGE


def _page(value: str) -> int:
    return max(1, int(value)) if value.isdecimal() and len(value) <= 5 else 1
