"""The tables' versions: an empty database gets the newest, an older one is brought up to it.

Alembic runs the steps in `versions`; what needs no step does without Alembic, so that a process
starts fast. The version lies in a table of our own name: a PostgreSQL database may be shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, String, Table, delete, insert, inspect, select
from sqlalchemy.engine import Connection, Engine

from complaints.keys import Keys
from complaints.storage.tables import Base, ChangeClock

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "FIRST",
    "HEAD",
    "VERSION_TABLE",
    "UnknownVersion",
    "alembic_config",
    "alone",
    "bring_up_to_date",
    "go_back",
    "version_of",
]

FIRST, HEAD = "0001", "0002"
VERSION_TABLE = "jiesu_schema"

_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))
_LOCK = 0x6A696573  # any number that nobody else locks by
_PATIENCE = 600  # seconds to wait for another process that migrates
_OF_FIRST = {
    *("ticket", "event", "delivery", "contact", "receipt_try", "bureau_token"),
    *("idempotent_answer", "staff_account", "staff_session", "change_clock"),
}


class UnknownVersion(Exception):
    """The database holds tables that this program does not know. `version` is "" if none is noted."""

    def __init__(self, version: str) -> None:
        super().__init__(f"unknown version of the tables: {version or 'none'}")
        self.version = version


def bring_up_to_date(engine: Engine, keys: Keys) -> str:
    """Make the tables, or upgrade them, in one transaction. Returns the version found before.

    That is "" for an empty database. Of several processes one does it and the others wait. Events
    of before the chain are chained by the `keys`. Raises UnknownVersion and changes nothing.
    """
    if version_of(engine) == HEAD:
        return HEAD
    with alone(engine) as connection:
        found = _found(connection)
        if found == "":
            Base.metadata.create_all(connection)
            connection.execute(insert(ChangeClock).values(id=1, last=0))
            _note(connection, HEAD)
        elif found != HEAD:
            _upgrade(connection, keys, found)
        return found


def go_back(engine: Engine, keys: Keys, version: str) -> None:
    """Return to the tables of an older `version`; what they cannot hold is dropped.

    For an operator who must start an older program again, after a backup. Raises UnknownVersion.
    """
    from alembic import command

    with alone(engine) as connection:
        _note(connection, _found(connection))
        config = alembic_config(connection, keys)
        _refuse_unknown(config, version)
        command.downgrade(config, version)


def version_of(engine: Engine) -> str:
    """The version of the tables that are there, "" for none. Raises UnknownVersion."""
    with engine.connect() as connection:
        return _found(connection)


def _upgrade(connection: Connection, keys: Keys, found: str) -> None:
    from alembic import command

    config = alembic_config(connection, keys)
    _refuse_unknown(config, found)
    _note(connection, found)
    command.upgrade(config, HEAD)


def _refuse_unknown(config: Config, version: str) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    try:
        ScriptDirectory.from_config(config).get_revision(version)
    except CommandError as unknown:
        raise UnknownVersion(version) from unknown


def alembic_config(connection: Connection, keys: Keys) -> Config:
    """What Alembic's commands need to work in the transaction of this connection."""
    from alembic.config import Config  # half a second that most starts do not need

    config = Config()
    config.set_main_option("script_location", "complaints.storage:migrations")
    config.attributes.update(connection=connection, keys=keys)
    return config


def _found(connection: Connection) -> str:
    tables = inspect(connection)
    if not tables.has_table("ticket"):
        return ""
    if tables.has_table(VERSION_TABLE):
        noted = connection.scalar(select(_version.c.version_num))
        if noted is not None:
            return str(noted)
    if not set(tables.get_table_names()) >= _OF_FIRST:
        raise UnknownVersion("")
    if any(column["name"] == "seq" for column in tables.get_columns("event")):
        raise UnknownVersion("")
    return FIRST  # made before versions were noted


def _note(connection: Connection, version: str) -> None:
    _version.create(connection, checkfirst=True)
    connection.execute(delete(_version))
    connection.execute(insert(_version).values(version_num=version))


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction beside which no other process migrates; committed at the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            yield from _alone_on_sqlite(connection)
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout='{_PATIENCE}s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout=0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection
        connection.commit()


def _alone_on_sqlite(connection: Connection) -> Iterator[Connection]:
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE * 1000}")
    # A table that is made anew is dropped in between; can be switched outside a transaction only.
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration left a row that points nowhere")
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
