"""News for a reporter's chat: that something happened to an own ticket, never what was said.

Kept under the reporter's mark, sealed, beside the inbox. GET /chat/news gives what the page has not
yet said that it showed, so that an answer lost on the way loses no news.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import LargeBinary, MetaData, String, delete, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bot.edge.app import Refused, json_answer, session_of
from bot.edge.limits import RateLimit
from complaints.keys import KeyRing
from complaints.storage.tables.base import UtcDateTime
from complaints.workdays import utc_now

KEPT = timedelta(days=30)
_MOST = 20  # that are given at once
_LOOKS_PER_MINUTE = 30  # of one conversation


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    mark: Mapped[str] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


NEWS_TABLES: MetaData = _Base.metadata


@dataclass(frozen=True)
class NewsItem:
    """One piece of news; ids grow."""

    id: int
    text: str


class News:
    """The news of all reporters."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        """`engine` is the inbox's; `ring` seals the texts."""
        self._engine = engine
        self._ring = ring

    def create(self) -> None:
        """Make the table if it is missing."""
        NEWS_TABLES.create_all(self._engine)

    def add(self, mark: str, key: str, text: str, at: datetime) -> None:
        """Keep news for a reporter's mark; the same key is kept once, however often it comes."""
        sealed = self._ring.seal(text, f"news:{key}")
        try:
            with Session(self._engine) as session, session.begin():
                session.add(_Row(key=key, mark=mark, sealed=sealed, added_at=at))
        except IntegrityError:
            with Session(self._engine) as session:
                if session.scalar(select(_Row.id).where(_Row.key == key)) is None:
                    raise

    def take(self, mark: str, now: datetime, seen: int = 0) -> tuple[NewsItem, ...]:
        """The news of a mark that were not seen yet, oldest first; those up to `seen` now are."""
        untaken = _Row.mark == mark, _Row.taken_at.is_(None)
        if seen:
            with Session(self._engine) as session, session.begin():
                session.execute(update(_Row).where(*untaken, _Row.id <= seen).values(taken_at=now))
        with Session(self._engine) as session:
            rows = session.scalars(select(_Row).where(*untaken).order_by(_Row.id).limit(_MOST))
            return tuple(
                NewsItem(row.id, self._ring.unseal_text(row.sealed, f"news:{row.key}"))
                for row in rows
            )

    def forget(self, now: datetime, after: timedelta = KEPT) -> int:
        """Erase what is older than `after`, seen or not. Returns how many."""
        with Session(self._engine) as session, session.begin():
            return int(session.execute(delete(_Row).where(_Row.added_at < now - after)).rowcount)


def add_news(app: web.Application, news: News, mark_of: Callable[[str], str]) -> None:
    """Add GET /chat/news to the chat application. `mark_of` gives a sender's mark."""
    looks = RateLimit(_LOOKS_PER_MINUTE)

    async def show(request: web.Request) -> web.Response:
        session = session_of(request)
        if not looks.allows(session.sender):
            raise Refused(429, "too_many_looks", "看得太频繁了，请一分钟后再试。")
        seen = request.query.get("seen", "0")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 16):
            raise Refused(400, "bad_request", "请刷新页面再试。")
        items = await asyncio.to_thread(news.take, mark_of(session.sender), utc_now(), int(seen))
        return json_answer({"news": [{"id": item.id, "text": item.text} for item in items]})

    app.router.add_get("/chat/news", show)
