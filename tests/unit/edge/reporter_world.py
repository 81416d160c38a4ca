"""The public doors beside the conversation, over HTTP, on a real database, folder and inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.edge.app import Door, create_chat
from bot.edge.evidence_door import EvidenceDoor, add_evidence_door
from bot.edge.inbox import Inbox
from bot.edge.limits import RateLimit
from bot.edge.news import News, add_news
from bot.edge.proof_page import add_proof_page
from bot.edge.sessions import open_session, read_session
from complaints.filing import file_report
from complaints.model import Kind, Report
from complaints.protection.receipts import derive_receipt, hash_receipt
from complaints.reporter.mark import reporter_mark
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.workdays import utc_now
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parents[3]
SESSION_KEY = b"s" * 32
MANY = 10_000


@dataclass
class World:
    """One installation, with one parent who has a conversation."""

    storage: Storage
    rules: Rules
    inbox: Inbox
    news: News
    folder: Path
    per_minute: int = MANY
    count: int = 0

    def __post_init__(self) -> None:
        self.token = open_session(SESSION_KEY, utc_now())
        session = read_session(self.token, SESSION_KEY)
        assert session
        self.session = session

    @property
    def mark(self) -> str:
        return reporter_mark(KEYS, self.session.sender)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def file(self, *, own: bool = True, detail: str = "周六上午还在上课") -> tuple[str, str]:
        """A filed ticket: its number and receipt."""
        self.count += 1
        receipt = derive_receipt(b"secret of the reporter", f"m-{self.count}")
        parties = self.rules.city.parties.values()
        report = Report(
            intake_id=f"i-{self.count}",
            kind=Kind.OVER_HOURS_TRAINING,
            kind_confidence=0.9,
            detail=detail,
            subject_party=next(party.name for party in parties if party.party_class == "subject"),
            reporter_mark=self.mark if own else None,
        )
        hashed = hash_receipt(receipt, KEYS.receipt)
        return file_report(self.storage, self.rules, report, hashed, utc_now()).number, receipt

    def is_asked(self, asks: str | None, pressed: str | None = None) -> None:
        """The bot's last answer, to a text or a pressed button, asked for something."""
        self.count += 1
        reply = {"text": "？", "asks": asks, "buttons": [], "citations": [], "filed_by": None}
        sender, content = self.session.sender, {"payload": pressed} if pressed else {"text": "x"}
        message = self.inbox.receive(sender, f"a-{self.count}", content, utc_now())
        self.inbox.finish(message, [reply])

    def visit(self, doing: Callable[[TestClient], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            limits = [RateLimit(self.per_minute) for _ in range(5)]
            app = create_chat(Door(None, SESSION_KEY, *limits[:3]))
            door = EvidenceDoor(self.storage, self.folder, self.rules, self.inbox, limits[3])
            add_evidence_door(app, door)
            city = self.rules.city.name
            add_proof_page(app, self.storage, city, lambda request: limits[4].allows("all"))
            add_news(app, self.news, lambda sender: reporter_mark(KEYS, sender))
            async with TestClient(TestServer(app)) as client:
                return await doing(client)

        return asyncio.run(run())

    def post(self, path: str, *, bearer: bool = True, **request: Any) -> tuple[int, str]:
        """One POST: status and body."""

        async def doing(client: TestClient) -> tuple[int, str]:
            headers = self.bearer if bearer else {}
            async with client.post(path, headers=headers, **request) as answer:
                return answer.status, await answer.text()

        return self.visit(doing)

    def get(self, path: str, *, bearer: bool = True) -> tuple[int, str]:
        """One GET: status and body."""

        async def doing(client: TestClient) -> tuple[int, str]:
            async with client.get(path, headers=self.bearer if bearer else {}) as answer:
                return answer.status, await answer.text()

        return self.visit(doing)


def form(**fields: Any) -> FormData:
    """A multipart form; what is bytes goes as a file."""
    made = FormData(default_to_multipart=True)
    for name, value in fields.items():
        if isinstance(value, bytes):
            made.add_field(name, value, filename="照片.jpg", content_type="image/jpeg")
        else:
            made.add_field(name, value)
    return made


def fresh_world(folder: Path) -> World:
    """A fresh installation on SQLite."""
    storage = Storage(f"sqlite:///{folder}/jiesu.db", KEYS)
    storage.create()
    inbox = Inbox(f"sqlite:///{folder}/inbox.db", KEYS.field)
    inbox.create()
    news = News(inbox.engine, KEYS.field)
    news.create()
    rules = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
    return World(storage, rules, inbox, news, folder / "evidence")
