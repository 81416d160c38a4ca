"""Who looked at a ticket: one row per look, written with what was shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from complaints.storage.tables import Reading, Ticket
from complaints.storage.tables.base import UtcDateTime

Way = Literal["page", "list", "api", "pull", "reveal", "receipt", "evidence", "export"]
"""How a ticket was looked at."""

_COLUMNS = ("ticket_id", "at", "role", "actor", "way")


@dataclass(frozen=True)
class Look:
    """One look at a ticket."""

    at: datetime
    role: str
    actor: str
    way: str


def note_reading(
    session: Session, ticket_ids: Iterable[int], role: str, actor: str, way: Way, now: datetime
) -> None:
    """Note that somebody looked at these tickets, in the transaction that shows them: one row each.

    `role` is one of the life cycle's, `actor` a bureau's id, a clerk's login or `reporter`.
    """
    look = (literal(now, UtcDateTime()), literal(str(role)), literal(actor), literal(way))
    # One statement, however many tickets: this is on the way of every pull.
    looked_at = select(Ticket.id, *look).where(Ticket.id.in_(tuple(ticket_ids)))
    session.execute(insert(Reading).from_select(_COLUMNS, looked_at))


def readings_of(session: Session, ticket_id: int, limit: int = 200) -> tuple[Look, ...]:
    """Who looked at this ticket, the newest first; at most `limit`."""
    rows = session.scalars(
        select(Reading)
        .where(Reading.ticket_id == ticket_id)
        .order_by(Reading.at.desc(), Reading.id.desc())
        .limit(limit)
    )
    return tuple(Look(row.at, row.role, row.actor, row.way) for row in rows)
