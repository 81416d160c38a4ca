"""The pages as an aiohttp application, to be mounted at /desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from complaints.regions import City
from complaints.routing.decision import RoutingTable
from complaints.storage import Storage
from complaints.workdays import SHANGHAI, utc_now
from desk.pages import lists, login, tickets
from desk.pages.errors import show_errors
from desk.pages.gate import require_clerk
from desk.pages.login_tries import LoginTries
from desk.pages.services import SERVICES, Services
from policy.suspicion import Suspect

_FOLDER = Path(__file__).resolve().parent.parent
_TICKET = "/tickets/{number:[0-9A-Za-z]{1,20}}"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def create_pages(
    storage: Storage,
    city: City,
    routing: RoutingTable,
    suspect: Suspect,
    now: Callable[[], datetime] = utc_now,
    secure_cookies: bool = False,
) -> web.Application:
    """The pages of one installation.

    `suspect` names the rules that a ticket may violate; `secure_cookies`: browsers reach the pages
    by https only.
    """
    app = web.Application(middlewares=[show_errors, require_clerk])
    app[SERVICES] = Services(storage, city, routing, now, suspect, secure_cookies, LoginTries())
    app.on_response_prepare.append(_set_headers)
    aiohttp_jinja2.setup(
        app,
        loader=FileSystemLoader(_FOLDER / "templates"),
        filters={"shanghai": _shanghai},
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app.router.add_static("/static", _FOLDER / "static", name="static")
    app.router.add_get("/login", login.show_login, name="login")
    app.router.add_post("/login", login.do_login, name="login")
    app.router.add_post("/logout", login.do_logout, name="logout")
    app.router.add_get("/", lists.show_list, name="list")
    app.router.add_get(_TICKET, tickets.show_ticket, name="ticket")
    app.router.add_post(f"{_TICKET}/kind", tickets.correct_kind, name="kind")
    app.router.add_post(f"{_TICKET}/dispatch", tickets.dispatch, name="dispatch")
    app.router.add_post(f"{_TICKET}/close", tickets.close, name="close")
    return app


async def _set_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
    is_static = request.match_info.route.name == "static"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"


def _shanghai(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
