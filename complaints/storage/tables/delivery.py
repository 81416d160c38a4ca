"""What the worker owes: messages to send and times to heed. Written with what causes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from complaints.storage.tables.base import ROW_ID, Base


def _indexes(table: str) -> tuple[SchemaItem, ...]:
    """What is due, what is stuck and what may be forgotten, each found without the other rows."""
    waiting = text("done_at IS NULL AND stuck_at IS NULL")
    stuck = text("done_at IS NULL AND stuck_at IS NOT NULL")
    done = text("done_at IS NOT NULL")
    return tuple(
        Index(f"{table}_{name}", column, sqlite_where=rows, postgresql_where=rows)
        for name, column, rows in (
            ("waiting", "next_try_at", waiting),
            ("stuck", "stuck_at", stuck),
            ("done", "done_at", done),
        )
    )


class Owed:
    """What both have in common.

    Nothing happens before `next_try_at`; a claim moves it to the end of its lease, so what a
    killed worker had claimed comes up again by itself. `stuck_at`: all tries failed, a person
    must look. `given_up_by`: who decided that it need not be done any more; `done_at` is set too.
    """

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    stuck_at: Mapped[datetime | None]
    given_up_by: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None]


class OutboxRow(Owed, Base):
    """One message to deliver. `key` makes its effect happen once, however often it is sent.

    `kind`: push (to the reporter, `target` is the reporter's mark), webhook or notice (to the
    system of the bureau `target`).
    """

    __tablename__ = "outbox"
    __table_args__ = _indexes("outbox")

    target: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Timer(Owed, Base):
    """Something to be done at `due_at`: a warning, a resumption, an erasure. Survives restarts."""

    __tablename__ = "timer"
    __table_args__ = _indexes("timer")

    due_at: Mapped[datetime]
