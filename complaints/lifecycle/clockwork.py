"""What happens by itself when a time has come: one handler for each kind of timer.

A handler looks at the ticket as it is now: what was settled meanwhile is left alone, and what is due
later by today's holidays waits. Effect and "done" are one transaction (`delivery.timers`), so nothing
happens twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.deadlines.clock import state_on
from complaints.duplicates.search import note_text
from complaints.lifecycle.act import SYSTEM, act
from complaints.lifecycle.closing import close_ticket
from complaints.lifecycle.handling import resume_ticket, sign_ticket
from complaints.lifecycle.settling import (
    deadline_of,
    events_of,
    set_deadline_timer,
    settle,
    wait_longer,
)
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.sweep import bring_in_line
from complaints.lifecycle.task_kinds import is_watched
from complaints.lifecycle.task_rows import open_tasks
from complaints.lifecycle.tasks import supervise_ticket
from complaints.lifecycle.waiting import (
    is_unsolved,
    reminder,
    silence_accepts_after,
    warning,
    was_warned,
)
from complaints.protection.retention import CLEARED, RemoveFiles, erase_due
from complaints.rules import Rules
from complaints.storage.tables import Ticket, Timer
from complaints.workdays import shanghai_date

Handler = Callable[[Session, Ticket | None, Timer, Rules, datetime], None]
_Effect = Callable[[Session, Ticket, Rules, datetime], None]

_OVERDUE = "已超过承诺的答复日期，请尽快办理并说明原因。"


def _resume(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """The reporter was asked and did not write: the bureau goes on with what there is."""
    resume_ticket(session, ticket, SYSTEM, rules, now)


def _call_back(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """The reporter's days are over: the ticket is closed with the answer's result.

    What the reporter called unsolved stays open until a person decides.
    """
    if not is_unsolved(events_of(session, ticket)):
        close_ticket(session, ticket, SYSTEM, None, rules, now)


def _remind(kind: str) -> _Effect:
    """The hotline has not decided in its own time (受理, 审定), or a bureau has not signed in its:
    the hotline is reminded, once."""

    def remind(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
        facts = reminder(kind, ticket, events_of(session, ticket), rules, shanghai_date(now))
        if facts:
            event = act(session, ticket, Action.WARN, SYSTEM, now, facts=facts)
            settle(session, ticket, rules, now, event)

    return remind


def _sign(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """Silence accepts: whoever did not give a ticket back in time has taken it on.

    Where that takes longer than 签收 may, the hotline is reminded before.
    """
    if shanghai_date(now) > silence_accepts_after(ticket, events_of(session, ticket), rules):
        sign_ticket(session, ticket, SYSTEM, rules, now)
    else:
        _remind("sign")(session, ticket, rules, now)


def _in(state: State, effect: _Effect) -> Handler:
    """A handler that has its effect on a ticket still in this state whose time is over."""

    def handler(
        session: Session, ticket: Ticket | None, _: Timer, rules: Rules, now: datetime
    ) -> None:
        if ticket and ticket.state == state and not wait_longer(session, ticket, rules, now):
            effect(session, ticket, rules, now)

    return handler


def _deadline(
    session: Session, ticket: Ticket | None, _: Timer, rules: Rules, now: datetime
) -> None:
    """Warn 2 and 1 workdays before the promised day, once each; afterwards supervise."""
    if ticket is None or not State(ticket.state).is_owed:
        return
    today = shanghai_date(now)
    due = deadline_of(session, ticket, rules, today)
    if due is None or due.frozen:
        return
    facts = warning(events_of(session, ticket), due, today)
    if state_on(due, today) == "overdue" and not ticket.overdue:
        event = act(session, ticket, Action.OVERDUE, SYSTEM, now)
        ticket.overdue = True
        settle(session, ticket, rules, now, event)
        supervise_ticket(session, ticket, SYSTEM, _OVERDUE, rules, now)
    elif facts:
        event = act(session, ticket, Action.WARN, SYSTEM, now, facts=facts)
        settle(session, ticket, rules, now, event)
    else:
        set_deadline_timer(session, ticket, due, now)


def _task_due(
    session: Session, ticket: Ticket | None, _: Timer, rules: Rules, now: datetime
) -> None:
    """A task is late: the ticket's bureaus and the hotline see it, once for each task."""
    if ticket is None:
        return
    for task in open_tasks(session, ticket):
        facts = {"workdays_left": 0, "task": task.id}
        waited = is_watched(task.kind, ticket.state, signed=task.signed_at is not None)
        late = waited and task.due_on is not None and task.due_on < shanghai_date(now)
        if late and not was_warned(events_of(session, ticket), facts):
            event = act(session, ticket, Action.WARN, SYSTEM, now, facts=facts)
            settle(session, ticket, rules, now, event)


def _catch_up(
    session: Session, ticket: Ticket | None, _: Timer, rules: Rules, now: datetime
) -> None:
    """A ticket of a program that knew neither timers nor duplicates: it gets what a new one has."""
    if ticket is None:
        return
    bring_in_line(session, ticket, rules, now)
    if ticket.detail != CLEARED:
        note_text(session, ticket)


def handlers(remove_files: RemoveFiles) -> dict[str, Handler]:
    """Kind of timer → what is done. `remove_files` removes sealed evidence by its references."""

    def erase(
        session: Session, ticket: Ticket | None, timer: Timer, rules: Rules, now: datetime
    ) -> None:
        """The retention of something is over."""
        if ticket and not State(ticket.state).is_open:
            rule = timer.key.rpartition(":")[2]
            erase_due(session, ticket, rule, rules.retention, now, remove_files)

    return {**_HANDLERS, "erase": erase}


_HANDLERS: dict[str, Handler] = {
    "accept": _in(State.PENDING, _remind("accept")),
    "sign": _in(State.DISPATCHED, _sign),
    "arbitrate": _in(State.RETURN_PENDING, _remind("arbitrate")),
    "resume": _in(State.PAUSED, _resume),
    "call_back": _in(State.ANSWERED, _call_back),
    "deadline": _deadline,
    "task_due": _task_due,
    "catch_up": _catch_up,
}
