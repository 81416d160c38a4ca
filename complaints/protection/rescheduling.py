"""After `retention.yml` was changed: what must be erased earlier than was planned is planned anew.

What may stay longer needs no look: when its time comes, the new rule is asked (`retention`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.orm import Session, aliased

from complaints.lifecycle.states import State
from complaints.protection.retention import due_erasures, schedule_erasures, timer_key
from complaints.protection.retention_rules import RetentionRules
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Ticket, Timer

_BATCH = 1000  # tickets
_CLOSED = tuple(state for state in State if not state.is_open)


def reschedule_erasures(storage: Storage, rules: RetentionRules, now: datetime) -> int:
    """Bring the timers of erasing in line with the rules. Returns for how many tickets.

    May be stopped and begun again; where nothing changed it only reads.
    """
    after, moved = 0, 0
    while True:
        with storage.read() as session:
            tickets = _next_closed(session, after)
            wrong = _wrong(session, tickets, rules)
        if not tickets:
            return moved
        for number, expected in wrong.items():
            with storage.write() as session:
                lock_clock(session)  # before the ticket is read
                _plan_anew(session, number, expected, rules, now)
        moved, after = moved + len(wrong), tickets[-1].id


def _next_closed(session: Session, after: int) -> Sequence[Row[Any]]:
    """A merged ticket counts from the end of its case."""
    main = aliased(Ticket)
    query = (
        select(
            Ticket.id, Ticket.state, Ticket.kind,
            func.coalesce(main.closed_at, Ticket.closed_at).label("closed_at"),
        )
        .join(main, (main.id == Ticket.merged_into) & (Ticket.state == State.MERGED), isouter=True)
        .where(Ticket.id > after, Ticket.state.in_(_CLOSED))
    )  # fmt: skip
    return session.execute(query.order_by(Ticket.id).limit(_BATCH)).all()


def _wrong(
    session: Session, tickets: Sequence[Row[Any]], rules: RetentionRules
) -> dict[int, set[str]]:
    """The tickets of which something is due earlier or under another rule, and their right timers."""
    if not tickets:
        return {}
    of_ticket = {ticket.id: ticket for ticket in tickets}
    waiting = session.execute(
        select(Timer.ticket_id, Timer.key, Timer.due_at)
        .where(Timer.ticket_id.in_(list(of_ticket)), Timer.kind == "erase")
        .where(Timer.done_at.is_(None), Timer.stuck_at.is_(None))
        .order_by(Timer.ticket_id)
    )
    wrong = {}
    for number, timers in groupby(waiting, key=attrgetter("ticket_id")):
        expected = _expected(of_ticket[number], rules)
        if expected and any(_is_late(timer, expected) for timer in timers):
            wrong[number] = set(expected)
    return wrong


def _is_late(timer: Row[Any], expected: Mapping[str, datetime]) -> bool:
    """Whether what the timer is for is due earlier, or under a rule of another name."""
    return timer.key not in expected or timer.due_at > expected[timer.key]


def _expected(ticket: Row[Any], rules: RetentionRules) -> Mapping[str, datetime]:
    due = due_erasures(rules, ticket, ticket.closed_at)
    return {timer_key(ticket.id, one.rule): one.at for one in due}


def _plan_anew(
    session: Session, number: int, expected: set[str], rules: RetentionRules, now: datetime
) -> None:
    session.execute(
        delete(Timer)
        .where(Timer.ticket_id == number, Timer.kind == "erase", Timer.done_at.is_(None))
        .where(Timer.key.not_in(expected))
        .execution_options(synchronize_session=False)
    )
    schedule_erasures(session, session.get_one(Ticket, number), rules, now)
