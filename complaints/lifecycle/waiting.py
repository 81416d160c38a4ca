"""Until when somebody is waited for: the next warning, the next late task, the state's own time.

Everything is told once. What was told stands in the ticket's events, so that a worker that stood
still, or a step in between, can swallow nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.deadlines.clock import Deadline, state_on
from complaints.deadlines.marks import Watched, marks_of
from complaints.deadlines.tickets import last_return_day, pause_ends_on, step_deadline
from complaints.lifecycle.states import Action, Role, State
from complaints.rules import Rules
from complaints.storage.tables import Event, Task, Ticket
from complaints.workdays import ONE_DAY, midnight, shanghai_date

WAITS = {
    State.PENDING: "accept",
    State.DISPATCHED: "sign",
    State.RETURN_PENDING: "arbitrate",
    State.PAUSED: "resume",
    State.ANSWERED: "call_back",
}
"""The timer of a state: what happens when bureau, hotline or reporter do nothing in their time."""

_REMINDERS: Mapping[str, Watched] = {"accept": "accept", "arbitrate": "arbitrate"}
_WORKDAYS_LEFT = {"warn_2": 2, "warn_1": 1}


def warning(events: Sequence[Event], due: Deadline, today: date) -> dict[str, Any] | None:
    """The facts of the warning that is to be given today; None where there is none, or it was.

    A limit so short that its warning would fall on the day it began has none.
    """
    left = _WORKDAYS_LEFT.get(state_on(due, today))
    if left is None:
        return None
    begun = max(mark.at for mark in marks_of(events) if mark.what == "start")
    facts = {"workdays_left": left, "due_on": due.due_on.isoformat()}
    if due.warn_on[2 - left] <= shanghai_date(begun) or was_warned(events, facts):
        return None
    return facts


def was_warned(events: Sequence[Event], facts: Mapping[str, Any]) -> bool:
    """Whether this warning was given."""
    return any(event.action == Action.WARN and event.facts == facts for event in events)


def next_wake(
    ticket: Ticket, events: Sequence[Event], due: Deadline | None, now: datetime
) -> datetime | None:
    """When to look at the promised day next: to warn, or because it is over."""
    today = shanghai_date(now)
    if due is None or due.frozen or (ticket.overdue and due.due_on < today):
        return None
    if warning(events, due, today):
        return now
    days = (*due.warn_on, due.due_on + ONE_DAY)
    wake = next((day for day in days if day > today), today)
    return max(now, midnight(wake))


def next_late_task(
    session: Session, ticket: Ticket, events: Sequence[Event], now: datetime
) -> datetime | None:
    """When the next open task is late, of which nobody was told so; None after the answer."""
    if not State(ticket.state).is_owed:
        return None
    told = {event.facts.get("task") for event in events if event.action == Action.WARN}
    tasks = session.execute(
        select(Task.id, Task.due_on).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
    )
    due_on = min((day for id_, day in tasks if day and id_ not in told), default=None)
    return max(now, midnight(due_on + ONE_DAY)) if due_on else None


def state_waits_until(
    ticket: Ticket, events: Sequence[Event], rules: Rules, today: date
) -> tuple[str, datetime | None]:
    """The timer of the ticket's state and when its time is over; None where nobody's time runs."""
    kind = WAITS.get(State(ticket.state), "")
    last = _last_day(kind, ticket, events, rules, today) if kind else None
    return kind, midnight(last + ONE_DAY) if last else None


def reminder(
    kind: str, ticket: Ticket, events: Sequence[Event], rules: Rules, today: date
) -> dict[str, Any] | None:
    """The facts with which the hotline is reminded that its own time is over; None if it was."""
    step = _REMINDERS[kind]
    about = ticket.matter_code, ticket.urgent, rules.deadlines, today, ticket.district
    due = step_deadline(step, events, *about)
    facts = due and {"workdays_left": 0, "step": kind, "due_on": due.due_on.isoformat()}
    return facts if facts and not was_warned(events, facts) else None


def is_unsolved(events: Sequence[Event]) -> bool:
    """Whether the reporter's last word on the answer is that nothing was solved.

    Who could not be reached has said nothing.
    """
    unsolved = False
    for event in events:
        if event.action == Action.ANSWER:
            unsolved = False
        elif event.action == Action.CALL_BACK and (
            event.role == Role.REPORTER or event.facts.get("reached")
        ):
            unsolved = not event.facts.get("solved")
    return unsolved


def _last_day(
    kind: str, ticket: Ticket, events: Sequence[Event], rules: Rules, today: date
) -> date | None:
    """The last day on which somebody may still act."""
    if kind in _REMINDERS:
        facts = reminder(kind, ticket, events, rules, today)
        return date.fromisoformat(facts["due_on"]) if facts else None
    if kind == "resume":
        return pause_ends_on(
            events, ticket.matter_code, ticket.urgent, rules.deadlines, ticket.district
        )
    if kind == "sign":
        since = ticket.dispatched_at or events[-1].at
        about = ticket.matter_code, rules.deadlines
        return last_return_day(since, *about, urgent=ticket.urgent, district=ticket.district)
    if is_unsolved(events):
        return None  # a person decides what comes next
    answered = ticket.answered_at or events[-1].at
    return rules.deadlines.last_day(
        "call_back",
        answered,
        ticket.matter_code,
        urgent=ticket.urgent,
        district=ticket.district,
    )
