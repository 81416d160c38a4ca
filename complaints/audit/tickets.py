"""Holds the tickets against their events: what a ticket says must follow from its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, func, select, type_coerce
from sqlalchemy.orm import Session

from complaints.audit.comparing import differences
from complaints.audit.faults import FaultKind, Faults
from complaints.audit.filed import COLUMNS
from complaints.audit.history import OUTCOME, History
from complaints.audit.rows import as_time, printable, written_json, written_time
from complaints.storage.tables import Event, PersonalField, Ticket

_BATCH = 500
_TIMES = ("filed_at", "answered_at", "closed_at")
_TRUTHS = ("anonymous", "pupil", "urgent", "reached", "solved", "satisfied")
_COLUMNS = ("id", "state", "kind", "filed_at", "merged_into", *COLUMNS, *OUTCOME)


def check_tickets(session: Session, key: bytes, faults: Faults, adopted: int = 0) -> int:
    """Add what does not fit to the `faults`. Returns how many tickets were looked at.

    The first `adopted` events are of a program that noted little.
    """
    checked, last = 0, -(2**63)
    while batch := _next_tickets(session, last):
        last = batch[-1]["id"]
        histories = _histories(session, batch, adopted)
        kept = _personal_fields(session, batch)
        for ticket in batch:
            history = histories.get(ticket["id"])
            if history is None:
                faults.add(FaultKind.NO_EVENTS, ticket_id=ticket["id"])
                continue
            for kind in differences(session, ticket, history, key):
                faults.add(kind, ticket_id=ticket["id"])
            if history.sealed - kept.get(ticket["id"], set()):
                faults.add(FaultKind.PERSONAL, ticket_id=ticket["id"])
            if history.lost_text is not None:
                faults.add(FaultKind.TEXT_MISSING, history.lost_text, ticket["id"])
        checked += len(batch)
    _check_ownerless(session, faults)
    return checked


def numbers_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The numbers of the tickets with these ids, as far as they are there."""
    found = session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(set(ids))))
    return {row.id: printable(row.number) for row in found}


def _next_tickets(session: Session, after: int) -> list[dict[str, Any]]:
    columns = [_column(session, name).label(name) for name in _COLUMNS]
    query = select(*columns).where(Ticket.id > after).order_by(Ticket.id).limit(_BATCH)
    return [_read(dict(row)) for row in session.execute(query).mappings()]


def _column(session: Session, name: str) -> ColumnElement[Any]:
    column = getattr(Ticket, name)
    if name in _TIMES:
        return written_time(session, column)
    return type_coerce(column, Integer) if name in _TRUTHS else column


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Times and truths as the events have them; what is none stays what it is."""
    for name in _TIMES:
        row[name] = row[name] if row[name] is None else as_time(row[name]) or row[name]
    for name in _TRUTHS:
        row[name] = bool(row[name]) if row[name] in (0, 1) else row[name]
    return row


def _histories(session: Session, tickets: list[dict[str, Any]], adopted: int) -> dict[int, History]:
    events = session.execute(
        select(
            Event.ticket_id, Event.seq, Event.action, Event.state,
            Event.text.is_not(None).label("has_text"),
            Event.text_hash.is_not(None).label("has_hash"),
            written_time(session, Event.at).label("at"), written_json(Event.facts).label("facts"),
        )
        .where(Event.ticket_id.between(tickets[0]["id"], tickets[-1]["id"]))
        .order_by(Event.ticket_id, Event.seq)
    )  # fmt: skip
    histories: dict[int, History] = {}
    for event in events:
        if event.ticket_id not in histories:
            histories[event.ticket_id] = History(adopted)
        histories[event.ticket_id].add(event)
    return histories


def _personal_fields(session: Session, tickets: list[dict[str, Any]]) -> dict[int, set[str]]:
    """The references of what is kept sealed of the reporters, by ticket."""
    rows: Iterable[Row[Any]] = session.execute(
        select(PersonalField.ticket_id, PersonalField.ref).where(
            PersonalField.ticket_id.between(tickets[0]["id"], tickets[-1]["id"])
        )
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.ticket_id, set()).add(row.ref)
    return found


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
