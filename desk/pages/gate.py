"""Who may come in: clerks with a session. Only the routes named in `_OPEN` are for everybody.

A request that changes something must moreover come from one of our own forms.
"""

from __future__ import annotations

import asyncio
import re
from hmac import compare_digest

from aiohttp import web
from aiohttp.typedefs import Handler

from complaints.offices.access import Login, session_of
from desk.pages.forms import read_form
from desk.pages.services import CLERK, FORM, SERVICES

_COOKIE = "jiesu_desk"
_PATH = "/desk"
_OPEN = frozenset({"login", "static"})
_TOKEN = re.compile(r"[0-9A-Za-z_-]{20,100}")
_READING = frozenset({"GET", "HEAD"})


@web.middleware
async def require_clerk(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a clerk through with `CLERK` set; send anybody else to the login page."""
    open_to_all = request.match_info.route.name in _OPEN
    clerk = None if open_to_all else await _clerk(request)
    if clerk:
        request[CLERK] = clerk
    elif not open_to_all:
        raise web.HTTPSeeOther(_login_page(request))
    if request.method not in _READING:
        await _check_origin(request, clerk)
    return await handler(request)


def give_cookie(response: web.StreamResponse, token: str, *, secure: bool) -> None:
    """Hand a session's token to the browser, for these pages only."""
    response.set_cookie(_COOKIE, token, path=_PATH, httponly=True, samesite="Strict", secure=secure)


def take_cookie(response: web.StreamResponse, *, secure: bool) -> None:
    """Make the browser forget the session."""
    response.del_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Strict", secure=secure)


async def _clerk(request: web.Request) -> Login | None:
    token = request.cookies.get(_COOKIE, "")
    if not _TOKEN.fullmatch(token):
        return None
    services = request.config_dict[SERVICES]
    return await asyncio.to_thread(session_of, services.storage, token, services.now())


def _login_page(request: web.Request) -> str:
    page = request.app.router["login"].url_for()
    return str(page.with_query(notice="expired") if _COOKIE in request.cookies else page)


async def _check_origin(request: web.Request, clerk: Login | None) -> None:
    """Refuse a form that another site sent; before login, the browser's word must do."""
    form = request[FORM] = await read_form(request)
    if clerk and not compare_digest(form.get("csrf", "").encode(), clerk.csrf.encode()):
        raise web.HTTPForbidden
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden
