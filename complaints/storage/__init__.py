"""Storage: one engine, one way to open a transaction, one clock that orders changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event, func, insert, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from complaints.storage.tables import Base, ChangeClock

_BUSY_SECONDS = 3


class Storage:
    """A complaint database (SQLite or PostgreSQL), safe to use from several processes."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's, such as `sqlite:///var/jiesu.db`. Nothing is opened yet."""
        self.engine = open_engine(url)

    def create(self) -> None:
        """Make the tables that are missing."""
        Base.metadata.create_all(self.engine)
        with self.write() as session:
            if session.get(ChangeClock, 1) is None:
                session.execute(insert(ChangeClock).values(id=1, last=0))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only transaction."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back on any exception.

        On SQLite the write lock is taken at once, so that a later statement cannot lose it.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN IMMEDIATE"))
            yield session

    def is_up(self) -> bool:
        """Whether the database answers."""
        with self.engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite in WAL mode with short waits, PostgreSQL with a short timeout.

    Parameters stay out of error texts: they hold what reporters wrote, and errors are logged.
    """
    if not url.startswith("sqlite"):
        waits = {
            "connect_timeout": 5,
            "options": f"-c lock_timeout={_BUSY_SECONDS}s -c statement_timeout=10s",
        }
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy, not sqlite3, opens transactions
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def next_change(session: Session) -> int:
    """The next value of the change clock, in microseconds since 1970.

    Strictly increasing in the order of commits: the row stays locked until this transaction ends,
    so a bureau that pages by `changed_at` cannot miss a row that commits late.
    """
    now = time.time_ns() // 1000
    later = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    changed = session.execute(
        update(ChangeClock)
        .where(ChangeClock.id == 1)
        .values(last=later(ChangeClock.last + 1, now))
        .returning(ChangeClock.last)
    ).scalar_one()
    return int(changed)
