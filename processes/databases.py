"""Opens the databases before the processes do: a broken or a foreign one is named here, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import MetaData, create_engine, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from actions.keys import installation_keys
from bot.edge.inbox import TABLES as INBOX_TABLES
from bot.edge.inbox import Inbox
from complaints.keys import Keys
from complaints.storage import Storage, UnknownVersion
from complaints.storage.migrations import HEAD
from complaints.storage.tables import Base
from processes.preflight import CannotStart
from settings import Settings

_RASA_TABLES = {"events"}
_OURS = {*Base.metadata.tables, *INBOX_TABLES.tables, *_RASA_TABLES}


def open_databases(settings: Settings) -> Storage:
    """The ticket database with its tables; inbox and conversations are looked at as well.

    Raises CannotStart when one cannot be opened or is not ours.
    """
    keys = installation_keys(settings)
    storage = open_tickets(settings, keys)
    with _explained("收件箱", "JIESU_INBOX_URL"):
        inbox = Inbox(settings.inbox_url, keys.field)
        _refuse_foreign(inbox.engine)
        inbox.create()
        _refuse_other(inbox.engine, INBOX_TABLES)
    if settings.tracker_file.exists():
        with _explained(f"对话记录 {settings.tracker_file} ", "JIESU_VAR"):
            _refuse_foreign(create_engine(f"sqlite:///{settings.tracker_file}"))
    return storage


def open_tickets(settings: Settings, keys: Keys) -> Storage:
    """The ticket database alone, brought up to date; what was done is printed.

    Raises CannotStart when it cannot be opened, is not ours, or is of a newer program.
    """
    with _explained("工单库", "JIESU_DATABASE_URL"):
        storage = Storage(settings.database_url, keys)
        _refuse_foreign(storage.engine)
        found = storage.create()
        if found not in ("", HEAD):
            print(f"工单库已从版本 {found} 升级到 {HEAD}，旧记录已补进审计链。", flush=True)
        _refuse_other(storage.engine, Base.metadata)
    return storage


def _refuse_other(engine: Engine, tables: MetaData) -> None:
    """Tables under our names that lack a column of ours."""
    columns = inspect(engine)
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
    except UnknownVersion as other:
        version = f"版本 {other.version}" if other.version else "没有版本号"
        raise CannotStart(
            f"{name}不是这个程序认识的版本（{version}）：请用建它的（更新的）程序，"
            f"或从升级前的备份恢复，或用 {variable} 指定别的。"
        ) from other
    except (SQLAlchemyError, sqlite3.Error, ImportError) as failure:
        # Not the whole text: it may hold the URL, and with it a password.
        why = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        raise CannotStart(
            f"{name}打不开（{why}）：请检查它和 {variable}，坏了就从备份恢复。"
        ) from failure
