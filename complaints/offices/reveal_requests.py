"""Requests to see a reporter's data (查看审批): what waits for a second person, and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.lifecycle.states import Role, State
from complaints.offices.names import names_of
from complaints.offices.triage import may_see
from complaints.protection.reveal import reveals_of
from complaints.regions import City
from complaints.storage.tables import Reveal, Ticket

_MOST_SHOWN = 100
_MOST_COUNTED = 100


@dataclass(frozen=True)
class RevealRequest:
    """One request. `own`: the clerk who looks asked it, so that somebody else must decide."""

    id: int
    number: str
    state: State
    asked_by: str
    reason: str
    asked_at: datetime
    own: bool


@dataclass(frozen=True)
class RevealNote:
    """How a clerk's own request on a ticket stands: none, waiting, open, refused or expired."""

    standing: str
    until: datetime | None = None


def reveal_note(session: Session, ticket: Ticket, login: str, now: datetime) -> RevealNote:
    """How this clerk's newest request on a ticket stands."""
    asked = reveals_of(session, ticket.id)
    own = [row for row in asked if row.role == Role.HOTLINE and row.asked_by == login]
    running = (row for row in own if row.approved and row.expires_at and now < row.expires_at)
    if row := next(running, None):
        return RevealNote("open", row.expires_at)
    if not own:
        return RevealNote("none")
    if own[0].decided_at is None:
        return RevealNote("waiting")
    return RevealNote("expired" if own[0].approved else "refused")


def reveal_requests(session: Session, city: City, login: str) -> tuple[RevealRequest, ...]:
    """The undecided requests on tickets that this clerk may see, the oldest first."""
    rows = session.execute(
        select(Reveal, Ticket.number, Ticket.state)
        .join(Ticket, Ticket.id == Reveal.ticket_id)
        .where(Reveal.decided_at.is_(None), may_see(city, login))
        .order_by(Reveal.id)
        .limit(_MOST_SHOWN)
    ).all()
    names = names_of(session, city, {asked.asked_by for asked, _, _ in rows})
    return tuple(
        RevealRequest(
            id=asked.id,
            number=number,
            state=State(state),
            asked_by=names.who(asked.role, asked.asked_by),
            reason=asked.reason,
            asked_at=asked.asked_at,
            own=asked.role == Role.HOTLINE and asked.asked_by == login,
        )
        for asked, number, state in rows
    )


def count_requests(session: Session, city: City, login: str) -> int:
    """How many requests this clerk could see, at most 100."""
    waiting = (
        select(Reveal.id)
        .join(Ticket, Ticket.id == Reveal.ticket_id)
        .where(Reveal.decided_at.is_(None), may_see(city, login))
        .limit(_MOST_COUNTED)
    )
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
