"""Storage: one engine and one way to open a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from complaints.keys import Keys
from complaints.storage.clock import next_change
from complaints.storage.migrations import UnknownVersion, bring_up_to_date

__all__ = ["Storage", "UnknownVersion", "keys_of", "next_change", "open_engine"]

_BUSY_SECONDS = 3


class Storage:
    """A complaint database (SQLite or PostgreSQL), safe to use from several processes."""

    def __init__(self, url: str, keys: Keys) -> None:
        """`url` is SQLAlchemy's, such as `sqlite:///var/jiesu.db`. Nothing is opened yet.

        Every transaction knows the `keys`: events are chained and personal data sealed by them.
        """
        self.engine = open_engine(url)
        self.keys = keys

    def create(self) -> str:
        """Make the tables in an empty database; bring those of an older version up to date.

        Returns the version found before, "" for an empty database. Raises UnknownVersion when the
        tables are of a newer program, and then changes nothing.
        """
        return bring_up_to_date(self.engine, self.keys)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only transaction."""
        with Session(self.engine, info={"keys": self.keys}) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back on any exception.

        On SQLite the write lock is taken at once, so that a later statement cannot lose it.
        """
        opened = Session(self.engine, expire_on_commit=False, info={"keys": self.keys})
        with opened as session, session.begin():
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


def keys_of(session: Session) -> Keys:
    """The keys of the storage that opened this transaction."""
    keys: Keys = session.info["keys"]
    return keys
