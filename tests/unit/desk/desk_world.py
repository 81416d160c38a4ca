"""A desk to test with: a real SQLite file, the demo city, a clock that stands still, a server."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import event

from complaints.danger import load_danger
from complaints.filing import file_report
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.dispatching import dispatch_ticket
from complaints.lifecycle.states import Role
from complaints.model import Kind, Report
from complaints.offices.access import issue_bureau_token
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from desk.api import create_api
from desk.pages import create_pages
from policy.suspicion import Suspicion
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parents[3]
LUMING = "luming-education"  # handles what the tests file, unless they say otherwise
MARKET = "luming-market-supervision"  # handles it together with LUMING
HOTLINE = "tinglan-hotline"


@cache
def demo_rules() -> Rules:
    """The demo city and the tables that come with the product."""
    return load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")


@dataclass
class World:
    """What stands behind the desk."""

    storage: Storage
    evidence: Path
    moment: datetime = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
    rules: Rules = field(default_factory=demo_rules)
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def now(self) -> datetime:
        return self.moment

    def file(
        self,
        party: str | None = "衡算数学",
        kind: Kind = Kind.OVER_HOURS_TRAINING,
        detail: str = "周六上午还在给五年级的孩子上课",
        confidence: float = 0.9,
        place: str | None = "印石路",
        **more: Any,
    ) -> str:
        """A parent's confirmed report; the ticket's number."""
        n = next(self._count)
        report = Report(
            intake_id=more.pop("intake_id", f"intake-{n}"),
            kind=kind,
            kind_confidence=confidence,
            detail=detail,
            subject_party=party,
            place=place,
            when="周六上午",
            **more,
        )
        return file_report(self.storage, self.rules, report, f"hash-{n}", self.moment).number

    def file_unsure(self, **more: Any) -> str:
        """A report whose kind the machine is not sure of: it waits for the hotline."""
        return self.file(confidence=0.3, **more)

    def dispatch(self, number: str, bureau: str) -> None:
        """What a clerk does at the desk."""
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            dispatch_ticket(
                session,
                ticket,
                Actor("lin", Role.HOTLINE),
                bureau,
                self.rules,
                self.moment,
                "属地在那边",
            )

    def token(self, bureau: str) -> str:
        return issue_bureau_token(self.storage, bureau, self.moment)


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def location(self) -> str:
        return str(self.headers["Location"])


@dataclass
class Site:
    """The desk as a server, asked one request after the other or several at once."""

    world: World
    runner: asyncio.Runner
    client: TestClient[Any, Any]

    def ask(self, method: str, path: str, **how: Any) -> Reply:
        return self.runner.run(self._ask(method, path, **how))

    def ask_together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[Reply]:
        async def all_of_them() -> list[Reply]:
            return await asyncio.gather(*(self._ask(m, p, **how) for m, p, how in requests))

        return self.runner.run(all_of_them())

    def bureau(self, bureau: str) -> Bureau:
        return Bureau(self, {"Authorization": f"Bearer {self.world.token(bureau)}"})

    async def _ask(self, method: str, path: str, **how: Any) -> Reply:
        async with self.client.request(method, path, allow_redirects=False, **how) as reply:
            return Reply(reply.status, reply.headers, await reply.text())


@dataclass
class Bureau:
    """A bureau's own system."""

    site: Site
    headers: dict[str, str]
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def get(self, path: str) -> Reply:
        return self.site.ask("GET", f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, content: Any = None, key: str | None = None) -> Reply:
        """A step under a key of its own, unless one is given."""
        method, where, how = self.request(path, content, key or f"key-{next(self._count)}")
        return self.site.ask(method, where, **how)

    def request(self, path: str, content: Any, key: str) -> tuple[str, str, dict[str, Any]]:
        how: dict[str, Any] = {"headers": self.headers | {"Idempotency-Key": key}}
        if content is not None:
            how["json"] = content
        return "POST", f"/api/v1{path}", how

    def queue(self, query: str = "") -> list[str]:
        """The numbers in its queue."""
        return [ticket["id"] for ticket in self.get(f"/tickets{query}").json["tickets"]]


def open_world(folder: Path) -> World:
    """An empty desk in a folder."""
    storage = Storage(f"sqlite:///{folder}/desk.db", KEYS)
    event.listen(storage.engine, "connect", _spare_the_disk)
    storage.create()
    return World(storage, folder / "evidence")


def _spare_the_disk(connection: Any, _record: Any) -> None:
    """No test pulls the plug."""
    connection.execute("PRAGMA synchronous=OFF")


def suspect(told: str, kind: str, said_at: datetime) -> tuple[Suspicion, ...]:
    """A rule book of one rule."""
    found = Suspicion("R-TR-03", "周末的学科培训", "周末不能上。", "〔《意见》〕")
    return (found,) if "上课" in told else ()


@contextmanager
def open_site(world: World, *, secure_cookies: bool = False) -> Iterator[Site]:
    """Serve API and pages as the product does."""
    app = web.Application()
    app.add_subapp("/api/v1", create_api(world.storage, world.rules, world.now))
    pages = create_pages(
        world.storage,
        world.rules,
        suspect,
        world.now,
        secure_cookies,
        danger=load_danger(ROOT / "data/routing"),
        evidence_folder=world.evidence,
        address_of=lambda request: request.headers.get("X-From", "the office"),
    )
    app.add_subapp("/desk", pages)

    async def start() -> TestClient[Any, Any]:
        client = TestClient(TestServer(app))
        await client.start_server()
        return client

    with asyncio.Runner() as runner:
        client = runner.run(start())
        try:
            yield Site(world, runner, client)
        finally:
            runner.run(client.close())
            world.storage.engine.dispose()
