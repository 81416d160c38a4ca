"""A bureau's queue: what it sees of its tickets, page by page, without a gap or a repeat.

A bureau sees a ticket while it has an open delivery for it. Nothing of the reporter is in the
view: its fields are listed one by one here, and a test holds the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Row, Select, bindparam, case, func, select, tuple_, update
from sqlalchemy.orm import Session

from complaints.lifecycle.dispatching import return_by
from complaints.lifecycle.states import Role, State
from complaints.model import Kind
from complaints.protection.readings import note_reading
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Ticket, Timer
from complaints.workdays import ONE_DAY, shanghai_date

_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")  # fits a database's 64-bit integers

# A pull reads columns of tables, not tickets: to make a hundred Tickets and Deliveries takes longer
# than to find them.
_TICKET, _QUEUE, _TIMER = Ticket.__table__.c, Delivery.__table__.c, Timer.__table__.c
_RESUMES_AT = (
    select(_TIMER.due_at)
    .where(_TIMER.ticket_id == _TICKET.id, _TIMER.kind == "resume", _TIMER.done_at.is_(None))
    .limit(1)
    .scalar_subquery()
)
_SHOWN = (
    _TICKET.number.label("id"),
    _TICKET.state,
    _TICKET.kind,
    _TICKET.matter_code,
    _TICKET.subject_party,
    _TICKET.party_id,
    _TICKET.place,
    _TICKET.district,
    _TICKET.street,
    _TICKET.happened.label("when"),
    _TICKET.detail,
    _TICKET.subject,
    _TICKET.grade,
    _TICKET.urgent,
    _TICKET.overdue,
    _TICKET.designated,
    _TICKET.extensions,
    _TICKET.finding,
    _TICKET.result,
    _TICKET.changed_at.label("updated_at"),
    _TICKET.version,
)
"""What a bureau sees as it is stored, under the names of the view."""
_WORKED_OUT = (
    _TICKET.filed_at,
    _TICKET.promised_on,
    _TICKET.dispatched_at,
    _TICKET.routing["rule_id"].as_string().label("rule"),
    _TICKET.routing["table_version"].as_string().label("table"),
    _TICKET.routing["reason"].as_string().label("reason"),
    case((_TICKET.state == State.PAUSED, _RESUMES_AT)).label("resumes_at"),
)
"""What the rest of the view is worked out from."""
_NAMES = tuple(column.name for column in _SHOWN)
_STATE_LABELS = {state.value: state.label for state in State}
_KIND_LABELS = {kind.value: kind.label for kind in Kind}


class BadCursor(ValueError):
    """An `after` that this API did not give out."""


@dataclass(frozen=True)
class Page:
    """One page of a queue. `next_after` continues behind its last row."""

    tickets: list[dict[str, Any]]
    next_after: str | None
    has_more: bool


def pull(
    storage: Storage,
    rules: Rules,
    bureau: str,
    state: State | None,
    after: str | None,
    limit: int,
    now: datetime,
) -> Page:
    """The next `limit` tickets of a bureau in the order in which they changed.

    A ticket that changes between two pages moves to the end and is met again with its new
    `version`; no version is met twice. Each ticket handed out is noted as read, in the same
    transaction. Raises BadCursor.
    """
    changed, row_id = read_cursor(after)
    given = {
        "bureau": bureau,
        "changed": changed,
        "row": row_id,
        "state": state,
        "limit": limit + 1,
    }
    with storage.write() as session:
        rows = session.execute(_queue(state), given).all()
        page = rows[:limit]
        if page:
            _note_pulled(session, page, bureau, now)
    last = page[-1] if page else None
    returns = _LastReturns(rules)
    return Page(
        tickets=[_view(row, row.role, returns.of(row)) for row in page],
        next_after=f"{last.queued_at}-{last.ticket_id}" if last else after,
        has_more=len(rows) > limit,
    )


def ticket_view(session: Session, ticket: Ticket, role: Role, rules: Rules) -> dict[str, Any]:
    """What a bureau may see of a ticket, as it stands in this transaction."""
    session.flush()  # so that the view tells the version that will be committed
    row = session.execute(select(*_SHOWN, *_WORKED_OUT).where(_TICKET.id == ticket.id)).one()
    return _view(row, role.value, _LastReturns(rules).of(row))


def read_cursor(after: str | None) -> tuple[int, int]:
    """Where a page ended: change and ticket's id; the beginning without a cursor. Raises BadCursor."""
    if not after:
        return 0, 0
    cursor = _CURSOR.fullmatch(after)
    if cursor is None:
        raise BadCursor("after 不是本接口给出的游标。")
    return int(cursor[1]), int(cursor[2])


