"""What holds of every ticket at any time, whatever happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from complaints.lifecycle import tasks
from complaints.lifecycle.states import OWED, Action, Role, State
from complaints.storage.tables import Barred, Delivery, Event, Task, Ticket, Timer

KINDS_OF_TIMER = {
    State.PENDING: {"accept", "deadline", "task_due"},
    State.ACCEPTED: {"deadline", "task_due"},
    State.DISPATCHED: {"sign", "deadline", "task_due"},
    State.RETURN_PENDING: {"arbitrate", "deadline", "task_due"},
    State.HANDLING: {"deadline", "task_due"},
    State.PAUSED: {"resume", "deadline", "task_due"},
    State.ANSWERED: {"call_back", "task_due"},
    State.MERGED: {"erase"},
}
"""The timers that fit a state; for all others, those of erasing and of receipts still owed."""
NO_QUEUE = (State.REJECTED, State.MERGED)
Versions = dict[str, tuple[int, int]]
"""Version and number of events of each ticket, when they were looked at last."""


def check_ticket(session: Any, ticket: Ticket, versions: Versions) -> None:
    """All of it."""
    check_queues(session, ticket)
    check_barred(session, ticket)
    check_tasks(session, ticket)
    check_timers(session, ticket)
    check_story(session, ticket, versions)
    check_case(session, ticket)
    check_unsolved(ticket)


def check_queues(session: Any, ticket: Ticket) -> None:
    rows = session.execute(
        select(Delivery.bureau, Delivery.role, Delivery.changed_at).where(
            Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None)
        )
    ).all()
    leads = [row.bureau for row in rows if row.role == Role.LEAD]
    if ticket.state in NO_QUEUE:
        assert rows == []
    elif ticket.state in OWED:
        assert leads == [ticket.lead]
        with_bureau = (State.DISPATCHED, State.HANDLING, State.PAUSED)
        assert ticket.state not in with_bureau or ticket.lead != "tinglan-hotline"
    else:  # over, or answered: whoever declared an interest since has lost it
        assert leads in ([ticket.lead], [])
    if ticket.state in OWED:
        assert {row.changed_at for row in rows} == {ticket.changed_at}


def check_barred(session: Any, ticket: Ticket) -> None:
    out = set(session.scalars(select(Barred.who).where(Barred.ticket_id == ticket.id)))
    for table, ended in ((Delivery, Delivery.ended_at), (Task, Task.done_at)):
        owed = select(table.bureau).where(table.ticket_id == ticket.id, ended.is_(None))
        assert not out & set(session.scalars(owed))
    if ticket.state in OWED:
        assert ticket.lead not in out


def check_tasks(session: Any, ticket: Ticket) -> None:
    owed = session.scalars(
        select(Task).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
    ).all()
    kinds = {task.kind for task in owed}
    if ticket.state == State.MERGED:
        assert owed == []
    elif ticket.state in (State.REJECTED, State.WITHDRAWN):
        assert kinds <= {tasks.TaskKind.RISK}
    elif ticket.state == State.CLOSED:
        assert not kinds & {tasks.TaskKind.CO_HANDLING, tasks.TaskKind.WHISTLE}
    check_helpers(session, ticket, owed)
    supervised = [task.bureau for task in owed if task.kind == tasks.TaskKind.SUPERVISION]
    if ticket.state in OWED:
        assert set(supervised) <= {ticket.lead}


def check_helpers(session: Any, ticket: Ticket, owed: Sequence[Task]) -> None:
    """Who owes help to a ticket on its way reads it, once each, and never leads it."""
    if ticket.state not in (State.DISPATCHED, State.HANDLING, State.PAUSED):
        return
    helping = [task.bureau for task in owed if task.kind == tasks.TaskKind.CO_HANDLING]
    assert len(helping) == len(set(helping)) and ticket.lead not in helping
    readers = select(Delivery.bureau).where(
        Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None)
    )
    assert set(helping) <= set(session.scalars(readers))


def check_timers(session: Any, ticket: Ticket) -> None:
    kinds = set(
        session.scalars(
            select(Timer.kind).where(Timer.ticket_id == ticket.id, Timer.done_at.is_(None))
        )
    )
    state = State(ticket.state)
    assert kinds <= KINDS_OF_TIMER.get(state, {"erase", "task_due"}), state
    if state in (State.DISPATCHED, State.PAUSED):
        assert kinds & {"sign", "resume"}
    if state in OWED and state is not State.PAUSED and not ticket.overdue:
        assert "deadline" in kinds


def check_story(session: Any, ticket: Ticket, versions: Versions) -> None:
    events = session.scalars(select(Event).where(Event.ticket_id == ticket.id)).all()
    told = Counter(str(event.facts) for event in events if event.action == Action.WARN)
    assert not told or max(told.values()) == 1
    by_clock = [event.action for event in events if event.role == Role.SYSTEM]
    assert by_clock.count(Action.OVERDUE) == by_clock.count(Action.SUPERVISE)
    version, count = versions.get(ticket.number, (0, 0))
    assert ticket.version >= version and (len(events) == count or ticket.version > version)
    versions[ticket.number] = (ticket.version, len(events))


def check_case(session: Any, ticket: Ticket) -> None:
    if ticket.state != State.MERGED:
        return
    main = session.get_one(Ticket, ticket.merged_into)
    assert main.state not in (State.MERGED, State.WITHDRAWN)
    out = [
        set(session.scalars(select(Barred.who).where(Barred.ticket_id == each.id)))
        for each in (ticket, main)
    ]
    assert out[0] <= out[1]


def check_unsolved(ticket: Ticket) -> None:
    """Who waits for the hotline has an answer, and no bureau has the matter in hand again."""
    settled = (State.ANSWERED, State.CLOSED, State.MERGED)
    assert ticket.unsolved_at is None or (ticket.state in settled and ticket.solved is False)
