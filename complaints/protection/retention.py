"""Erases what need not be kept any more, and leaves the statistics and a record of it.

What is erased and after how long is data (`retention_rules`); when it is due is a timer per ticket
and rule, set when the ticket is closed and dropped when it is taken up again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.orm import Session

from complaints.delivery.timers import set_timer
from complaints.lifecycle.act import SYSTEM, act
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import transition
from complaints.protection.retention_rules import RetentionRules, What
from complaints.storage.clock import lock_clock
from complaints.storage.tables import (
    Base,
    Erasure,
    Event,
    EvidenceFile,
    LikenessBand,
    OutboxRow,
    PersonalField,
    Reading,
    Reveal,
    Task,
    Ticket,
)

CLEARED = "（已按规定清除）"

RemoveFiles = Callable[[Sequence[str]], object]
"""Removes the evidence files with these refs; one that is gone already is no error."""


@dataclass(frozen=True)
class DueErasure:
    """What one rule erases of a ticket, and when."""

    rule: str
    what: frozenset[What]
    at: datetime


def due_erasures(
    rules: RetentionRules, ticket: Ticket | Row[Any], since: datetime | None = None
) -> tuple[DueErasure, ...]:
    """When what of a ticket is erased, the first first, counted from `since` or its closing.

    Nothing while the ticket is open or its time of closing is not known.
    """
    since = since or ticket.closed_at
    if since is None:
        return ()
    parts = rules.of(State(ticket.state), ticket.kind)
    due = [DueErasure(rule.id, what, since + rule.keep) for rule, what in parts.items()]
    return tuple(sorted(due, key=lambda one: one.at))


def timer_key(ticket_id: int, rule: str) -> str:
    """The key of the timer that has a ticket erased under a rule."""
    return f"erase:{ticket_id}:{rule}"


def schedule_erasures(
    session: Session, ticket: Ticket, rules: RetentionRules, now: datetime
) -> None:
    """Set the timers of a closed ticket and of those that were merged into it.

    Sets none while the matter is open.
    """
    followers = session.scalars(select(Ticket).where(Ticket.merged_into == ticket.id)).all()
    for own in (ticket, *followers):
        for due in due_erasures(rules, own, _closed_at(session, own)):
            _set(session, own, due)


def erase_due(
    session: Session,
    ticket: Ticket,
    rule: str,
    rules: RetentionRules,
    now: datetime,
    remove_files: RemoveFiles | None = None,
) -> dict[str, int]:
    """Do what a timer asks for, under the rules as they are now. Returns what was erased.

    An open matter is left alone. What is due later by now, or under other rules, gets its timer.
    """
    lock_clock(session)
    since = _closed_at(session, ticket)
    if since is None:
        return {}
    due = {one.rule: one for one in due_erasures(rules, ticket, since)}
    if rule not in due:
        for one in due.values():
            _set(session, ticket, one)
        return {}
    if due[rule].at > now:
        _set(session, ticket, due[rule])
        return {}
    return erase(session, ticket, due[rule].what, rule, now, remove_files)


def erase(
    session: Session,
    ticket: Ticket,
    what: Collection[What],
    rule: str,
    now: datetime,
    remove_files: RemoveFiles | None = None,
) -> dict[str, int]:
    """Erase parts of a closed ticket and record it: an Erasure, and an event in the chain.

    Returns how many of each were erased; where there was nothing, nothing is recorded. Files go
    before the rows that know them, so that a crash leaves no file behind: the timer comes again.
    Raises NotAllowed for a ticket that is open.
    """
    lock_clock(session)
    transition(State(ticket.state), Action.ERASE, SYSTEM.role, facts={"rule": rule})
    counts: dict[str, int] = {}
    if What.EVIDENCE in what:
        counts |= _erase_evidence(session, ticket, remove_files)
    if What.PERSONAL in what:
        counts |= _erase_personal(session, ticket, now)
    if What.TEXTS in what:
        counts |= _erase_texts(session, ticket, now)
    if What.READINGS in what:
        counts |= _erase_readings(session, ticket)
    counts = {name: count for name, count in counts.items() if count}
    if counts:
        session.add(Erasure(at=now, ticket_id=ticket.id, rule=rule, counts=counts))
        act(session, ticket, Action.ERASE, SYSTEM, now, facts={"rule": rule, "counts": counts})
    return counts


def _closed_at(session: Session, ticket: Ticket) -> datetime | None:
    """When a ticket's matter was closed: its own, or the one it was merged into. None: open."""
    passed = set()
    while ticket.state == State.MERGED and ticket.merged_into and ticket.id not in passed:
        passed.add(ticket.id)
        ticket = session.get_one(Ticket, ticket.merged_into)
    return None if State(ticket.state).is_open else ticket.closed_at


