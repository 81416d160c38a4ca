"""Tickets whose promised day has passed without an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from complaints.lifecycle.table import Role, State
from complaints.storage import Storage, next_change
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date

_OWED = (State.PENDING, State.DISPATCHED, State.HANDLING, State.RETURN_PENDING)


def mark_overdue(storage: Storage, now: datetime) -> int:
    """Mark each ticket that is late, once, with an event. Returns how many were marked."""
    with storage.write() as session:
        late = session.scalars(
            select(Ticket).where(
                Ticket.state.in_(_OWED),
                Ticket.overdue.is_(False),
                Ticket.promised_on < shanghai_date(now),
            )
        ).all()
        for ticket in late:
            ticket.overdue = True
            ticket.changed_at = next_change(session)
            session.add(
                Event(
                    ticket_id=ticket.id,
                    at=now,
                    action="overdue",
                    role=Role.SYSTEM,
                    actor="worker",
                    state=ticket.state,
                    facts={},
                )
            )
        return len(late)
