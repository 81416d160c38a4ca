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
from complaints.deadlines.pauses import PauseLimits, pause_ends_on
from complaints.deadlines.tickets import last_day_to_judge, last_return_day, step_deadline
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.task_kinds import is_watched
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

_REMINDERS: Mapping[str, Watched] = {"accept": "accept", "sign": "sign", "arbitrate": "arbitrate"}
_WORKDAYS_LEFT = {"warn_2": 2, "warn_1": 1}


def warning(events: Sequence[Event], due: Deadline, today: date) -> dict[str, Any] | None:
    """The facts of the warning that is to be given today; None where there is none, or it was.

    A limit so short that its warning would fall on the day it began has none.
    """
    left = _WORKDAYS_LEFT.get(state_on(due, today))
    if left is None:
        return None
    begun = [mark.at for mark in marks_of(events) if mark.what == "start"][-1]
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
    """When the next task that somebody waits for is late, of which nobody was told so."""
    told = {event.facts.get("task") for event in events if event.action == Action.WARN}
    tasks = session.execute(
        select(Task.id, Task.kind, Task.due_on, Task.signed_at).where(
            Task.ticket_id == ticket.id, Task.done_at.is_(None)
        )
    )
    watched = (
        due_on
        for id_, kind, due_on, signed_at in tasks
        if id_ not in told and is_watched(kind, ticket.state, signed=signed_at is not None)
    )
    due_on = min((day for day in watched if day), default=None)
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
    """The facts with which the hotline is reminded that the time of a step is over: its own (受理,
    审定), or a bureau's (签收). None if it was."""
    step = _REMINDERS[kind]
    about = ticket.matter_code, ticket.urgent, rules.deadlines, today, ticket.district
    due = step_deadline(step, events, *about)
    facts = due and {"workdays_left": 0, "step": kind, "due_on": due.due_on.isoformat()}
    return facts if facts and not was_warned(events, facts) else None


def silence_accepts_after(ticket: Ticket, events: Sequence[Event], rules: Rules) -> date:
    """The last day (Asia/Shanghai) on which a bureau that was sent a ticket may be silent: then it
    has taken the ticket on. It is the last one for giving it back, whatever the limit for 签收."""
    return last_return_day(
        ticket.dispatched_at or events[-1].at,
        ticket.matter_code,
        rules.deadlines,
        urgent=ticket.urgent,
        district=ticket.district,
    )


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
    if kind == "sign":
        silent = silence_accepts_after(ticket, events, rules)
        late = reminder(kind, ticket, events, rules, today)
        return min(silent, date.fromisoformat(late["due_on"])) if late else silent
    if kind in _REMINDERS:
        facts = reminder(kind, ticket, events, rules, today)
        return date.fromisoformat(facts["due_on"]) if facts else None
    if kind == "resume":
        about = rules.deadlines, ticket.matter_code, ticket.urgent, ticket.district
        return pause_ends_on(events, PauseLimits(*about))
    if is_unsolved(events):
        return None  # a person decides what comes next
    answered = ticket.answered_at or events[-1].at
    return last_day_to_judge(
        answered,
        ticket.matter_code,
        rules.deadlines,
        urgent=ticket.urgent,
        district=ticket.district,
    )
