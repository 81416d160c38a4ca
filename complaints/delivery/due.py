"""Heeds the timers that are due.

A timer's effect and the mark that it is done are one transaction: a worker that is killed leaves
both or neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.delivery.claims import claim_rows, hand_back, note_failure, waiting
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Ticket, Timer

if TYPE_CHECKING:  # the rules know of all packages; here they are only handed on
    from complaints.rules import Rules

_log = logging.getLogger(__name__)

_PER_ROUND = 50


class Handler(Protocol):
    """What a kind of timer does.

    It works in the transaction that marks the timer as done, and may set the same timer anew. What
    no longer applies it leaves alone; what it raises is undone and tried again later.
    """

    def __call__(
        self, session: Session, ticket: Ticket | None, timer: Timer, rules: Rules, now: datetime, /
    ) -> None:
        """Do what is due."""


@dataclass(frozen=True)
class DueTimer:
    """A claimed timer. `tries` counts this one."""

    id: int
    tries: int


def run_due(
    storage: Storage,
    rules: Rules,
    handlers: Mapping[str, Handler],
    now: datetime,
    limit: int = _PER_ROUND,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Heed up to `limit` due timers. Returns how many were claimed; 0: nothing is due.

    `handlers` are by kind. Once `stopped` says so, what is not tried yet is handed back.
    """
    claimed = claim_due(storage, now, limit)
    for place, timer in enumerate(claimed):
        if stopped():
            hand_back(storage, Timer, [left.id for left in claimed[place:]], now)
            break
        try:
            run_timer(storage, rules, handlers, timer, now)
        except Exception as failure:
            _log.error("a timer failed: %s", type(failure).__name__)
            timer_failed(storage, timer, type(failure).__name__, now)
    return len(claimed)


def claim_due(storage: Storage, now: datetime, limit: int) -> list[DueTimer]:
    """Claim up to `limit` due timers, the longest due first."""
    rows = (
        select(Timer).where(*waiting(Timer, now)).order_by(Timer.next_try_at, Timer.id).limit(limit)
    )
    with storage.write() as session:
        return [DueTimer(row.id, row.tries) for row in claim_rows(session, rows, now)]


def run_timer(
    storage: Storage,
    rules: Rules,
    handlers: Mapping[str, Handler],
    claimed: DueTimer,
    now: datetime,
) -> None:
    """Do what a claimed timer asks for and mark it as done, both or neither.

    Nothing happens when it was moved, dropped or done meanwhile. Raises whatever the handler
    raises, and KeyError for a kind without one.
    """
    with storage.write() as session:
        lock_clock(session)
        timer = session.scalar(
            select(Timer)
            .where(Timer.id == claimed.id, Timer.tries == claimed.tries, Timer.due_at <= now)
            .where(Timer.done_at.is_(None))
            .with_for_update()
        )
        if timer is None:
            return
        timer.done_at, timer.last_error = now, None  # first, so that the handler may set it anew
        session.flush()
        ticket = session.get(Ticket, timer.ticket_id) if timer.ticket_id is not None else None
        handlers[timer.kind](session, ticket, timer, rules, now)


def timer_failed(storage: Storage, claimed: DueTimer, reason: str, now: datetime) -> None:
    """Note that this try failed. `reason` is short and without content: it is kept and shown."""
    note_failure(storage, Timer, claimed.id, claimed.tries, reason, now)
