"""Whether a ticket's case is the one that the events lead to.

A ticket's own event names the case it was merged into. When that case was merged into another one,
or its reporter withdrew and a follower took its place, the ticket went along without an event of
its own: its reporter is told nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.rows import as_facts, written_json
from complaints.lifecycle.states import Action
from complaints.storage.tables import Event, Ticket

_BEHIND = 20  # events behind a withdrawal among which that of the heir is


def leads_to(session: Session, number: object, ticket_id: object) -> bool:
    """Whether the case of this number became, step by step, the ticket of this id."""
    ahead, seen = [str(number)], set[str]()
    while ahead:
        seen.add(current := ahead.pop())
        id_ = session.scalar(select(Ticket.id).where(Ticket.number == current))
        if id_ is not None and id_ == ticket_id:
            return True
        if id_ is not None:
            ahead += [one for one in _next(session, id_, current) if one not in seen]
    return False


def _next(session: Session, ticket_id: int, number: str) -> Iterator[str]:
    """The numbers of the tickets that took this one's place."""
    of_ticket = _events(session).where(Event.ticket_id == ticket_id)
    for event in session.execute(of_ticket.where(Event.action == Action.MERGE)):
        yield str((as_facts(event.facts) or {}).get("into"))
    for gone in session.execute(of_ticket.where(Event.action == Action.WITHDRAW)):
        behind = Event.seq.between(gone.seq + 1, gone.seq + _BEHIND)
        heirs = _events(session).where(behind, Event.action == Action.SPLIT)
        for event in session.execute(heirs):
            if (as_facts(event.facts) or {}).get("from") == number:
                yield str(event.number)


def _events(session: Session) -> Any:
    columns = (Event.seq, written_json(Event.facts).label("facts"), Ticket.number)
    return select(*columns).join(Ticket, Ticket.id == Event.ticket_id).order_by(Event.seq)
