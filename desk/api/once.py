"""Steps that are done once under their Idempotency-Key, however often the request comes."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from complaints.offices.idempotency import Effect, Request, answer_once
from desk.api import reading
from desk.api.errors import refusal
from desk.api.replies import json_reply
from desk.api.services import BUREAU, SERVICES


async def do_once(request: web.Request, content: tuple[Any, ...], effect: Effect) -> web.Response:
    """Answer with what `effect` tells. `content`: all that tells the request from another one."""
    services = request.config_dict[SERVICES]
    once = Request(request[BUREAU], reading.idempotency_key(request), content)
    answer = await asyncio.to_thread(
        answer_once, services.storage, once, effect, refusal, services.now()
    )
    return json_reply(answer)
