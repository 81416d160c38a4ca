"""The API as an aiohttp application, to be mounted at /api/v1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from complaints.regions import City
from complaints.storage import Storage
from complaints.workdays import utc_now
from desk.api import tickets
from desk.api.auth import require_bureau
from desk.api.errors import answer_errors
from desk.api.services import SERVICES, Services


def create_api(
    storage: Storage, city: City, now: Callable[[], datetime] = utc_now
) -> web.Application:
    """The API of one installation. `now` gives the present as an aware time."""
    app = web.Application(middlewares=[answer_errors, require_bureau])
    app[SERVICES] = Services(storage, city, now)
    app.on_response_prepare.append(_set_headers)
    app.add_routes(
        [
            web.get("/tickets", tickets.list_tickets),
            web.get("/tickets/{id:[0-9A-Za-z]{1,20}}", tickets.show_ticket),
            web.post("/tickets/{id:[0-9A-Za-z]{1,20}}/sign", tickets.sign),
            web.post("/tickets/{id:[0-9A-Za-z]{1,20}}/answer", tickets.answer),
            web.post("/tickets/{id:[0-9A-Za-z]{1,20}}/return", tickets.give_back),
        ]
    )
    return app


async def _set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
