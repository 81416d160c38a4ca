"""Logging in and out."""

from __future__ import annotations

import asyncio

from aiohttp import web

from complaints.offices.access import log_in, log_out
from desk.pages.gate import give_cookie, take_cookie
from desk.pages.hashing import Busy
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES

_LONGEST_LOGIN = 64
_LONGEST_PASSWORD = 256
_WRONG = "账号或密码不正确。"
_BUSY = "现在登录的人多，请过一会儿再试。"
_NOTICES = {"expired": "登录已过期，请重新登录。", "out": "已退出登录。"}


async def show_login(request: web.Request) -> web.Response:
    """GET /login."""
    return _page(request, notice=_NOTICES.get(request.query.get("notice", "")))


async def do_login(request: web.Request) -> web.Response:
    """POST /login: to the list with a new session, or the form again with one same sentence."""
    services = request.config_dict[SERVICES]
    login, password = request[FORM].get("login", "").strip(), request[FORM].get("password", "")
    if not _plausible(login, password):
        return _page(request, error=_WRONG, status=403)
    address = services.address_of(request)
    if minutes := services.tries.begin(login, address, services.now()):
        error = f"试的次数太多了，请 {minutes} 分钟后再试。"
        return _page(request, error=error, login=login, status=429)
    try:
        async with services.hashing.turn():
            opened = await asyncio.to_thread(
                log_in, services.storage, login, password, services.now()
            )
    except Busy:
        return _page(request, error=_BUSY, login=login, status=503)
    if opened is None:
        return _page(request, error=_WRONG, login=login, status=403)
    services.tries.succeeded(login, address)
    response = web.HTTPSeeOther(request.app.router["list"].url_for())
    give_cookie(response, opened.token, secure=services.secure_cookies)
    raise response


async def do_logout(request: web.Request) -> web.Response:
    """POST /logout: the session is over, here and in the browser."""
    services = request.config_dict[SERVICES]
    await asyncio.to_thread(log_out, services.storage, request[CLERK].token)
    response = web.HTTPSeeOther(request.app.router["login"].url_for().with_query(notice="out"))
    take_cookie(response, secure=services.secure_cookies)
    raise response


def _plausible(login: str, password: str) -> bool:
    """Whether an account could have these; what could not is not worth a look at the database."""
    return (
        0 < len(login) <= _LONGEST_LOGIN
        and login.isprintable()
        and 0 < len(password) <= _LONGEST_PASSWORD
    )


def _page(
    request: web.Request,
    notice: str | None = None,
    error: str | None = None,
    login: str = "",
    status: int = 200,
) -> web.Response:
    return render(request, "login.html", status=status, notice=notice, error=error, login=login)
