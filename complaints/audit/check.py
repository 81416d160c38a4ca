"""Checks the chain of events: has a row been changed, removed, added, or put elsewhere?

Read in the order of `seq`, a batch at a time: a million events need no more memory than a thousand.
What the tickets themselves say is held against the events in `audit.tickets`.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from complaints.audit.adopt import ADOPT
from complaints.audit.chain import Read, hash_event, hash_text
from complaints.audit.faults import Fault, FaultKind, Faults, Report
from complaints.audit.rows import (
    as_facts,
    as_time,
    one_moment,
    written_json,
    written_time,
)
from complaints.audit.tickets import check_tickets, numbers_of
from complaints.audit.witness import Head, read_heads
from complaints.keys import Keys
from complaints.lifecycle.states import Action
from complaints.storage import Storage
from complaints.storage.tables import ChangeClock, Event

__all__ = ["Fault", "FaultKind", "Report", "check_chain", "check_storage"]

_BATCH = 1000


def check_storage(storage: Storage, witness: Path) -> Report:
    """Check a whole database as it is at this moment, against the `witness` file if there is one."""
    with one_moment(storage) as session:
        return check_chain(session, storage.keys, read_heads(witness))


def check_chain(session: Session, keys: Keys, witnessed: Iterable[Head] = ()) -> Report:
    """Check all events and tickets; `witnessed` are ends of the chain noted before, oldest first.

    The session's transaction must see one moment (`audit.rows.one_moment`), or what is written
    meanwhile looks like a fault.
    """
    faults = Faults()
    walk = _Walk(keys.audit, faults, witnessed, _end_in_clock(session))
    for row in session.execute(_events(session)):
        walk.step(row)
    walk.end()
    tickets = check_tickets(session, keys.audit, faults, walk.adopted)
    numbers = numbers_of(session, [f.ticket_id for f in faults.kept if f.ticket_id is not None])
    return Report(
        checked=walk.checked,
        faults=tuple(
            Fault(f.kind, f.seq, f.ticket_id, numbers.get(f.ticket_id or 0), f.until)
            for f in faults.kept
        ),
        tickets=tickets,
        adopted=walk.adopted,
        witnessed=walk.witnessed,
        more=faults.total - len(faults.kept),
    )


def _end_in_clock(session: Session) -> Head | None:
    """The end of the chain as it is noted; None when nothing is noted that could be one."""
    noted = session.execute(select(ChangeClock.event_seq, ChangeClock.event_hash)).first()
    if noted is None or not isinstance(noted.event_seq, int):
        return None
    return Head(noted.event_seq, str(noted.event_hash))


def _events(session: Session) -> Any:
    columns = (Event.id, Event.seq, Event.ticket_id, Event.action, Event.role, Event.actor)
    query = select(
        *columns, Event.state, Event.text, Event.text_hash, Event.hash,
        written_time(session, Event.at).label("at"), written_json(Event.facts).label("facts"),
    )  # fmt: skip
    return query.order_by(Event.seq, Event.id).execution_options(yield_per=_BATCH)


class _Walk:
    """One pass over the events, from the first to the last."""

    def __init__(
        self, key: bytes, faults: Faults, witnessed: Iterable[Head], clock: Head | None
    ) -> None:
        self._key, self._faults, self._heads = key, faults, iter(witnessed)
        self._noted = next(self._heads, None)
        self._clock = clock
        self._seq, self._id = 0, 0
        self._before: tuple[str, ...] = ("",)
        self._changed: dict[int, tuple[int | None, Any]] = {}
        self._corrected: dict[int, tuple[int | None, str]] = {}
        self.checked = self.adopted = self.witnessed = 0

    def step(self, row: Row[Any]) -> None:
        """Look at the next event."""
        self.checked += 1
        if not isinstance(row.seq, int) or row.seq < 1:
            self._faults.add(FaultKind.CHANGED, ticket_id=row.ticket_id)
            return
        gap = row.seq > self._seq + 1
        if row.seq == self._seq:
            self._faults.add(FaultKind.DOUBLE, row.seq, row.ticket_id)
        elif gap:
            self._faults.add(FaultKind.MISSING, self._seq + 1, until=row.seq - 1)
        elif row.id <= self._id:
            self._faults.add(FaultKind.ORDER, row.seq, row.ticket_id)
        computed = self._check_hash(row, gap)
        self._check_text(row)
        self._note_corrected(row)
        self._check_witness(row)
        if row.action == ADOPT:
            adopted = (as_facts(row.facts) or {}).get("events")
            self.adopted = adopted if isinstance(adopted, int) else 0
        self._seq, self._id, self._before = row.seq, row.id, (str(row.hash), *computed)

    def end(self) -> None:
        """What can only be said when all are read."""
        self._check_changed()
        found = Head(self._seq, self._before[0])
        if self._clock is None or (self._clock != found and self._clock.seq >= found.seq):
            after = found.seq + 1 if self._clock and self._clock.seq > found.seq else found.seq
            self._faults.add(FaultKind.END, after, until=self._clock.seq if self._clock else None)
        while self._noted is not None:
            self._faults.add(FaultKind.ROLLED_BACK, self._noted.seq)
            self._next_noted()

    def _check_hash(self, row: Row[Any], gap: bool) -> tuple[str, ...]:
        """Compare with what the event before leads to: as it is noted, or as it should be.

        Returns what this event's hash should have been. Behind a gap nothing can be said.
        """
        should = () if gap else tuple(self._hash(row, before) for before in self._before)
        fits = any(hmac.compare_digest(one, str(row.hash).encode()) for one in should)
        forged = self._clock is not None and row.seq > self._clock.seq
        if forged:
            self._faults.add(FaultKind.FORGED, row.seq, row.ticket_id)
        elif not gap and not fits:
            self._faults.add(FaultKind.CHANGED, row.seq, row.ticket_id)
        return tuple(one.decode() for one in should[:1] if one and not fits)

    def _hash(self, row: Row[Any], before: str) -> bytes:
        """What the hash should be; empty when a value is none that an event can have."""
        at, facts = as_time(row.at), as_facts(row.facts)
        if at is None or facts is None:
            return b""
        event = Read(
            row.seq, row.ticket_id, at, row.action, row.role,
            row.actor, row.state, row.text_hash, facts,
        )  # fmt: skip
        try:
            return hash_event(event, before, self._key).encode()
        except (TypeError, ValueError, RecursionError):
            return b""

    def _check_text(self, row: Row[Any]) -> None:
        """A text that lacks may have been erased: `audit.tickets` looks for the record of that."""
        if row.text is None:
            if row.text_hash is not None and row.ticket_id is None:
                self._faults.add(FaultKind.TEXT_MISSING, row.seq)
            return
        digest = _hash_of(row.text, self._key)
        if digest is None or digest != row.text_hash:
            self._changed[row.seq] = (row.ticket_id, row.text)

    def _note_corrected(self, row: Row[Any]) -> None:
        """A clerk's step that replaced the words of an earlier event holds the hash of the new."""
        facts = as_facts(row.facts) or {}
        if row.action == Action.REDACT and isinstance(facts.get("event"), int):
            self._corrected[facts["event"]] = (row.ticket_id, str(facts.get("said_hash")))

    def _check_changed(self) -> None:
        for seq, (ticket_id, text) in self._changed.items():
            if self._corrected.get(seq) != (ticket_id, _hash_of(text, self._key)):
                self._faults.add(FaultKind.TEXT_CHANGED, seq, ticket_id)

    def _check_witness(self, row: Row[Any]) -> None:
        while self._noted is not None and self._noted.seq <= row.seq:
            if self._noted != Head(row.seq, row.hash):
                self._faults.add(FaultKind.REWRITTEN, self._noted.seq)
            self._next_noted()

    def _next_noted(self) -> None:
        self._noted = next(self._heads, None)
        self.witnessed += 1


def _hash_of(text: Any, key: bytes) -> str | None:
    """The hash of a text as it stands; None for what cannot be one."""
    try:
        return hash_text(text, key)
    except (AttributeError, TypeError, ValueError):
        return None
