"""A bureau's queue: what it sees of its tickets, page by page, without a gap or a repeat.

A bureau sees a ticket while it has an open delivery for it. Nothing of the reporter is in the
view: its fields are listed one by one here, and a test holds the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from complaints.lifecycle.table import Role, State
from complaints.model import Kind
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Event, Ticket

_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")  # fits a database's 64-bit integers


class BadCursor(ValueError):
    """An `after` that this API did not give out."""


@dataclass(frozen=True)
class Page:
    """One page of a queue. `next_after` continues behind its last row."""

    tickets: list[dict[str, Any]]
    next_after: str | None
    has_more: bool


def pull(
    storage: Storage, bureau: str, state: State | None, after: str | None, limit: int, now: datetime
) -> Page:
    """The next `limit` tickets of a bureau in the order in which they changed.

    A ticket that changes between two pages moves to the end and is met again with its new
    `version`; no version is met twice. Raises BadCursor.
    """
    query = (
        select(Ticket, Delivery)
        .join(Delivery, Delivery.ticket_id == Ticket.id)
        .where(Delivery.bureau == bureau, Delivery.ended_at.is_(None))
        .order_by(Ticket.changed_at, Ticket.id)
        .limit(limit + 1)
    )
    if state:
        query = query.where(Ticket.state == state)
    if after:
        query = _behind(query, after)
    with storage.read() as session:
        rows = session.execute(query).all()
    page = rows[:limit]
    new = [delivery.id for _, delivery in page if delivery.delivered_at is None]
    if new:
        _mark_delivered(storage, new, now)
    last = page[-1][0] if page else None
    return Page(
        tickets=[ticket_view(ticket, Role(delivery.role)) for ticket, delivery in page],
        next_after=f"{last.changed_at}-{last.id}" if last else after,
        has_more=len(rows) > limit,
    )


def ticket_view(ticket: Ticket, role: Role) -> dict[str, Any]:
    """What a bureau may see of a ticket."""
    return {
        "id": ticket.number,
        "state": ticket.state,
        "state_label": State(ticket.state).label,
        "role": role.value,
        "kind": ticket.kind,
        "kind_label": Kind(ticket.kind).label,
        "matter_code": ticket.matter_code,
        "subject_party": ticket.subject_party,
        "party_id": ticket.party_id,
        "place": ticket.place,
        "district": ticket.district,
        "street": ticket.street,
        "when": ticket.happened,
        "detail": ticket.detail,
        "subject": ticket.subject,
        "grade": ticket.grade,
        "urgent": ticket.urgent,
        "filed_at": ticket.filed_at.isoformat(),
        "answer_by": ticket.promised_on.isoformat(),
        "overdue": ticket.overdue,
        "updated_at": ticket.changed_at,
        "version": ticket.version,
        "routing": {
            "rule": ticket.routing["rule_id"],
            "table": ticket.routing["table_version"],
            "reason": ticket.routing["reason"],
        },
    }


def history_view(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """The ticket's steps as a bureau sees them: who acted as an office, never as a person."""
    events = session.scalars(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
    ).all()
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
    ]


def _behind(query: Select[tuple[Ticket, Delivery]], after: str) -> Select[tuple[Ticket, Delivery]]:
    cursor = _CURSOR.fullmatch(after)
    if cursor is None:
        raise BadCursor("after 不是本接口给出的游标。")
    changed, row = map(int, cursor.groups())
    return query.where(
        or_(
            Ticket.changed_at > changed,
            and_(Ticket.changed_at == changed, Ticket.id > row),
        )
    )


def _mark_delivered(storage: Storage, deliveries: list[int], now: datetime) -> None:
    with storage.write() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(deliveries), Delivery.delivered_at.is_(None))
            .values(delivered_at=now)
            .execution_options(synchronize_session=False)
        )
