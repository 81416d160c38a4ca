"""The web process: chat, desk and bureau API on one port. The only process that is exposed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

from aiohttp import web

from bot.edge.app import Door, create_chat
from bot.edge.inbox import Inbox
from bot.edge.intake import Intake
from bot.edge.limits import RateLimit
from bot.edge.policy_page import add_policy_page
from bot.edge.rasa_client import RasaClient
from bot.edge.turns import Conversations
from complaints.danger import load_danger
from complaints.regions import load_city
from complaints.routing.decision import load_routing
from complaints.storage import Storage
from complaints.workdays import shanghai_date, utc_now
from desk.api import create_api
from desk.pages import create_pages
from policy.adviser import Adviser, load_adviser
from policy.sections import load_sections
from policy.suspicion import suspect_by
from processes.logs import quiet_logs
from settings import Settings, load_key

_SENDERS_BEHIND_ONE = 10  # a school's or an office's people share an address


def create_web(settings: Settings) -> web.Application:
    """The whole web application of an installation."""
    storage = Storage(settings.database_url)
    city = load_city(settings.regions_folder)
    routing = load_routing(settings.routing_folder)
    inbox = Inbox(settings.inbox_url, load_key(settings, "field"))
    inbox.create()
    rasa = RasaClient(
        f"http://127.0.0.1:{settings.rasa_port}",
        os.environ["JIESU_CHANNEL_TOKEN"],
        settings.turn_timeout,
    )
    intake = Intake(
        storage=storage,
        danger=load_danger(settings.routing_folder),
        field_key=load_key(settings, "field"),
        receipt_salt=load_key(settings, "receipt"),
    )
    door = Door(
        conversations=Conversations(inbox, intake, rasa),
        session_key=load_key(settings, "session"),
        messages_per_sender=RateLimit(settings.messages_per_minute),
        messages_per_address=RateLimit(_SENDERS_BEHIND_ONE * settings.messages_per_minute),
        sessions_per_address=RateLimit(settings.messages_per_minute),
        trust_proxy=settings.trusted_proxy,
    )
    app = create_chat(door)
    adviser = load_adviser(settings.policy_folder, city.terms, kept=settings.search_file)
    _add_policy_page(app, adviser, settings, door)
    pages = create_pages(
        storage, city, routing, suspect_by(adviser), secure_cookies=settings.trusted_proxy
    )
    app.add_subapp("/desk", pages)
    app.add_subapp("/api/v1", create_api(storage, city))
    app.router.add_get("/healthz", _health(storage, inbox))
    app.cleanup_ctx.append(_closing(rasa))
    return app


def _add_policy_page(
    app: web.Application, adviser: Adviser, settings: Settings, door: Door
) -> None:
    searches = RateLimit(_SENDERS_BEHIND_ONE * settings.messages_per_minute)
    add_policy_page(
        app,
        adviser.book,
        adviser.retriever,
        on=lambda: shanghai_date(utc_now()),
        sections=load_sections(settings.policy_folder),
        may_search=lambda request: searches.allows(door.address_of(request)),
    )


def _health(storage: Storage, inbox: Inbox) -> object:
    async def health(request: web.Request) -> web.Response:
        up = {}
        for name, part in (("database", storage), ("inbox", inbox)):
            try:
                up[name] = await asyncio.to_thread(part.is_up)
            except Exception:
                up[name] = False
        return web.json_response(up, status=200 if all(up.values()) else 503)

    return health


def _closing(rasa: RasaClient) -> object:
    async def close(app: web.Application) -> AsyncIterator[None]:
        yield
        await rasa.close()

    return close


def main() -> None:
    """Serve until stopped."""
    settings = Settings.from_environment()
    quiet_logs()
    web.run_app(
        create_web(settings),
        host=settings.host,
        port=settings.web_port,
        print=lambda *_: None,
        access_log=None,
        handle_signals=True,
    )


if __name__ == "__main__":
    main()
