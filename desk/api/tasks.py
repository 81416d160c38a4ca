"""What a bureau is asked for within tickets: its open tasks, 接单 (报到) and 反馈."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web
from sqlalchemy.orm import Session

from complaints.lifecycle.tasks import finish_task, sign_task
from complaints.offices.bureau_tasks import (
    TaskPage,
    open_tasks,
    own_task,
    task_view,
    ticket_shown,
)
from complaints.offices.idempotency import Answer, Effect
from complaints.storage.tables import Task
from desk.api import reading
from desk.api.once import do_once
from desk.api.replies import json_reply
from desk.api.services import BUREAU, SERVICES, Services


async def list_tasks(request: web.Request) -> web.Response:
    """GET /tasks: a page of the bureau's open tasks, the oldest first."""
    services, bureau = request.config_dict[SERVICES], request[BUREAU]
    after, limit = request.query.get("after"), reading.limit(request)

    def read() -> TaskPage:
        with services.storage.read() as session:
            return open_tasks(session, services.rules, bureau, after, limit)

    page = await asyncio.to_thread(read)
    body = {"tasks": page.tasks, "next_after": page.next_after, "has_more": page.has_more}
    return json_reply(Answer(200, body))


async def sign(request: web.Request) -> web.Response:
    """POST /tasks/{id}/sign: the bureau takes the task on."""
    services, bureau, number = _asked(request)
    await reading.fields(request, {})

    def step(session: Session) -> Task:
        return sign_task(session, number, bureau, services.rules, services.now())

    return await do_once(request, ("task_sign", number), _effect(request, step))


async def finish(request: web.Request) -> web.Response:
    """POST /tasks/{id}/done: the bureau says what it did."""
    services, bureau, number = _asked(request)
    fields = await reading.fields(request, {"text": str})

    def step(session: Session) -> Task:
        text = fields.get("text", "")
        return finish_task(session, number, bureau, text, services.rules, services.now())

    return await do_once(request, ("task_done", number, fields), _effect(request, step))


def _asked(request: web.Request) -> tuple[Services, str, int]:
    return request.config_dict[SERVICES], request[BUREAU], int(request.match_info["id"])


def _effect(request: web.Request, step: Callable[[Session], Task]) -> Effect:
    services, bureau, number = _asked(request)

    def view(session: Session, task: Task) -> dict[str, Any]:
        return task_view(task, ticket_shown(session, task), services.rules)

    def run(session: Session) -> dict[str, Any]:
        return view(session, step(session))

    def again(session: Session) -> dict[str, Any]:
        return view(session, own_task(session, number, bureau))

    return Effect(run, again)
