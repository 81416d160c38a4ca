"""Messages and timers in a fresh database of each sort."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from complaints.delivery.outbox import put
from complaints.storage import Storage
from complaints.storage.tables import Ticket

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def write(storage: Storage) -> Callable[..., None]:
    """Write messages for a receiver, each under its key."""

    def write(*keys: str, target: str = "zhenxi-education", kind: str = "webhook", now=NOW) -> None:
        with storage.write() as session:
            for key in keys:
                put(session, key, kind, target, {"ticket": "T1", "version": 2}, None, now)

    return write


@pytest.fixture
def ticket(storage: Storage) -> Ticket:
    """A ticket, as bare as the table allows."""
    with storage.write() as session:
        ticket = Ticket(
            number="T1", intake_id="i1", state="handling", kind="school_fees", kind_confidence=1.0,
            detail="收费没有公示", urgent=False, lead="zhenxi-education", routing={}, filed_at=NOW,
            promised_on=date(2026, 12, 14), changed_at=1,
        )  # fmt: skip
        session.add(ticket)
    return ticket
