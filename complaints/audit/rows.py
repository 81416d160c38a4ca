"""Events as they lie in the database, read so that no tampered value can stop the reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from complaints.storage import Storage

_TO_THE_MICROSECOND = "YYYY-MM-DD HH24:MI:SS.US"


@contextmanager
def one_moment(storage: Storage) -> Iterator[Session]:
    """A transaction that sees the database as it is now, however long it reads."""
    with storage.read() as session:
        if storage.engine.dialect.name == "sqlite":
            with _any_text(session):
                session.execute(text("BEGIN"))
                yield session
            return
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        yield session


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """SQLite holds bytes that are no text: read them as a text that fits no hash."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def written_time(session: Session, column: InstrumentedAttribute[datetime]) -> ColumnElement[str]:
    """A time as text: a driver refuses some that a database can hold."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(column, Text)
    return func.to_char(func.timezone("UTC", column), _TO_THE_MICROSECOND)


def written_json(column: InstrumentedAttribute[dict[str, Any]]) -> ColumnElement[str]:
    """A JSON value as text: it may be none."""
    return cast(column, Text)


def as_time(written: object) -> datetime | None:
    """The time that a text means, None if it means none."""
    try:
        time = datetime.fromisoformat(str(written))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def as_facts(written: object) -> dict[str, Any] | None:
    """The facts that a text means, None if it means none."""
    try:
        facts = json.loads(str(written))
    except (ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def printable(held: object) -> str:
    """A value as it can be shown, whatever it is."""
    return str(held).encode(errors="backslashreplace").decode()