def _set(session: Session, ticket: Ticket, due: DueErasure) -> None:
    set_timer(session, timer_key(ticket.id, due.rule), "erase", due.at, ticket)


def _erase_personal(session: Session, ticket: Ticket, now: datetime) -> dict[str, int]:
    """Sealed fields, why somebody asked to see them, and the mark that two reports share."""
    counts = {
        "fields": _delete(session, PersonalField, PersonalField.ticket_id == ticket.id),
        "pushes": _delete(
            session, OutboxRow, OutboxRow.ticket_id == ticket.id, OutboxRow.kind == "push"
        ),
        "reasons": _update(
            session,
            Reveal,
            {"reason": CLEARED},
            Reveal.ticket_id == ticket.id,
            Reveal.reason != CLEARED,
        ),
        "marks": int(ticket.reporter_mark is not None)
        + _update(
            session,
            EvidenceFile,
            {"owner": ""},
            EvidenceFile.ticket_id == ticket.id,
            EvidenceFile.owner != "",
        ),
    }
    ticket.reporter_mark, ticket.erased_at = None, ticket.erased_at or now
    return counts


def _erase_evidence(
    session: Session, ticket: Ticket, remove_files: RemoveFiles | None
) -> dict[str, int]:
    own = EvidenceFile.ticket_id == ticket.id
    refs = session.scalars(select(EvidenceFile.ref).where(own)).all()
    if refs and remove_files:
        remove_files(refs)
    return {"files": _delete(session, EvidenceFile, own)}


def _erase_texts(session: Session, ticket: Ticket, now: datetime) -> dict[str, int]:
    """All free words. Their hashes stay, so the chain of events still holds."""
    words = ("subject_party", "place", "happened", "subject", "grade")
    there = [name for name in words if getattr(ticket, name) is not None]
    for name in there:
        setattr(ticket, name, None)
    detail = int(ticket.detail != CLEARED)
    ticket.detail, ticket.to_check = CLEARED, False
    ticket.erased_at = ticket.erased_at or now
    of_ticket = Task.ticket_id == ticket.id
    written = Task.text.is_not(None) | Task.answer.is_not(None)
    return {
        "texts": detail
        + len(there)
        + _update(
            session, Event, {"text": None}, Event.ticket_id == ticket.id, Event.text.is_not(None)
        )
        + _update(session, Task, {"text": None, "answer": None}, of_ticket, written),
        "likeness": _delete(session, LikenessBand, LikenessBand.ticket_id == ticket.id),
    }


def _erase_readings(session: Session, ticket: Ticket) -> dict[str, int]:
    return {
        "readings": _delete(session, Reading, Reading.ticket_id == ticket.id),
        "reveals": _delete(session, Reveal, Reveal.ticket_id == ticket.id),
    }


def _delete(session: Session, table: type[Base], *where: ColumnElement[bool]) -> int:
    gone = session.execute(delete(table).where(*where))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _update(
    session: Session, table: type[Base], values: dict[str, Any], *where: ColumnElement[bool]
) -> int:
    changed = session.execute(update(table).where(*where).values(**values))
    return int(changed.rowcount)  # type: ignore[attr-defined]
