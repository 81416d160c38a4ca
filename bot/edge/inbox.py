"""The inbox: each message is stored before Rasa sees it, and answered at most once.

It is a database of the edge's own, so that it keeps messages while the ticket database is down.
Messages and answers are sealed; answers are kept without receipts, which are derived again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from complaints.keys import KeyRing
from complaints.protection.sealed_columns import Sealed
from complaints.storage import open_engine
from complaints.storage.tables.base import UtcDateTime

OPEN, DONE, DROPPED = "open", "done", "dropped"

Replies = list[dict[str, Any]]


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("sender", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(64), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    replies: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered: Mapped[int | None]  # the order of a sender's answers: 1, 2, 3…
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


TABLES: MetaData = _Base.metadata

_CONTENT, _REPLIES = "content", "replies"


def _purpose(part: str) -> Callable[[str, str], str]:
    """What a part of a message is sealed for: it opens only for its sender and its id."""
    return lambda sender, message_id: f"{sender}|{message_id}|{part}"


_NAMES = ("sender", "message_id")
SEALED = tuple(
    Sealed(TABLES.tables["inbox"], "id", part, _NAMES, _purpose(part))
    for part in (_CONTENT, _REPLIES)
)
"""The sealed columns, for changing the key."""


@dataclass(frozen=True)
class Message:
    """One message of a sender. `content` is `{"text": …}`, `{"payload": …}` of a button, or `{}`.

    Empty is the content of what the edge answered by itself.
    """

    id: int
    message_id: str
    state: str
    content: dict[str, Any]
    replies: Replies
    sender: str


class Inbox:
    """The stored messages of all senders."""

    def __init__(self, url: str, ring: KeyRing) -> None:
        """`url` is SQLAlchemy's; the keys of `ring` seal messages and answers."""
        self.engine = open_engine(url)
        self._ring = ring

    def create(self) -> None:
        """Make the table if it is missing."""
        TABLES.create_all(self.engine)

    def receive(
        self, sender: str, message_id: str, content: dict[str, Any], now: datetime
    ) -> Message:
        """Store a message, or find it when this `message_id` was stored before."""
        self._add(self._row(sender, message_id, content, now))
        found = self.find(sender, message_id)
        if found is None:
            raise RuntimeError("a stored message cannot be found again")
        return found

    def find(self, sender: str, message_id: str) -> Message | None:
        """One message of a sender, by the client's id."""
        return self._first(_Row.sender == sender, _Row.message_id == message_id)

    def find_open(self, sender: str, row: int) -> Message | None:
        """One message of a sender that still has no answer, by its row."""
        return self._first(_Row.sender == sender, _Row.id == row, _Row.state == OPEN)

    def last_answered(self, sender: str) -> Message | None:
        """The message of a sender that was answered last: its buttons are the live ones."""
        return self._first(
            _Row.sender == sender, _Row.answered.is_not(None), order=_Row.answered.desc()
        )

    def last_unanswered(self, sender: str) -> Message | None:
        """The last message of a sender that still has no answer."""
        return self._first(_Row.sender == sender, _Row.state == OPEN, order=_Row.id.desc())

    def finish(self, message: Message, replies: Replies) -> None:
        """Keep the answer of a message; its buttons are the live ones from now."""
        other = aliased(_Row)
        last = select(func.max(other.answered)).where(other.sender == message.sender)
        following = func.coalesce(last.scalar_subquery(), 0) + 1
        self._set(message, replies, state=DONE, answered=following)

    def note_failure(self, message: Message, replies: Replies) -> None:
        """Keep what was said instead of an answer; the message stays open."""
        self._set(message, replies)

    def keep(self, sender: str, message_id: str, replies: Replies, now: datetime) -> None:
        """Keep what the edge itself answered, so that the same id gets the same.

        The live buttons stay those of the last answer of the bot.
        """
        row = self._row(sender, message_id, {}, now)
        row.state = DONE
        row.replies = self._seal(replies, sender, message_id, _REPLIES)
        if not self._add(row):
            self._set(self.receive(sender, message_id, {}, now), replies, state=DONE)

    def drop(self, message: Message) -> None:
        """This message needs no answer any more."""
        self._drop(_Row.id == message.id)

    def drop_before(self, message: Message) -> None:
        """What the sender said before this message needs no answer any more."""
        self._drop(_Row.sender == message.sender, _Row.id < message.id)

    def forget(self, now: datetime, after: timedelta) -> int:
        """Erase messages older than `after`. Returns how many."""
        with Session(self.engine) as session, session.begin():
            gone = session.execute(delete(_Row).where(_Row.received_at < now - after))
            return int(gone.rowcount)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction of several statements; on SQLite it has the write lock from the beginning."""
        with Session(self.engine) as session, session.begin():
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN IMMEDIATE"))
            yield session

    def is_up(self) -> bool:
        """Whether the inbox answers."""
        with self.engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def _first(self, *conditions: Any, order: Any = None) -> Message | None:
        with Session(self.engine) as session:
            row = session.scalar(select(_Row).where(*conditions).order_by(order).limit(1))
            return self._message(row) if row else None

    def _row(self, sender: str, message_id: str, content: dict[str, Any], now: datetime) -> _Row:
        sealed = self._seal(content, sender, message_id, _CONTENT)
        return _Row(
            sender=sender, message_id=message_id, state=OPEN, content=sealed, received_at=now
        )

    def _add(self, row: _Row) -> bool:
        """Insert a row; False when its `message_id` is there already."""
        try:
            with Session(self.engine) as session, session.begin():
                session.add(row)
        except IntegrityError:
            return False
        return True

    def _set(self, message: Message, replies: Replies, **values: Any) -> None:
        sealed = self._seal(replies, message.sender, message.message_id, _REPLIES)
        change = update(_Row).where(_Row.id == message.id).values(replies=sealed, **values)
        with Session(self.engine) as session, session.begin():
            session.execute(change)

    def _drop(self, *conditions: Any) -> None:
        with Session(self.engine) as session, session.begin():
            change = update(_Row).where(_Row.state == OPEN, *conditions)
            session.execute(change.values(state=DROPPED))

    def _seal(self, value: Any, sender: str, message_id: str, part: str) -> bytes:
        plain = json.dumps(value, ensure_ascii=False)
        return self._ring.seal(plain, _purpose(part)(sender, message_id))

    def _unseal(self, sealed: bytes, sender: str, message_id: str, part: str) -> Any:
        return json.loads(self._ring.unseal(sealed, _purpose(part)(sender, message_id)))

    def _message(self, row: _Row) -> Message:
        name = (row.sender, row.message_id)
        return Message(
            id=row.id,
            message_id=row.message_id,
            state=row.state,
            content=self._unseal(row.content, *name, _CONTENT),
            replies=self._unseal(row.replies, *name, _REPLIES) if row.replies else [],
            sender=row.sender,
        )
