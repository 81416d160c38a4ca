"""The public chat application: the page, sessions, messages. Everything else is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.edge.limits import RateLimit, client_address
from bot.edge.sessions import ChatSession, open_session, read_session
from bot.edge.turns import Conversations, Incoming
from complaints.workdays import utc_now

_log = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "static"
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
_LARGEST_BODY = 64 * 1024  # bytes
_DANGER = "如果有人正处在危险中，请马上拨打 110。"  # where the text itself is not looked at
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True)
class Door:
    """What the routes need: who may write, how often, and who answers.

    `trust_proxy`: a reverse proxy in front names the client's address in X-Forwarded-For.
    """

    conversations: Conversations
    session_key: bytes
    messages_per_sender: RateLimit
    messages_per_address: RateLimit
    sessions_per_address: RateLimit
    trust_proxy: bool = False

    def address_of(self, request: web.Request) -> str:
        """Where a request comes from, as a keyed hash: addresses themselves are not kept."""
        forwarded = request.headers.getall("X-Forwarded-For", [])
        address = client_address(request.remote, forwarded, self.trust_proxy)
        return hmac.new(
            self.session_key, b"address:" + address.encode(), hashlib.sha256
        ).hexdigest()


_DOOR: web.AppKey[Door] = web.AppKey("door", Door)


class Refused(Exception):
    """A request that is not worked on, with a stable code and a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def create_chat(door: Door) -> web.Application:
    """The chat application."""
    app = web.Application(middlewares=[_answer_errors], client_max_size=_LARGEST_BODY)
    app[_DOOR] = door
    app.router.add_get("/", _page)
    app.router.add_static("/static", _STATIC)
    app.router.add_post("/chat/session", _open_session)
    app.router.add_post("/chat/message", _message)
    app.on_response_prepare.append(_add_headers)
    return app


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def _open_session(request: web.Request) -> web.Response:
    door = request.app[_DOOR]
    if not door.sessions_per_address.allows(door.address_of(request)):
        raise Refused(429, "too_many_sessions", f"打开得太频繁了，请一分钟后再试。{_DANGER}")
    return json_answer({"session": open_session(door.session_key, utc_now())})


async def _message(request: web.Request) -> web.Response:
    door = request.app[_DOOR]
    address = door.address_of(request)
    session = session_of(request)
    if not (
        door.messages_per_sender.allows(session.sender)
        and door.messages_per_address.allows(address)
    ):
        raise Refused(429, "too_many_messages", f"发得太快了，请一分钟后再试。{_DANGER}")
    incoming = _incoming(await body_of(request), address)
    return json_answer({"replies": await door.conversations.answer(session, incoming)})


def door_of(request: web.Request) -> Door:
    """What the routes of this application share."""
    return request.app[_DOOR]


def session_of(request: web.Request) -> ChatSession:
    """Who asks. Raises Refused with 401 for a session that was not opened here or is over."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    key = request.app[_DOOR].session_key
    session = read_session(token, key) if scheme == "Bearer" else None
    if session is None:
        raise Refused(401, "no_session", "会话已失效，请刷新页面重新开始。")
    return session


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Refused with 400."""
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError, web.RequestPayloadError) as broken:
        raise Refused(400, "bad_json", "没有收到完整的内容，请再发一次。") from broken
    if not isinstance(body, dict):
        raise Refused(400, "bad_request", "没有收到完整的内容，请再发一次。")
    return body


def _incoming(body: dict[str, Any], address: str) -> Incoming:
    message_id, text, button = (body.get(name) for name in ("message_id", "text", "button"))
    if not (isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id)):
        raise Refused(400, "bad_message_id", "消息缺少编号，请刷新页面再试。")
    given = text if button is None else button
    if (text is None) == (button is None) or not isinstance(given, str):
        raise Refused(400, "bad_request", "请发文字，或者点一个按钮。")
    return Incoming(message_id, text=text, button=button, address=address)


@web.middleware
async def _answer_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """The one place where exceptions become answers; no detail of a failure leaves."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except Refused as refused:
        return _error(refused.status, refused.code, refused.message)
    except web.HTTPRequestEntityTooLarge:
        return _error(413, "too_large", f"内容太长了，请分几次发。{_DANGER}")
    except web.HTTPException as other:
        if other.status < 400:
            raise
        return _error(other.status, f"http_{other.status}", "没有这个页面。")
    except Exception as failure:
        _log.error("%s %s failed: %s", request.method, request.path, type(failure).__name__)
        sorry = "系统暂时出了问题，没有收到您的消息，请稍后再发一次。"
        return _error(503, "try_again", sorry + _DANGER)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/"):  # an upgrade must not meet yesterday's script
        response.headers.setdefault("Cache-Control", "no-cache")


def json_answer(body: dict[str, Any]) -> web.Response:
    """A JSON answer that nobody on the way may keep."""
    response = web.json_response(body, dumps=lambda data: json.dumps(data, ensure_ascii=False))
    response.headers["Cache-Control"] = "no-store"
    return response


def _error(status: int, code: str, message: str) -> web.Response:
    response = json_answer({"error": {"code": code, "message": message}})
    response.set_status(status)
    return response
