"""A reporter's ticket and what was split off it (拆单): one receipt, the parent's, opens them all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.storage.tables import Ticket


def parent_of_all(session: Session, ticket: Ticket) -> Ticket:
    """The ticket that was filed itself, whose receipt opens this one too."""
    while ticket.split_from is not None:
        ticket = session.get_one(Ticket, ticket.split_from)
    return ticket


def parts_of(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets that were split off this very one, in the order of filing."""
    return list(
        session.scalars(select(Ticket).where(Ticket.split_from == ticket.id).order_by(Ticket.id))
    )


def with_parts(session: Session, ticket: Ticket) -> list[Ticket]:
    """A ticket, and all that was split off it or off its parts."""
    parts = [with_parts(session, part) for part in parts_of(session, ticket)]
    return [ticket, *(each for some in parts for each in some)]
