"""The API as an aiohttp application, to be mounted at /api/v1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import web

from complaints.rules import Rules
from complaints.storage import Storage
from complaints.workdays import utc_now
from desk.api import evidence, reveals, tasks, tickets
from desk.api.auth import require_bureau
from desk.api.errors import answer_errors
from desk.api.services import SERVICES, Services
from desk.api.steps import STEPS

_TICKET = "/tickets/{id:[0-9A-Za-z]{1,20}}"
_TASK = "/tasks/{id:[0-9]{1,18}}"


def create_api(
    storage: Storage,
    rules: Rules,
    now: Callable[[], datetime] = utc_now,
    evidence_folder: Path | None = None,
) -> web.Application:
    """The API of one installation. `now` gives the present as an aware time.

    `evidence_folder` holds the reporters' files, which cannot be opened without it.
    """
    app = web.Application(middlewares=[answer_errors, require_bureau])
    app[SERVICES] = Services(storage, rules, now, evidence_folder)
    app.on_response_prepare.append(_set_headers)
    app.add_routes(
        [
            web.get("/tickets", tickets.list_tickets),
            web.get(_TICKET, tickets.show_ticket),
            *(
                web.post(f"{_TICKET}/{name}", tickets.step_taker(name, step))
                for name, step in STEPS.items()
            ),
            web.get(f"{_TICKET}/evidence/{{ref:[0-9a-f]{{1,32}}}}", evidence.show_evidence),
            web.post(f"{_TICKET}/reveal", reveals.ask),
            web.get(f"{_TICKET}/reveal", reveals.show),
            web.get("/left", tickets.list_left),
            web.get("/tasks", tasks.list_tasks),
            web.post(f"{_TASK}/sign", tasks.sign),
            web.post(f"{_TASK}/done", tasks.finish),
        ]
    )
    return app


async def _set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
