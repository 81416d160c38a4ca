"""The web process: chat, desk and bureau API on one port. The only process that is exposed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

from aiohttp import web

from actions.keys import installation_keys
from bot.edge.app import Door, create_chat
from bot.edge.evidence_door import EvidenceDoor, add_evidence_door
from bot.edge.inbox import Inbox
from bot.edge.intake import Intake
from bot.edge.limits import RateLimit
from bot.edge.news import News, add_news
from bot.edge.policy_page import add_policy_page
from bot.edge.proof_page import add_proof_page
from bot.edge.rasa_client import RasaClient
from bot.edge.turns import Conversations
from complaints.danger import load_danger
from complaints.reporter.mark import reporter_mark
from complaints.rules import Rules, load_rules
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
    keys = installation_keys(settings)
    storage = Storage(settings.database_url, keys)
    rules = load_rules(settings.routing_folder, settings.regions_folder)
    inbox = Inbox(settings.inbox_url, keys.field)
    inbox.create()
    rasa = RasaClient(
        f"http://127.0.0.1:{settings.rasa_port}",
        os.environ["JIESU_CHANNEL_TOKEN"],
        settings.turn_timeout,
    )
    danger = load_danger(settings.routing_folder)
    intake = Intake(
        storage=storage,
        danger=danger,
        words=rules.words,
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
    adviser = load_adviser(settings.policy_folder, rules.city.terms, kept=settings.search_file)
    _add_policy_page(app, adviser, settings, door)
    _add_reporters_doors(app, door, storage, rules, inbox, settings)
    pages = create_pages(
        storage,
        rules,
        suspect_by(adviser),
        secure_cookies=settings.trusted_proxy,
        danger=danger,
        evidence_folder=settings.evidence_folder,
        address_of=door.address_of,
    )
    app.add_subapp("/desk", pages)
    app.add_subapp("/api/v1", create_api(storage, rules, evidence_folder=settings.evidence_folder))
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


def _add_reporters_doors(
    app: web.Application,
    door: Door,
    storage: Storage,
    rules: Rules,
    inbox: Inbox,
    settings: Settings,
) -> None:
    """What reporters use beside the conversation: files, proofs of filing, news."""
    files = RateLimit(settings.messages_per_minute)
    add_evidence_door(app, EvidenceDoor(storage, settings.evidence_folder, rules, inbox, files))
    checks = RateLimit(settings.messages_per_minute)
    add_proof_page(
        app,
        storage,
        rules.city.name,
        may_check=lambda request: checks.allows(door.address_of(request)),
    )
    news = News(inbox.engine, storage.keys.field)
    news.create()
    add_news(app, news, lambda sender: reporter_mark(storage.keys, sender))


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
