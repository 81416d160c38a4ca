"""All open tickets' deadlines computed anew: after a correction of holidays, limits or events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from complaints.deadlines.tickets import ticket_deadline
from complaints.lifecycle.act import show_change
from complaints.lifecycle.settling import events_of, keep_promise
from complaints.lifecycle.states import OWED
from complaints.lifecycle.task_days import keep_task_days
from complaints.rules import Rules
from complaints.storage import Storage, next_change
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date

_BATCH = 1000  # tickets


@dataclass(frozen=True)
class Swept:
    """How many tickets were looked at, and how many promised days were wrong."""

    looked_at: int
    corrected: int


def recompute_deadlines(storage: Storage, rules: Rules, now: datetime) -> Swept:
    """Bring the promised days of all open tickets in line with their events and today's data."""
    today, looked_at, corrected, after = shanghai_date(now), 0, 0, 0
    while True:
        with storage.read() as session:
            tickets = _next_open(session, after)
            wrong = _wrong(session, tickets, rules, today)
        if not tickets:
            return Swept(looked_at, corrected)
        for number in wrong:
            with storage.write() as session:
                lock_clock(session)  # before the ticket is read
                corrected += bring_in_line(session, session.get_one(Ticket, number), rules, now)
        looked_at += len(tickets)
        after = tickets[-1].id


def _next_open(session: Session, after: int) -> list[Row[Any]]:
    columns = (
        Ticket.id,
        Ticket.matter_code,
        Ticket.urgent,
        Ticket.district,
        Ticket.promised_on,
    )
    query = select(*columns).where(Ticket.id > after, Ticket.state.in_(OWED))
    return list(session.execute(query.order_by(Ticket.id).limit(_BATCH)).all())


def _wrong(session: Session, tickets: Iterable[Row[Any]], rules: Rules, today: date) -> list[int]:
    """Ids of the tickets whose promised day is not what follows from their events."""
    of_ticket = {ticket.id: ticket for ticket in tickets}
    return [
        number
        for number, events in _events(session, of_ticket).items()
        if (ticket := of_ticket[number])
        and (due := ticket_deadline(
            events, ticket.matter_code, ticket.urgent, rules.deadlines, today, ticket.district
        ))
        and due.due_on != ticket.promised_on
    ]  # fmt: skip


def _events(session: Session, tickets: Mapping[int, object]) -> dict[int, list[Row[Any]]]:
    if not tickets:
        return {}
    columns = (Event.ticket_id, Event.at, Event.action, Event.state, Event.facts)
    of_these = Event.ticket_id.in_(list(tickets))
    rows = session.execute(select(*columns).where(of_these).order_by(Event.ticket_id, Event.seq))
    return {number: list(events) for number, events in groupby(rows, key=attrgetter("ticket_id"))}


def bring_in_line(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> bool:
    """Promised day, tasks and timers anew; whether the promised day was wrong."""
    changed_at = next_change(session)
    before, events = ticket.promised_on, events_of(session, ticket)
    keep_task_days(session, ticket, rules)
    keep_promise(session, ticket, events, rules, now)
    if ticket.promised_on == before:
        return False
    ticket.changed_at = changed_at
    show_change(session, ticket)
    return True
