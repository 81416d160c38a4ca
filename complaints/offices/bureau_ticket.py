"""One ticket in full, as a bureau reads it: what its queue shows and what belongs to it.

Nothing of the reporter is in it: every field is listed here one by one, and a test holds the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.duplicates.following import also_reported
from complaints.lifecycle.act import ticket_of_bureau
from complaints.lifecycle.settling import events_of
from complaints.lifecycle.states import Role
from complaints.offices.bureau_queue import ticket_view
from complaints.offices.bureau_tasks import task_view
from complaints.offices.case_deadline import deadline_note
from complaints.protection.readings import note_reading
from complaints.reporter.evidence_access import evidence_of
from complaints.rules import Rules
from complaints.storage.tables import Event, Task, Ticket
from complaints.workdays import shanghai_date


def read_ticket(
    session: Session, number: str, bureau: str, rules: Rules, now: datetime
) -> dict[str, Any]:
    """A ticket of this bureau with its history, in a write transaction: the look is noted.

    Raises NotFound.
    """
    ticket, role = ticket_of_bureau(session, number, bureau)
    note_reading(session, [ticket.id], "bureau", bureau, "api", now)
    events = events_of(session, ticket)
    return ticket_view(session, ticket, role, rules) | {
        "deadline": _deadline(ticket, events, rules, shanghai_date(now)),
        "also_reported": _also_reported(session, ticket),
        "tasks": _tasks(session, ticket, bureau, rules),
        "evidence": _evidence(session, ticket, role),
        "history": _history(events),
    }


def read_again(
    session: Session, number: str, bureau: str, rules: Rules, now: datetime
) -> dict[str, Any]:
    """What a repeated step is told: the ticket as it stands now; the look is noted.

    In a write transaction. Raises NotFound.
    """
    ticket, role = ticket_of_bureau(session, number, bureau)
    note_reading(session, [ticket.id], "bureau", bureau, "api", now)
    return ticket_view(session, ticket, role, rules)


def _deadline(ticket: Ticket, events: Sequence[Event], rules: Rules, today: date) -> dict[str, Any]:
    """Which limit holds for the answer (法定 or 系统默认), and how its clock stands."""
    note = deadline_note(ticket, events, rules, today)
    return {
        "standing": note.standing,
        "due_on": note.due_on.isoformat() if note.due_on else None,
        "length": note.length,
        "status": note.status,
        "source": note.source,
        "paused_days": note.paused_days,
    }


def _also_reported(session: Session, ticket: Ticket) -> dict[str, Any]:
    others = also_reported(session, ticket)
    return {"text": others.text, "added": list(others.added)}


def _tasks(session: Session, ticket: Ticket, bureau: str, rules: Rules) -> list[dict[str, Any]]:
    """What this bureau was asked for within the ticket, done or not; never what others were."""
    own = select(Task).where(Task.ticket_id == ticket.id, Task.bureau == bureau).order_by(Task.id)
    return [task_view(task, ticket.number, rules) for task in session.scalars(own)]


def _evidence(session: Session, ticket: Ticket, role: Role) -> list[dict[str, Any]]:
    """The files that a clerk released, under neutral names."""
    return [
        {
            "ref": note.ref,
            "name": note.name,
            "media_type": note.media_type,
            "size": note.size,
            "sent_at": note.sent_at.isoformat(),
        }
        for note in evidence_of(session, ticket, role)
    ]


_OURS = frozenset({"receipt"})  # between the reporter and the hotline


def _history(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The ticket's steps: who acted as an office, never as a person."""
    return [
        {
            "at": event.at.isoformat(),
            "action": event.action,
            "role": event.role,
            "bureau": event.actor if event.role in (Role.LEAD, Role.CO_HANDLER) else None,
            "state": event.state,
            "text": event.text,
        }
        for event in events
        if event.action not in _OURS
    ]
