"""Timers: what is to be done at a time, as rows, set with what causes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.storage.clock import lock_clock
from complaints.storage.tables import Ticket, Timer


def set_timer(
    session: Session, key: str, kind: str, due_at: datetime, ticket: Ticket | None
) -> None:
    """Have something done at `due_at`, if the caller's transaction is committed.

    A timer with this key is moved, even when it was done or stuck.
    """
    lock_clock(session)  # before all other rows, as every writer does: nobody can deadlock
    timer = session.scalar(
        select(Timer)
        .where(Timer.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if timer is None:
        timer = Timer(key=key)
        session.add(timer)
    timer.kind, timer.ticket_id = kind, ticket.id if ticket else None
    _wind(timer, due_at)


def set_timers(
    session: Session,
    ticket: Ticket,
    kinds: Collection[str],
    wanted: Mapping[str, datetime],
) -> None:
    """Make a ticket's timers of `kinds` be just those in `wanted` (kind → time).

    Their keys are the kind and the ticket's id. One look for all, since every step comes by here.
    """
    lock_clock(session)
    there = session.scalars(
        select(Timer).where(Timer.ticket_id == ticket.id, Timer.kind.in_(tuple(kinds)))
    ).all()
    known = {timer.key: timer for timer in there}
    keys = {f"{kind}:{ticket.id}": (kind, at) for kind, at in wanted.items()}
    for key in known.keys() - keys.keys():
        session.delete(known[key])
    for key, (kind, at) in keys.items():
        timer = known.get(key) or Timer(key=key, kind=kind, ticket_id=ticket.id)
        session.add(timer)
        _wind(timer, at)


def _wind(timer: Timer, due_at: datetime) -> None:
    timer.due_at = timer.next_try_at = due_at
    timer.tries = 0
    timer.last_error = timer.stuck_at = timer.given_up_by = timer.done_at = None
