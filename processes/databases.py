"""Opens the databases before the processes do: a broken or a foreign one is named here, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import MetaData, create_engine, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.edge.inbox import TABLES as INBOX_TABLES
from bot.edge.inbox import Inbox
from complaints.storage import Storage
from complaints.storage.tables import Base
from processes.preflight import CannotStart
from settings import Settings, load_key

_RASA_TABLES = {"events"}
_OURS = {*Base.metadata.tables, *INBOX_TABLES.tables, *_RASA_TABLES}


def open_databases(settings: Settings) -> Storage:
    """The ticket database with its tables; inbox and conversations are looked at as well.

    Raises CannotStart when one cannot be opened or is not ours.
    """
    with _explained("工单库", "JIESU_DATABASE_URL"):
        storage = Storage(settings.database_url)
        _make(storage, Base.metadata)
    with _explained("收件箱", "JIESU_INBOX_URL"):
        _make(Inbox(settings.inbox_url, load_key(settings, "field")), INBOX_TABLES)
    if settings.tracker_file.exists():
        with _explained(f"对话记录 {settings.tracker_file} ", "JIESU_VAR"):
            _refuse_foreign(create_engine(f"sqlite:///{settings.tracker_file}"))
    return storage


def _make(database: Storage | Inbox, tables: MetaData) -> None:
    """Make the tables that are missing, in a database that holds nothing foreign."""
    _refuse_foreign(database.engine)
    database.create()
    columns = inspect(database.engine)
    for table in tables.sorted_tables:
        there = {column["name"] for column in columns.get_columns(table.name)}
        if not there >= set(table.columns.keys()):
            raise _NotOurs(f"是另一个版本的（表 {table.name} 不一样）")


def _refuse_foreign(engine: Engine) -> None:
    """An SQLite file of some other program; a PostgreSQL database may be shared."""
    there = set(inspect(engine).get_table_names())
    if engine.dialect.name == "sqlite" and there and not there & _OURS:
        raise _NotOurs("是别的程序的数据库")


class _NotOurs(Exception):
    """Why a database is not taken."""


@contextmanager
def _explained(name: str, variable: str) -> Iterator[None]:
    try:
        yield
    except _NotOurs as reason:
        raise CannotStart(f"{name}{reason}：请把它挪走，或用 {variable} 指定别的。") from reason
    except (SQLAlchemyError, sqlite3.Error, ImportError) as failure:
        # Not the whole text: it may hold the URL, and with it a password.
        why = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        raise CannotStart(
            f"{name}打不开（{why}）：请检查它和 {variable}，坏了就从备份恢复。"
        ) from failure
