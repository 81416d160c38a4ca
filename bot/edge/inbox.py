"""The inbox: each message is stored before Rasa sees it, and answered at most once.

It is a database of the edge's own, so that it keeps messages while the ticket database is down.
Messages are sealed; replies are kept without receipts, which are derived again when needed.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from complaints.contacts import seal, unseal
from complaints.storage import open_engine

OPEN, DONE, DROPPED = "open", "done", "dropped"


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("sender", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(64), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    replies: Mapped[str | None]
    attempts: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True)
class Message:
    """One message of a sender. `content` is `{"text": …}` or `{"intent": …, "entities": …}`."""

    id: int
    message_id: str
    state: str
    content: dict[str, Any]
    replies: list[dict[str, Any]]
    attempts: int


class Inbox:
    """The stored messages of all senders."""

    def __init__(self, url: str, key: bytes) -> None:
        """`url` is SQLAlchemy's; `key` seals the messages (32 bytes)."""
        self._engine = open_engine(url)
        self._key = key

    def create(self) -> None:
        """Make the table if it is missing."""
        _Base.metadata.create_all(self._engine)

    def receive(
        self, sender: str, message_id: str, content: dict[str, Any], now: datetime
    ) -> Message:
        """Store a message, or find it when this `message_id` was stored before."""
        sealed = seal(json.dumps(content, ensure_ascii=False), self._key, message_id)
        row = _Row(
            sender=sender,
            message_id=message_id,
            state=OPEN,
            sealed=sealed,
            replies=None,
            attempts=1,
            received_at=now,
        )
        with suppress(IntegrityError), Session(self._engine) as session, session.begin():
            session.add(row)
        found = self.find(sender, message_id)
        if found is None:
            raise RuntimeError("a stored message cannot be found again")
        return found

    def find(self, sender: str, message_id: str) -> Message | None:
        """One message of a sender."""
        with Session(self._engine) as session:
            row = session.scalar(
                select(_Row).where(_Row.sender == sender, _Row.message_id == message_id)
            )
            return self._message(row) if row else None

    def last_answered(self, sender: str) -> Message | None:
        """The last message of a sender that was answered: its buttons are the live ones."""
        return self._last(sender, DONE)

    def last_unanswered(self, sender: str) -> Message | None:
        """The last message of a sender that still has no answer."""
        return self._last(sender, OPEN)

    def try_again(self, row: int) -> None:
        """Count another attempt to answer."""
        self._set(row, attempts=_Row.attempts + 1)

    def finish(self, row: int, replies: list[dict[str, Any]]) -> None:
        """Keep the answer of a message."""
        self._set(row, state=DONE, replies=json.dumps(replies, ensure_ascii=False))

    def note_failure(self, row: int, replies: list[dict[str, Any]]) -> None:
        """Keep what was said instead of an answer; the message stays open."""
        self._set(row, replies=json.dumps(replies, ensure_ascii=False))

    def drop(self, sender: str, before: int) -> None:
        """The sender's open messages up to row `before` need no answer any more."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(_Row)
                .where(_Row.sender == sender, _Row.state == OPEN, _Row.id <= before)
                .values(state=DROPPED)
            )

    def forget(self, now: datetime, after: timedelta) -> int:
        """Erase messages older than `after`. Returns how many."""
        with Session(self._engine) as session, session.begin():
            gone = session.execute(delete(_Row).where(_Row.received_at < now - after))
            return int(gone.rowcount)

    def is_up(self) -> bool:
        """Whether the inbox answers."""
        with self._engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def _last(self, sender: str, state: str) -> Message | None:
        with Session(self._engine) as session:
            row = session.scalar(
                select(_Row)
                .where(_Row.sender == sender, _Row.state == state)
                .order_by(_Row.id.desc())
                .limit(1)
            )
            return self._message(row) if row else None

    def _set(self, row: int, **values: Any) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(_Row).where(_Row.id == row).values(**values))

    def _message(self, row: _Row) -> Message:
        return Message(
            id=row.id,
            message_id=row.message_id,
            state=row.state,
            content=json.loads(unseal(row.sealed, self._key, row.message_id)),
            replies=json.loads(row.replies) if row.replies else [],
            attempts=row.attempts,
        )
