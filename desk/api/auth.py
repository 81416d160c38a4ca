"""Who may come in: bureaus with a token. Everything else is refused, unknown paths too."""

from __future__ import annotations

import asyncio
import re

from aiohttp import web
from aiohttp.typedefs import Handler

from complaints.offices.access import bureau_of_token
from desk.api.errors import ApiError
from desk.api.services import BUREAU, SERVICES

_BEARER = re.compile(r"bearer +(jb_[0-9A-Za-z_-]{20,100})", re.IGNORECASE)


@web.middleware
async def require_bureau(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request with a valid token through, marked with its bureau."""
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    storage = request.config_dict[SERVICES].storage
    bureau = await asyncio.to_thread(bureau_of_token, storage, match[1]) if match else None
    if bureau is None:
        raise ApiError(
            401,
            "unauthorized",
            "请在 Authorization 头中提供有效的单位令牌。",
            {"WWW-Authenticate": 'Bearer realm="jiesu"'},
        )
    request[BUREAU] = bureau
    return await handler(request)