@cache
def _queue(state: State | None) -> Select[Any]:
    """A bureau's tickets in the order of its index, from the cursor on.

    Narrowed to a state, it does not walk past years of closed tickets to the first open one: an open
    ticket stands in the queue where it stands in `ticket_by_state` (both by `changed_at`, equal
    while it is open), so the walk begins at the oldest ticket of the state, which is one look into
    that index. Closed ones fill the queue from its beginning and need no such help.
    """
    here = tuple_(_QUEUE.changed_at, _QUEUE.ticket_id)
    query = (
        select(
            *_SHOWN,
            *_WORKED_OUT,
            _QUEUE.ticket_id,
            _QUEUE.role,
            _QUEUE.changed_at.label("queued_at"),
            _QUEUE.delivered_at.is_(None).label("is_new"),
        )
        .join_from(Delivery.__table__, Ticket.__table__, _TICKET.id == _QUEUE.ticket_id)
        .where(_QUEUE.bureau == bindparam("bureau"), _QUEUE.ended_at.is_(None))
        .where(here > tuple_(bindparam("changed"), bindparam("row")))
        .order_by(_QUEUE.changed_at, _QUEUE.ticket_id)
        .limit(bindparam("limit"))
    )
    if state is None:
        return query
    query = query.where(_TICKET.state == bindparam("state"))
    if not state.is_open:
        return query
    same = Ticket.__table__.alias()
    oldest = select(func.min(same.c.changed_at)).where(same.c.state == bindparam("state"))
    return query.where(_QUEUE.changed_at >= oldest.scalar_subquery())


def _note_pulled(session: Session, page: Sequence[Row[Any]], bureau: str, now: datetime) -> None:
    """That these were handed out: who read them when, and when first."""
    note_reading(session, [row.ticket_id for row in page], "bureau", bureau, "pull", now)
    new = [row.ticket_id for row in page if row.is_new]
    if new:
        # A row that somebody is changing now is met again at the end of the queue: waiting for it
        # could make two transactions wait for each other.
        free = (
            select(Delivery.id)
            .where(Delivery.bureau == bureau, Delivery.ticket_id.in_(new))
            .with_for_update(skip_locked=True)
        )
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(free), Delivery.delivered_at.is_(None))
            .values(delivered_at=now)
            .execution_options(synchronize_session=False)
        )


class _LastReturns:
    """Until when tickets can be given back; worked out once for all that were sent alike."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[tuple[object, ...], date | None] = {}

    def of(self, row: Row[Any]) -> date | None:
        """The last day (Asia/Shanghai), None where the ticket cannot be given back."""
        sent = shanghai_date(row.dispatched_at) if row.dispatched_at else None
        alike = (sent, row.state, row.designated, row.matter_code, row.urgent, row.district)
        if alike not in self._known:
            # A row has all that is asked of a ticket here.
            self._known[alike] = return_by(cast(Ticket, row), self._rules)
        return self._known[alike]


def _view(row: Row[Any], role: str, last_return: date | None) -> dict[str, Any]:
    paused_until = shanghai_date(row.resumes_at) - ONE_DAY if row.resumes_at else None
    view = dict(zip(_NAMES, row, strict=False))
    view["state_label"] = _STATE_LABELS[row.state]
    view["kind_label"] = _KIND_LABELS[row.kind]
    view["role"] = role
    view["filed_at"] = row.filed_at.isoformat()
    # In a pause no day is promised, but to who was late before.
    frozen = row.state == State.PAUSED and not row.overdue
    view["answer_by"] = None if frozen else row.promised_on.isoformat()
    view["return_by"] = last_return.isoformat() if last_return else None
    view["paused_until"] = paused_until.isoformat() if paused_until else None
    view["routing"] = {"rule": row.rule, "table": row.table, "reason": row.reason}
    return view
