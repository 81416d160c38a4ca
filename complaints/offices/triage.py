"""Which tickets a clerk may see, how one is shown in a list, and the guard under which it changes.

What the hotline itself is accused of is not shown to it, nor what a clerk declared an interest in:
the reported unit never gets its own case (features S19).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from complaints.conflicts import not_barred, staff
from complaints.lifecycle.act import NotFound
from complaints.lifecycle.returning import sign_by
from complaints.lifecycle.states import State
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from complaints.regions import City
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket
from complaints.workdays import counting

_WARNED_WITHIN = 2  # workdays before the last day


@dataclass(frozen=True)
class Row:
    """One ticket in a list. `kind_confidence` is None when a clerk has corrected the kind.

    `promised_on` is None while no day is owed: the clock stands still (`paused`), or it is over. What
    is `overdue` stays so in a pause. `warned`: an answer is due within two workdays. `unsigned`: its
    office has not signed (签收) in time. `unsolved`: the reporter said again that nothing was solved,
    and nobody has dealt with that yet.
    """

    number: str
    state: State
    kind: Kind
    kind_confidence: float | None
    subject_party: str | None
    place: str | None
    lead_name: str
    filed_at: datetime
    promised_on: date | None
    urgent: bool
    overdue: bool
    warned: bool
    paused: bool
    unsigned: bool
    to_check: bool
    unsolved: bool


def row_of(ticket: Ticket, rules: Rules, today: date) -> Row:
    """A ticket as the lists show it, seen on `today` (Asia/Shanghai)."""
    city, state = rules.city, State(ticket.state)
    lead, signs_by = city.bureaus.get(ticket.lead), sign_by(ticket, rules)
    corrected = ticket.kind != ticket.routing["facts"]["kind"]
    paused = state is State.PAUSED and not ticket.overdue
    runs = state.is_owed and not paused
    return Row(
        number=ticket.number,
        state=state,
        kind=Kind(ticket.kind),
        kind_confidence=None if corrected else ticket.kind_confidence,
        subject_party=ticket.subject_party,
        place=ticket.place,
        lead_name=lead.name if lead else ticket.lead,
        filed_at=ticket.filed_at,
        promised_on=ticket.promised_on if runs else None,
        urgent=ticket.urgent,
        overdue=runs and (ticket.overdue or ticket.promised_on < today),
        warned=runs and today <= ticket.promised_on <= last_warned_day(city, today),
        paused=paused,
        unsigned=signs_by is not None and signs_by < today,
        to_check=ticket.to_check,
        unsolved=ticket.unsolved_at is not None,
    )


def last_warned_day(city: City, today: date) -> date:
    """What is promised until this day is warned of on `today`."""
    return counting("workdays", city.terms).nth(today, _WARNED_WITHIN)


def may_see(city: City, login: str) -> ColumnElement[bool]:
    """The condition that a clerk may see a ticket, for queries on Ticket."""
    return not_barred(city.hotline.id, staff(login))


def hotline_ticket(session: Session, number: str, city: City, login: str) -> Ticket:
    """A ticket that this clerk may see. Raises NotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number, may_see(city, login)))
    if ticket is None:
        raise NotFound("没有这个工单。")
    return ticket


def visible_of(session: Session, ids: Collection[int], city: City, login: str) -> dict[int, Ticket]:
    """Those of some tickets (by id) that this clerk may see."""
    if not ids:
        return {}
    found = session.scalars(select(Ticket).where(Ticket.id.in_(ids), may_see(city, login)))
    return {ticket.id: ticket for ticket in found}


@contextmanager
def change_ticket(
    storage: Storage, number: str, version: int, city: City, login: str
) -> Iterator[tuple[Session, Ticket]]:
    """A write transaction on a ticket that still is as the clerk saw it (`version`).

    Raises NotFound, and NotAllowed with `changed_meanwhile`: else of two clerks, or of two clicks,
    the second would undo the first unseen.
    """
    try:
        with storage.write() as session:
            ticket = hotline_ticket(session, number, city, login)
            if ticket.version != version:
                raise _changed_meanwhile()
            yield session, ticket
    except StaleDataError as lost:
        raise _changed_meanwhile() from lost


def _changed_meanwhile() -> NotAllowed:
    return NotAllowed("changed_meanwhile", "工单刚刚有了变化，请看过最新内容再操作。")
