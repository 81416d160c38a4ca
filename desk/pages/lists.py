"""The hotline's lists: what waits to be sent on, and what is under way."""

from __future__ import annotations

import asyncio

from aiohttp import web

from complaints.offices.triage import Tab, list_tickets
from desk.pages.rendering import render
from desk.pages.services import SERVICES

_PER_PAGE = 30


async def show_list(request: web.Request) -> web.Response:
    """GET /: one page of one tab."""
    services = request.config_dict[SERVICES]
    tab, page = _tab(request.query.get("tab", "")), _page(request.query.get("page", "1"))
    tickets = await asyncio.to_thread(
        list_tickets, services.storage, services.city, tab, page, _PER_PAGE
    )
    sure = services.routing.sure_kind
    return render(request, "list.html", tickets=tickets, tab=tab, tabs=list(Tab), sure=sure)


def _tab(value: str) -> Tab:
    return Tab(value) if value in set(Tab) else Tab.TRIAGE


def _page(value: str) -> int:
    return max(1, int(value)) if value.isdecimal() and len(value) <= 5 else 1
