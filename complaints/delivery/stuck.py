"""What all tries failed for: shown to a person, who has it tried again or gives it up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from complaints.delivery.claims import Table
from complaints.storage.tables import OutboxRow, Timer

_TABLES: tuple[Table, ...] = (OutboxRow, Timer)


@dataclass(frozen=True)
class Stuck:
    """One delivery (with `target`) or timer (without) that waits for a person."""

    key: str
    kind: str
    target: str | None
    ticket_id: int | None
    tries: int
    last_error: str
    since: datetime
    stuck_at: datetime


def stuck(session: Session) -> list[Stuck]:
    """All that is stuck, the longest stuck first. `since`: written (delivery) or due (timer)."""
    rows: list[OutboxRow | Timer] = [
        *session.scalars(select(OutboxRow).where(*_stuck(OutboxRow))),
        *session.scalars(select(Timer).where(*_stuck(Timer))),
    ]
    return sorted(map(_shown, rows), key=lambda one: one.stuck_at)


def retry_stuck(session: Session, keys: Collection[str], now: datetime) -> int:
    """Try what is stuck under these keys again, as if for the first time. Returns how many."""
    return _change(session, keys, {"tries": 0, "next_try_at": now, "stuck_at": None})


def give_up(session: Session, keys: Collection[str], by: str, now: datetime) -> int:
    """Leave what is stuck under these keys undone for good; `by` is kept. Returns how many."""
    return _change(session, keys, {"done_at": now, "given_up_by": by})


def _change(session: Session, keys: Collection[str], values: dict[str, Any]) -> int:
    changed = 0
    for table in _TABLES:
        change = update(table).where(table.key.in_(tuple(keys)), *_stuck(table)).values(values)
        changed += int(session.execute(change).rowcount)  # type: ignore[attr-defined]
    return changed


def _stuck(table: Table) -> tuple[ColumnElement[bool], ...]:
    return table.done_at.is_(None), table.stuck_at.is_not(None)


def _shown(row: OutboxRow | Timer) -> Stuck:
    return Stuck(
        key=row.key,
        kind=row.kind,
        target=row.target if isinstance(row, OutboxRow) else None,
        ticket_id=row.ticket_id,
        tries=row.tries,
        last_error=row.last_error or "",
        since=row.created_at if isinstance(row, OutboxRow) else row.due_at,
        stuck_at=row.stuck_at or row.next_try_at,
    )
