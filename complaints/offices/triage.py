"""The hotline's lists, and the guard under which a clerk changes a ticket.

What the hotline itself is accused of is not shown to it: the reported unit never gets its own case.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from complaints.lifecycle.steps import NotFound
from complaints.lifecycle.table import NotAllowed, State
from complaints.model import Kind
from complaints.regions import City
from complaints.storage import Storage
from complaints.storage.tables import Ticket


class Tab(StrEnum):
    """One list of the hotline."""

    TRIAGE = "triage"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    ANSWERED = "answered"
    ALL = "all"

    @property
    def label(self) -> str:
        """What people read."""
        return _TABS[self][0]

    @property
    def states(self) -> tuple[State, ...]:
        """Which tickets are in it."""
        return _TABS[self][1]


_TABS: dict[Tab, tuple[str, tuple[State, ...]]] = {
    Tab.TRIAGE: ("待分派", (State.PENDING, State.RETURN_PENDING)),
    Tab.DISPATCHED: ("已派单", (State.DISPATCHED,)),
    Tab.HANDLING: ("办理中", (State.HANDLING,)),
    Tab.ANSWERED: ("已答复", (State.ANSWERED,)),
    Tab.ALL: ("全部", tuple(State)),
}


@dataclass(frozen=True)
class Row:
    """One ticket in a list. `kind_confidence` is None when a clerk has corrected the kind."""

    number: str
    state: State
    kind: Kind
    kind_confidence: float | None
    subject_party: str | None
    place: str | None
    lead_name: str
    filed_at: datetime
    promised_on: date
    urgent: bool
    overdue: bool


@dataclass(frozen=True)
class TicketList:
    """One page of a tab, `page` counting from 1; `waiting` is how many the triage tab holds."""

    rows: tuple[Row, ...]
    page: int
    has_more: bool
    waiting: int


def list_tickets(storage: Storage, city: City, tab: Tab, page: int, size: int) -> TicketList:
    """A page of a tab: urgent first, then by the promised day; in `ALL` the newest first."""
    order = (
        (Ticket.id.desc(),)
        if tab == Tab.ALL
        else (Ticket.urgent.desc(), Ticket.promised_on, Ticket.id)
    )
    query = select(Ticket).where(_may_see(city)).order_by(*order)
    if tab != Tab.ALL:
        query = query.where(Ticket.state.in_(tab.states))
    with storage.read() as session:
        tickets = session.scalars(query.offset((page - 1) * size).limit(size + 1)).all()
        waiting = session.scalar(
            select(func.count()).where(Ticket.state.in_(Tab.TRIAGE.states), _may_see(city))
        )
    return TicketList(
        rows=tuple(row_of(ticket, city) for ticket in tickets[:size]),
        page=page,
        has_more=len(tickets) > size,
        waiting=waiting or 0,
    )


def row_of(ticket: Ticket, city: City) -> Row:
    """A ticket as the lists show it."""
    state, lead = State(ticket.state), city.bureaus.get(ticket.lead)
    corrected = ticket.kind != ticket.routing["facts"]["kind"]
    return Row(
        number=ticket.number,
        state=state,
        kind=Kind(ticket.kind),
        kind_confidence=None if corrected else ticket.kind_confidence,
        subject_party=ticket.subject_party,
        place=ticket.place,
        lead_name=lead.name if lead else ticket.lead,
        filed_at=ticket.filed_at,
        promised_on=ticket.promised_on,
        urgent=ticket.urgent,
        overdue=ticket.overdue,
    )


def hotline_ticket(session: Session, number: str, city: City) -> Ticket:
    """A ticket that the hotline may see. Raises NotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number, _may_see(city)))
    if ticket is None:
        raise NotFound("没有这个工单。")
    return ticket


@contextmanager
def change_ticket(
    storage: Storage, number: str, version: int, city: City
) -> Iterator[tuple[Session, Ticket]]:
    """A write transaction on a ticket that still is as the clerk saw it (`version`).

    Raises NotFound, and NotAllowed with `changed_meanwhile`: else of two clerks, or of two clicks,
    the second would undo the first unseen.
    """
    try:
        with storage.write() as session:
            ticket = hotline_ticket(session, number, city)
            if ticket.version != version:
                raise _changed_meanwhile()
            yield session, ticket
    except StaleDataError as lost:
        raise _changed_meanwhile() from lost


def _changed_meanwhile() -> NotAllowed:
    return NotAllowed("changed_meanwhile", "工单刚刚有了变化，请看过最新内容再操作。")


def _may_see(city: City) -> ColumnElement[bool]:
    hotline = next(bureau.id for bureau in city.bureaus.values() if bureau.function == "hotline")
    reported: ColumnElement[str | None] = Ticket.routing["facts"]["reported_bureau"].as_string()
    return reported.is_distinct_from(hotline)
