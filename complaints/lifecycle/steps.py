"""What bureaus, hotline staff and reporters do with a ticket; every step becomes an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.filing import deliver
from complaints.lifecycle.table import Action, NotAllowed, Role, State, transition
from complaints.model import Kind
from complaints.regions import City
from complaints.storage import next_change
from complaints.storage.tables import Delivery, Event, Ticket


class NotFound(LookupError):
    """No such ticket for this actor: it does not exist or is not theirs, which looks the same."""


@dataclass(frozen=True)
class Actor:
    """Who acts: the id of a bureau, the login of a clerk, or `reporter`."""

    id: str
    role: Role


def act(
    session: Session,
    ticket: Ticket,
    action: Action,
    actor: Actor,
    now: datetime,
    text: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Ticket:
    """Take one step of the life cycle in an open write transaction.

    Raises NotAllowed when the table of states forbids it.
    """
    step = transition(State(ticket.state), action, actor.role, text)
    ticket.state = step.next_state
    ticket.changed_at = next_change(session)
    session.add(
        Event(
            ticket_id=ticket.id,
            at=now,
            action=action,
            role=actor.role,
            actor=actor.id,
            state=step.next_state,
            text=text.strip() if text and text.strip() else None,
            facts=facts or {},
        )
    )
    session.flush()
    return ticket


def ticket_by_number(session: Session, number: str) -> Ticket:
    """The ticket with this number. Raises NotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number))
    if ticket is None:
        raise NotFound("没有这个工单。")
    return ticket


def ticket_of_bureau(session: Session, number: str, bureau: str) -> tuple[Ticket, Role]:
    """A ticket in this bureau's queue and the bureau's role in it. Raises NotFound."""
    row = session.execute(
        select(Ticket, Delivery.role)
        .join(Delivery, Delivery.ticket_id == Ticket.id)
        .where(Ticket.number == number, Delivery.bureau == bureau, Delivery.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("本单位没有这个工单。")
    return row[0], Role(row[1])


def supplement_ticket(session: Session, number: str, text: str, now: datetime) -> Ticket:
    """A reporter adds to a ticket; the same words sent twice in a row are added once.

    Raises NotFound, NotAllowed.
    """
    ticket = ticket_by_number(session, number)
    last = session.scalar(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id.desc()).limit(1)
    )
    if last and last.action == Action.SUPPLEMENT and last.text == text.strip():
        return ticket
    return act(session, ticket, Action.SUPPLEMENT, Actor("reporter", Role.REPORTER), now, text)


def withdraw_ticket(session: Session, number: str, now: datetime) -> Ticket:
    """A reporter takes a ticket back. Raises NotFound, NotAllowed."""
    ticket = ticket_by_number(session, number)
    return act(session, ticket, Action.WITHDRAW, Actor("reporter", Role.REPORTER), now)


def return_ticket(
    session: Session, ticket: Ticket, actor: Actor, reason: str, city: City, now: datetime
) -> Ticket:
    """A bureau gives a ticket back with a reason (退单): it leaves all queues but the hotline's.

    Raises NotAllowed with `reported_unit` when the hotline itself is complained of.
    """
    hotline = next(b.id for b in city.bureaus.values() if b.function == "hotline")
    if ticket.routing["facts"]["reported_bureau"] == hotline:
        raise NotAllowed("reported_unit", "被举报单位是热线，不能退给热线，请直接办理。")
    act(session, ticket, Action.RETURN, actor, now, reason)
    _end_deliveries(session, ticket, now)
    ticket.lead = hotline
    deliver(session, ticket.id, hotline, Role.LEAD, now)
    return ticket


def dispatch_ticket(
    session: Session, ticket: Ticket, clerk: str, bureau: str, city: City, now: datetime
) -> Ticket:
    """The hotline sends a ticket to a bureau (派单).

    Raises NotAllowed with `unknown_bureau`, `same_bureau` or `reported_unit` (a unit never gets
    its own case).
    """
    chosen = city.bureaus.get(bureau)
    if chosen is None or chosen.function == "hotline":
        raise NotAllowed("unknown_bureau", "请选择一个承办单位。")
    if ticket.routing["facts"]["reported_bureau"] == bureau:
        raise NotAllowed("reported_unit", "被举报单位不能办理自己的工单，请选上一级单位。")
    if ticket.lead == bureau:
        raise NotAllowed("same_bureau", "工单已经在这个单位，请选择其他单位。")
    facts = {"from": ticket.lead, "to": bureau}
    act(session, ticket, Action.DISPATCH, Actor(clerk, Role.HOTLINE), now, facts=facts)
    _end_deliveries(session, ticket, now)
    ticket.lead = bureau
    deliver(session, ticket.id, bureau, Role.LEAD, now)
    return ticket


def reclassify_ticket(
    session: Session, ticket: Ticket, clerk: str, kind: Kind, now: datetime
) -> Ticket:
    """The hotline corrects what a ticket is about; the old kind stays in the history.

    Raises NotAllowed, with `same_kind` when nothing would change.
    """
    if ticket.kind == kind:
        raise NotAllowed("same_kind", "事项类别没有变化，请选择另一个类别。")
    facts = {"from": ticket.kind, "to": kind.value}
    act(session, ticket, Action.RECLASSIFY, Actor(clerk, Role.HOTLINE), now, facts=facts)
    ticket.kind = kind.value
    return ticket


def _end_deliveries(session: Session, ticket: Ticket, now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None))
        .values(ended_at=now)
    )
