"""What a bureau's request says, checked. Everything here raises ApiError when it is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from complaints.lifecycle.states import State
from complaints.offices.official_text import official_text
from desk.api.errors import ApiError
from desk.bodies import read_body

_DEFAULT_LIMIT = 50
_HIGHEST_LIMIT = 200
_LONGEST_KEY = 128
_LARGEST_BODY = 64 * 1024  # bytes; the longest text with every character escaped fits


def limit(request: web.Request) -> int:
    """How many tickets a page shall have."""
    value = request.query.get("limit", str(_DEFAULT_LIMIT))
    number = int(value) if value.isdecimal() and len(value) <= 3 else 0
    if not 1 <= number <= _HIGHEST_LIMIT:
        raise ApiError(400, "bad_limit", f"limit 应是 1 到 {_HIGHEST_LIMIT} 的整数。")
    return number


def state(request: web.Request) -> State | None:
    """The state to which a list is narrowed."""
    value = request.query.get("state")
    if not value:
        return None
    try:
        return State(value)
    except ValueError:
        known = "、".join(State)
        raise ApiError(400, "bad_state", f"state 只能是：{known}。") from None


def idempotency_key(request: web.Request) -> str:
    """The key under which a step is done once."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise ApiError(400, "idempotency_key_required", "请提供 Idempotency-Key 请求头。")
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        message = f"Idempotency-Key 应是不超过 {_LONGEST_KEY} 个可见的 ASCII 字符。"
        raise ApiError(400, "bad_request", message)
    return key


async def fields(request: web.Request, known: Mapping[str, type]) -> dict[str, Any]:
    """The known fields of a JSON object, each of its type; texts are checked and trimmed.

    What is not there is left out; what the step needs, the step itself says.
    """
    body = await _json_object(request)
    return {
        name: _value(name, body[name], kind)
        for name, kind in known.items()
        if body.get(name) is not None
    }


def _value(name: str, value: Any, kind: type) -> Any:
    if kind is list:
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise ApiError(400, "bad_request", f"{name} 应是文本的列表。")
        return [official_text(item) for item in value]
    if not isinstance(value, kind) or isinstance(value, bool):
        words = {str: "文本", int: "整数"}[kind]
        raise ApiError(400, "bad_request", f"{name} 应是{words}。")
    return official_text(value) if kind is str else value


async def _json_object(request: web.Request) -> dict[str, Any]:
    body = await read_body(request, _LARGEST_BODY)
    if not body.strip():
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_json", "请求内容不是有效的 JSON。") from None
    if not isinstance(content, dict):
        raise ApiError(400, "bad_json", "请求内容应是一个 JSON 对象。")
    return content
