"""Holds the tickets against their events: what a ticket says must follow from its history."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from complaints.audit.chain import hash_text
from complaints.audit.faults import FaultKind, Faults
from complaints.audit.rows import as_facts, as_time, written_json, written_time
from complaints.lifecycle.states import Action
from complaints.protection.retention import CLEARED
from complaints.storage.tables import Event, Ticket

_BATCH = 500


def check_tickets(session: Session, key: bytes, faults: Faults) -> int:
    """Add what does not fit to the `faults`. Returns how many tickets were looked at."""
    checked, last = 0, -(2**63)
    while batch := _next_tickets(session, last):
        last = batch[-1].id
        histories = _histories(session, batch)
        for ticket in batch:
            _check(ticket, histories.get(ticket.id), key, faults)
        checked += len(batch)
    _check_ownerless(session, faults)
    return checked


def numbers_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The numbers of the tickets with these ids, as far as they are there."""
    found = session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(set(ids))))
    return {row.id: row.number for row in found}


@dataclass
class _History:
    """What the events of a ticket say about it."""

    state: str = ""
    kind: str | None = None
    filed_at: datetime | None = None
    detail_hash: str | None = None
    cleared: bool = False
    lost_text: int | None = None

    def add(self, event: Row[Any]) -> None:
        """Go on by one event."""
        facts = as_facts(event.facts) or {}
        self.state = event.state
        if event.has_hash and not event.has_text:
            self.lost_text = self.lost_text or event.seq
        if event.action == "file":
            self.kind, self.filed_at = facts.get("kind"), as_time(event.at)
        elif event.action == Action.RECLASSIFY:
            self.kind = facts.get("to")
        elif event.action == Action.ERASE and _erased_texts(facts):
            self.lost_text, self.cleared = None, True
        if "detail_hash" in facts:
            self.detail_hash, self.cleared = facts["detail_hash"], False


def _erased_texts(facts: dict[str, Any]) -> bool:
    counts = facts.get("counts")
    return isinstance(counts, dict) and bool(counts.get("texts"))


def _check(ticket: Row[Any], history: _History | None, key: bytes, faults: Faults) -> None:
    if history is None:
        faults.add(FaultKind.NO_EVENTS, ticket_id=ticket.id)
        return
    wrong = {
        FaultKind.STATE: ticket.state != history.state,
        FaultKind.TICKET_KIND: history.kind is not None and ticket.kind != history.kind,
        FaultKind.FILED_AT: history.filed_at is not None
        and as_time(ticket.filed_at) != history.filed_at,
        FaultKind.DETAIL: not _is_detail(ticket.detail, history, key),
    }
    for kind, is_wrong in wrong.items():
        if is_wrong:
            faults.add(kind, ticket_id=ticket.id)
    if history.lost_text is not None:
        faults.add(FaultKind.TEXT_MISSING, history.lost_text, ticket.id)


def _is_detail(detail: object, history: _History, key: bytes) -> bool:
    if history.cleared:
        return detail == CLEARED
    if history.detail_hash is None:
        return True
    try:
        return hmac.compare_digest(hash_text(str(detail), key), str(history.detail_hash))
    except ValueError:
        return False


def _next_tickets(session: Session, after: int) -> list[Row[Any]]:
    filed_at = written_time(session, Ticket.filed_at).label("filed_at")
    columns = (Ticket.id, Ticket.number, Ticket.state, Ticket.kind, Ticket.detail, filed_at)
    query = select(*columns).where(Ticket.id > after).order_by(Ticket.id).limit(_BATCH)
    return list(session.execute(query))


def _histories(session: Session, tickets: Iterable[Row[Any]]) -> dict[int, _History]:
    ids = [ticket.id for ticket in tickets]
    events = session.execute(
        select(
            Event.ticket_id, Event.seq, Event.action, Event.state,
            Event.text.is_not(None).label("has_text"),
            Event.text_hash.is_not(None).label("has_hash"),
            written_time(session, Event.at).label("at"), written_json(Event.facts).label("facts"),
        )
        .where(Event.ticket_id.between(ids[0], ids[-1]))
        .order_by(Event.ticket_id, Event.seq)
    )  # fmt: skip
    histories: dict[int, _History] = {}
    for event in events:
        histories.setdefault(event.ticket_id, _History()).add(event)
    return histories


def _check_ownerless(session: Session, faults: Faults) -> None:
    """Events of tickets that are gone; foreign keys forbid that only while they are watched."""
    there = select(Ticket.id).where(Ticket.id == Event.ticket_id).exists()
    query = (
        select(Event.ticket_id, func.min(Event.seq).label("seq"))
        .where(Event.ticket_id.is_not(None), ~there)
        .group_by(Event.ticket_id)
        .execution_options(yield_per=_BATCH)
    )
    for row in session.execute(query):
        faults.add(FaultKind.NO_TICKET, row.seq, row.ticket_id)
