"""The chain of events: each row holds a keyed hash of itself and of the row before it.

Whoever changes, removes or reorders rows without the key breaks the chain (`audit.check`). A text
enters by its own keyed hash, so that it may be erased on schedule while the chain holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from complaints.storage import keys_of
from complaints.storage.clock import lock_clock, tick
from complaints.storage.tables import Event, Ticket


def record(
    session: Session,
    ticket: Ticket | None,
    *,
    action: str,
    role: str,
    actor: str,
    at: datetime,
    text: str | None = None,
    facts: dict[str, Any] | None = None,
    is_change: bool = True,
) -> Event:
    """Add an event to the end of the chain, and note on the ticket that it changed.

    `ticket` holds its new state already; None for what concerns no single ticket. `is_change`: False
    where nothing changed for the offices, so that the ticket stays where it is in their queues. Must
    be called in a write transaction, which it makes wait for other writers.
    """
    clock, key = lock_clock(session), keys_of(session).audit
    changed_at = tick(clock)
    if ticket is not None:
        if is_change:
            ticket.changed_at = changed_at
        if ticket.id is None:
            session.flush()
    event = Event(
        seq=clock.event_seq + 1,
        ticket_id=ticket.id if ticket is not None else None,
        at=at,
        action=action,
        role=role,
        actor=actor,
        state=ticket.state if ticket is not None else "",
        text=text,
        text_hash=hash_text(text, key) if text is not None else None,
        facts=json.loads(json.dumps(facts or {})),  # as they will be read back
        hash="",
    )
    event.hash = hash_event(event, clock.event_hash, key)
    clock.event_seq, clock.event_hash = event.seq, event.hash
    session.add(event)
    return event


class Read(NamedTuple):
    """An event as it was read: what its hash covers, without the weight of a mapped row."""

    seq: int
    ticket_id: int | None
    at: datetime
    action: str
    role: str
    actor: str
    state: str
    text_hash: str | None
    facts: dict[str, Any]


def hash_event(event: Event | Read, before: str, key: bytes) -> str:
    """The keyed hash of an event behind the one whose hash is `before` (empty for the first)."""
    content = [
        before,
        event.seq,
        event.ticket_id,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.action,
        event.role,
        event.actor,
        event.state,
        event.text_hash,
        event.facts,
    ]
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def hash_text(text: str, key: bytes) -> str:
    """The keyed hash under which a text enters the chain."""
    return hmac.new(key, b"text:" + text.encode(), hashlib.sha256).hexdigest()
