"""The clock that orders changes, and the end of the chain of events: one row, locked by a writer."""

from __future__ import annotations

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.storage.tables import ChangeClock

_HOLDER, _ROW = "change clock locked in", "change clock"


def lock_clock(session: Session) -> ChangeClock:
    """The row, locked until this transaction ends: writers wait for each other here.

    Asked for again in the same transaction it costs nothing; behind a savepoint that was undone the
    lock is taken anew. What the session has changed is not written before: one who held a ticket
    and waited for the clock, and one who held the clock and waited for that ticket, would deadlock.
    """
    holder = session.info.get(_HOLDER)
    if holder is not None and holder.is_active:
        return session.get_one(ChangeClock, 1)
    with session.no_autoflush:
        clock = session.scalars(
            select(ChangeClock)
            .where(ChangeClock.id == 1)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
    session.info[_ROW] = clock  # held, or the session forgets it and reads it again
    session.info[_HOLDER] = session.get_nested_transaction() or session.get_transaction()
    return clock


def next_change(session: Session) -> int:
    """The next value of the change clock, in microseconds since 1970.

    Strictly increasing in the order of commits: the row stays locked until this transaction ends,
    so a bureau that pages by `changed_at` cannot miss a row that commits late.
    """
    return tick(lock_clock(session))


def tick(clock: ChangeClock) -> int:
    """Move a locked clock on."""
    clock.last = max(clock.last + 1, time.time_ns() // 1000)
    return clock.last
