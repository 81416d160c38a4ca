"""What follows from a step: the promised day, the next times to heed, the news to send.

All of it is computed from the ticket's events, so that a correction (of an event, of the holidays)
recomputes it. What happens when a time has come: `clockwork`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.deadlines.clock import Deadline
from complaints.deadlines.tickets import ticket_deadline
from complaints.delivery.timers import set_timers
from complaints.duplicates.search import forget_text, note_text
from complaints.lifecycle.act import show_change
from complaints.lifecycle.news import announce
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.task_days import keep_task_days
from complaints.lifecycle.waiting import WAITS, next_late_task, next_wake, state_waits_until
from complaints.protection.retention import schedule_erasures
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date

_OURS = ("deadline", "task_due", "erase", *WAITS.values())


def settle(session: Session, ticket: Ticket, rules: Rules, now: datetime, event: Event) -> None:
    """Bring promised day, tasks' days, queues, timers and news in line with the ticket's events.

    `event` is the one that news is sent of.
    """
    session.flush()
    events = events_of(session, ticket)
    keep_task_days(session, ticket, rules)
    keep_promise(session, ticket, events, rules, now)
    _keep_findable(session, ticket, event)
    show_change(session, ticket)
    announce(session, ticket, event, rules, now)


def settle_new(
    session: Session, ticket: Ticket, rules: Rules, now: datetime, events: Sequence[Event]
) -> None:
    """Do the same for a ticket just filed; `events` are all it has, the first is told of.

    Its queues need no word: they were made with its last change.
    """
    session.flush()
    keep_promise(session, ticket, events, rules, now)
    announce(session, ticket, events[0], rules, now)


def _keep_findable(session: Session, ticket: Ticket, event: Event) -> None:
    """What was taken back or refused is found no more by who looks for the same matter."""
    if event.action in (Action.WITHDRAW, Action.REJECT):
        forget_text(session, ticket)
    elif event.action in (Action.REOPEN, Action.TRANSFER):
        note_text(session, ticket)


def keep_promise(
    session: Session, ticket: Ticket, events: Sequence[Event], rules: Rules, now: datetime
) -> None:
    """Make promised day and timers what follows from the events."""
    today = shanghai_date(now)
    due = _deadline(events, ticket, rules, today)
    if due is not None:
        ticket.promised_on = due.due_on
        ticket.overdue = ticket.overdue and due.due_on < today
    kind, until = state_waits_until(ticket, events, rules, today)
    wanted = {
        "deadline": next_wake(ticket, events, due, now),
        "task_due": next_late_task(session, ticket, events, now),
        kind: until,
    }
    set_timers(session, ticket, _OURS, {kind: at for kind, at in wanted.items() if at})
    if not State(ticket.state).is_open:
        schedule_erasures(session, ticket, rules.retention, now)


def wait_longer(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> bool:
    """Whether the time of the ticket's state is not over by today's data; then it is set anew.

    The holidays may have been corrected since the timer was set.
    """
    events = events_of(session, ticket)
    kind, until = state_waits_until(ticket, events, rules, shanghai_date(now))
    if until is None or until <= now:
        return False
    set_timers(session, ticket, (kind,), {kind: until})
    return True


def events_of(session: Session, ticket: Ticket) -> Sequence[Event]:
    """A ticket's events in their order."""
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.seq)
    return session.scalars(query).all()


def deadline_of(session: Session, ticket: Ticket, rules: Rules, today: date) -> Deadline | None:
    """When the answer is due, from the ticket's events; None when nobody owes one."""
    return _deadline(events_of(session, ticket), ticket, rules, today)


def set_deadline_timer(
    session: Session, ticket: Ticket, due: Deadline | None, now: datetime
) -> None:
    """Wake up on the next day of warning, or on the day after the last one."""
    wake = next_wake(ticket, events_of(session, ticket), due, now)
    set_timers(session, ticket, ("deadline",), {"deadline": wake} if wake else {})


def set_task_timer(session: Session, ticket: Ticket, now: datetime) -> None:
    """Wake up when the ticket's next task is late."""
    session.flush()
    wake = next_late_task(session, ticket, events_of(session, ticket), now)
    set_timers(session, ticket, ("task_due",), {"task_due": wake} if wake else {})


def _deadline(
    events: Sequence[Event], ticket: Ticket, rules: Rules, today: date
) -> Deadline | None:
    return ticket_deadline(
        events, ticket.matter_code, ticket.urgent, rules.deadlines, today, ticket.district
    )
