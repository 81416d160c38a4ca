"""Claims: how several workers share what is owed, and what happens after a failure.

A claim is a lease of two minutes. Who holds it tries once and notes the result; who dies lets it
run out, and the next worker tries. The number of the try tells one claim from the next, so that
a worker that was thought dead cannot undo what another one does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from complaints.storage import Storage
from complaints.storage.tables import OutboxRow, Timer

LEASE = timedelta(minutes=2)
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long after the first, second … failed try the next one is made."""
MOST_TRIES = len(PAUSES) + 1
NO_RESULT = "处理中断，没有结果"

_LONGEST_REASON = 200
_FORGOTTEN_AT_ONCE = 2000

Table = type[OutboxRow] | type[Timer]
Row = TypeVar("Row", OutboxRow, Timer)


def waiting(table: Table, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What tells a row that is due and that nobody holds."""
    return table.done_at.is_(None), table.stuck_at.is_(None), table.next_try_at <= now


def claim_rows(session: Session, rows: Select[tuple[Row]], now: datetime) -> list[Row]:
    """Lock the selected rows (those locked by others are left to them) and lease them.

    One whose tries are used up, as every holder died, gets stuck instead.
    """
    claimed = []
    for row in session.scalars(rows.with_for_update(skip_locked=True)).all():
        if row.tries >= MOST_TRIES:
            row.stuck_at, row.last_error = now, row.last_error or NO_RESULT
            continue
        row.tries += 1
        row.next_try_at = now + LEASE
        claimed.append(row)
    return claimed


def note_failure(
    storage: Storage, table: Table, row_id: int, tries: int, reason: str, now: datetime
) -> None:
    """Plan the next try after this one failed, or leave the row to a person.

    Nothing happens when the row was done, moved or claimed again meanwhile.
    """
    values: dict[str, Any] = {"last_error": reason[:_LONGEST_REASON]}
    if tries < MOST_TRIES:
        values["next_try_at"] = now + PAUSES[tries - 1]
    else:
        values["stuck_at"] = now
    with storage.write() as session:
        session.execute(
            update(table)
            .where(table.id == row_id, table.tries == tries, table.done_at.is_(None))
            .values(values)
        )


def hand_back(storage: Storage, table: Table, row_ids: Iterable[int], until: datetime) -> None:
    """Give claimed rows back untried; their next try is at `until`."""
    with storage.write() as session:
        session.execute(
            update(table)
            .where(table.id.in_(tuple(row_ids)), table.done_at.is_(None), table.tries > 0)
            .values(tries=table.tries - 1, next_try_at=until)
        )


def forget_done(storage: Storage, table: Table, now: datetime, after: timedelta) -> int:
    """Erase up to 2,000 rows that were done longer ago than `after`. Returns how many.

    A timer that is wound again meanwhile stays: PostgreSQL looks once more at the condition that
    the deletion has itself, not at that of the choice.
    """
    done = table.done_at < now - after
    with storage.write() as session:
        old = select(table.id).where(done).limit(_FORGOTTEN_AT_ONCE).scalar_subquery()
        gone = session.execute(
            delete(table)
            .where(table.id.in_(old), done)
            .execution_options(synchronize_session=False)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
