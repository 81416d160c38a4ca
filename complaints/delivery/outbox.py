"""The outbox: what is to be delivered is written with its cause and sent afterwards.

Each message has a row of its own per receiver, tries of its own and a result of its own. The
order in which a receiver gets its messages is not kept: they say what changed and carry the
ticket's version, so a late one does no harm, and one that fails holds no other back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from complaints.delivery.claims import claim_rows, note_failure, waiting
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import OutboxRow, Ticket

_PER_TARGET = 3  # in one claim, so that a receiver with many messages leaves room for others
_WORKERS_AT_ONCE = 4


@dataclass(frozen=True)
class Claimed:
    """A message that the holder may send until the lease ends. `tries` counts this one."""

    id: int
    key: str
    kind: str
    target: str
    payload: dict[str, Any]
    tries: int


def put(
    session: Session,
    key: str,
    kind: str,
    target: str,
    payload: dict[str, Any],
    ticket: Ticket | None,
    now: datetime,
) -> None:
    """Have a message delivered, if and when the caller's transaction is committed.

    The same `key` again changes nothing. The payload is JSON without personal data.
    """
    lock_clock(session)  # before all other rows, as every writer does: nobody can deadlock
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
        return
    session.add(
        OutboxRow(
            key=key,
            kind=kind,
            target=target,
            payload=payload,
            ticket_id=ticket.id if ticket else None,
            created_at=now,
            next_try_at=now,
        )
    )


def claim(storage: Storage, now: datetime, limit: int) -> list[Claimed]:
    """Claim up to `limit` due messages, the longest due first, few for each receiver."""
    with storage.read() as session:
        choice = _fair_choice(session, now, limit)
    if not choice:
        return []
    rows = (
        select(OutboxRow)
        .where(OutboxRow.id.in_(choice), *waiting(OutboxRow, now))
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(limit)
    )
    with storage.write() as session:
        return [
            Claimed(row.id, row.key, row.kind, row.target, row.payload, row.tries)
            for row in claim_rows(session, rows, now)
        ]


def _fair_choice(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """The rows to claim from: more than wanted, as other workers may be about to take the first.

    A query of its own: as part of the claim PostgreSQL numbers all rows again for each of them.
    """
    place = func.row_number().over(
        partition_by=(OutboxRow.kind, OutboxRow.target),
        order_by=(OutboxRow.next_try_at, OutboxRow.id),
    )
    numbered = select(OutboxRow.id, OutboxRow.next_try_at, place.label("place"))
    due = numbered.where(*waiting(OutboxRow, now)).subquery()
    return session.scalars(
        select(due.c.id)
        .where(due.c.place <= _PER_TARGET)
        .order_by(due.c.next_try_at, due.c.id)
        .limit(_WORKERS_AT_ONCE * limit)
    ).all()


def delivered(storage: Storage, row_id: int, now: datetime) -> None:
    """Note that a message arrived."""
    with storage.write() as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.done_at.is_(None))
            .values(done_at=now, last_error=None)
        )


def failed(storage: Storage, message: Claimed, reason: str, now: datetime) -> None:
    """Note that this try failed. `reason` is short and without content: it is kept and shown."""
    note_failure(storage, OutboxRow, message.id, message.tries, reason, now)


def hold(storage: Storage, kind: str, target: str, until: datetime) -> None:
    """Leave a receiver in peace until then: nothing waiting for it is tried earlier."""
    with storage.write() as session:
        session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.kind == kind,
                OutboxRow.target == target,
                *waiting(OutboxRow, until),
            )
            .values(next_try_at=until)
        )
