"""The pages as an aiohttp application, to be mounted at /desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined

from complaints.danger import DangerGroup
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.workdays import SHANGHAI, utc_now
from desk.pages import evidence, lists, login, phone, registers, reveals, tickets
from desk.pages.errors import show_errors
from desk.pages.gate import require_clerk
from desk.pages.services import SERVICES, Services
from desk.pages.steps import STEPS
from policy.suspicion import Suspect

_FOLDER = Path(__file__).resolve().parent.parent
_TICKET = "/tickets/{number:[0-9A-Za-z]{1,20}}"
_STEP = f"{_TICKET}/{{step:{'|'.join(STEPS)}}}"
_ID = "{id:[0-9]{1,18}}"
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
    rules: Rules,
    suspect: Suspect,
    now: Callable[[], datetime] = utc_now,
    secure_cookies: bool = False,
    danger: tuple[DangerGroup, ...] = (),
    evidence_folder: Path | None = None,
    address_of: Callable[[web.Request], str] = lambda request: request.remote or "unknown",
) -> web.Application:
    """The pages of one installation.

    `suspect` names the rules that a ticket may violate; `secure_cookies`: browsers reach the pages
    by https only; `danger` is looked for in what callers tell; `evidence_folder` holds the
    reporters' files, which cannot be opened without it; `address_of` names where a request comes
    from (not the proxy before us), by which logins are limited.
    """
    app = web.Application(middlewares=[show_errors, require_clerk])
    app[SERVICES] = Services(
        storage, rules, now, suspect, secure_cookies, address_of, danger, evidence_folder
    )
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
    app.add_routes(
        [
            web.get("/login", login.show_login, name="login"),
            web.post("/login", login.do_login, name="login"),
            web.post("/logout", login.do_logout, name="logout"),
            web.get("/", lists.show_list, name="list"),
            web.get("/find", tickets.find_ticket, name="find"),
            web.get(_TICKET, tickets.show_ticket, name="ticket"),
            web.get(f"{_TICKET}/personal", reveals.show_personal, name="personal"),
            web.post(_STEP, tickets.take_step, name="step"),
            web.get("/evidence/{ref:[0-9a-f]{1,32}}", evidence.show_evidence, name="evidence"),
            web.get("/new", phone.show_form, name="phone"),
            web.post("/new", phone.check, name="phone"),
            web.post("/new/file", phone.file, name="phone_file"),
            web.get("/reveals", reveals.show_requests, name="reveals"),
            web.post(f"/reveals/{_ID}", reveals.decide_request, name="reveal"),
            web.get("/interests", registers.show_interests, name="interests"),
            web.post("/interests", registers.declare, name="interests"),
            web.get("/risks", registers.show_risks, name="risks"),
            web.post(f"/risks/{_ID}", registers.see_to, name="risk"),
        ]
    )
    return app


async def _set_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    is_static = request.match_info.route.name == "static"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"


def _shanghai(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
