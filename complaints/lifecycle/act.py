"""One step of a ticket's life: checked by the table, written to ticket, chain and queues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed, transition
from complaints.storage import next_change
from complaints.storage.tables import Barred, Delivery, Event, Reveal, Ticket

__all__ = ["Action", "Actor", "NotAllowed", "NotFound", "Role", "State", "act"]


class NotFound(LookupError):
    """No such ticket for this actor: it does not exist or is not theirs, which looks the same."""


@dataclass(frozen=True)
class Actor:
    """Who acts: the id of a bureau, the login of a clerk, `reporter` or `worker`."""

    id: str
    role: Role


_HEEDS_UNSOLVED = frozenset(
    {Action.CALL_BACK, Action.REDO, Action.REOPEN, Action.CLOSE, Action.SPLIT, Action.WITHDRAW}
)
"""What ends the waiting of a reporter who said again that nothing was solved."""
REPORTER = Actor("reporter", Role.REPORTER)
SYSTEM = Actor("worker", Role.SYSTEM)


def act(
    session: Session,
    ticket: Ticket,
    action: Action,
    actor: Actor,
    now: datetime,
    text: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Take one step of the life cycle in an open write transaction; the event that tells of it.

    Raises NotAllowed when the table of states forbids it or something is not given.
    """
    words = text.strip() if text and text.strip() else None
    step = transition(State(ticket.state), action, actor.role, words, facts)
    ticket.state = step.state_after(facts or {}).value
    if action in _HEEDS_UNSOLVED:
        ticket.unsolved_at = None
    return record(
        session,
        ticket,
        action=action.value,
        role=actor.role.value,
        actor=actor.id,
        at=now,
        text=words,
        facts=facts,
    )


def show_change(session: Session, ticket: Ticket) -> None:
    """Move the ticket to the end of all queues that it stands in."""
    session.execute(
        update(Delivery)
        .where(Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None))
        .values(changed_at=ticket.changed_at)
    )


def ticket_by_number(session: Session, number: str) -> Ticket:
    """The ticket with this number. Raises NotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        raise NotFound("没有这个工单。")
    return ticket


def ticket_of_bureau(session: Session, number: str, bureau: str) -> tuple[Ticket, Role]:
    """A ticket in this bureau's queue and the bureau's role in it. Raises NotFound.

    Who is barred has no queue row; it is asked here once more, for nothing must get past it.
    """
    row = session.execute(
        select(Ticket, Delivery.role)
        .join(Delivery, Delivery.ticket_id == Ticket.id)
        .where(Ticket.number == number, Delivery.bureau == bureau, Delivery.ended_at.is_(None))
        .where(~exists().where(Barred.ticket_id == Ticket.id, Barred.who == bureau))
    ).one_or_none()
    if row is None:
        raise NotFound("本单位没有这个工单。")
    return row[0], Role(row[1])


def barred_from(session: Session, ticket: Ticket) -> frozenset[str]:
    """Who may neither handle nor read a ticket: ids of bureaus, `staff:` and a login."""
    return frozenset(session.scalars(select(Barred.who).where(Barred.ticket_id == ticket.id)))


def is_barred(session: Session, ticket: Ticket, who: str) -> bool:
    """Whether somebody may neither handle nor read a ticket."""
    return session.get(Barred, (ticket.id, who)) is not None


def enqueue(session: Session, ticket: Ticket, bureau: str, role: Role, now: datetime) -> None:
    """Put a ticket into the queue of a bureau that never had it."""
    session.add(
        Delivery(
            ticket_id=ticket.id,
            bureau=bureau,
            role=role.value,
            changed_at=ticket.changed_at,
            created_at=now,
        )
    )


def put_in_queue(session: Session, ticket: Ticket, bureau: str, role: Role, now: datetime) -> None:
    """Put a ticket into a bureau's queue, or back into it with this role."""
    row = session.scalar(
        select(Delivery).where(Delivery.ticket_id == ticket.id, Delivery.bureau == bureau)
    )
    if row is None:
        enqueue(session, ticket, bureau, role, now)
        return
    row.role, row.changed_at = role.value, ticket.changed_at
    row.delivered_at, row.ended_at = None, None


def take_from_queues(
    session: Session, ticket: Ticket, now: datetime, keep: Iterable[str] = ()
) -> None:
    """Take a ticket out of all queues but those of the bureaus in `keep`.

    Who no longer has it no longer sees who reported, not even when it comes back the same day.
    """
    stay = tuple(keep)
    session.execute(
        update(Delivery)
        .where(
            Delivery.ticket_id == ticket.id,
            Delivery.ended_at.is_(None),
            Delivery.bureau.not_in(stay),
        )
        .values(ended_at=now, changed_at=next_change(session))
    )
    session.execute(
        update(Reveal)
        .where(
            Reveal.ticket_id == ticket.id,
            Reveal.role != Role.HOTLINE.value,
            Reveal.expires_at > now,
            Reveal.asked_by.not_in(stay),
        )
        .values(expires_at=now)
    )
