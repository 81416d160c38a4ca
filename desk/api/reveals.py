"""A reporter's data in the clear: asked for with a reason, shown once the hotline approved."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from complaints.offices.bureau_reveal import ask_for_reporter, asked_before, read_reporter
from complaints.offices.idempotency import Answer, Effect
from desk.api import reading
from desk.api.once import do_once
from desk.api.replies import json_reply
from desk.api.services import BUREAU, SERVICES


async def ask(request: web.Request) -> web.Response:
    """POST /tickets/{id}/reveal: ask to see who reported."""
    services, bureau = request.config_dict[SERVICES], request[BUREAU]
    number, fields = request.match_info["id"], await reading.fields(request, {"reason": str})

    def run(session: Session) -> dict[str, Any]:
        reason = fields.get("reason", "")
        return ask_for_reporter(session, number, bureau, reason, services.now())

    def again(session: Session) -> dict[str, Any]:
        return asked_before(session, number, bureau)

    return await do_once(request, ("reveal", number, fields), Effect(run, again))


async def show(request: web.Request) -> web.Response:
    """GET /tickets/{id}/reveal: the data, while an approval holds. Every call is noted."""
    services, bureau = request.config_dict[SERVICES], request[BUREAU]
    number = request.match_info["id"]

    def read() -> dict[str, Any]:
        with services.storage.write() as session:
            return read_reporter(session, number, bureau, services.now())

    return json_reply(Answer(200, await asyncio.to_thread(read)))
