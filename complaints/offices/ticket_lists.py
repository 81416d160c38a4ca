"""The hotline's lists. Each page is a few short ranges of an index, however many tickets there are.

A tab is cut into ranges of (state, urgent), each of which the index `state, urgent, promised_on, id`
gives in the order that is shown; 仍未解决 and 全部 are one range each. A count stops at `MOST_COUNTED`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from complaints.lifecycle.states import OWED, State
from complaints.offices.triage import Row, last_warned_day, may_see, row_of
from complaints.regions import City
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket

MOST_COUNTED = 100
"""A count of so many means: that many or more."""
LAST_PAGE = 50
"""Nobody reads further; a ticket is found by its number."""


class Tab(StrEnum):
    """One list of the hotline."""

    TRIAGE = "triage"
    RETURNED = "returned"
    DUE = "due"
    TO_CHECK = "to_check"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    PAUSED = "paused"
    ANSWERED = "answered"
    UNSOLVED = "unsolved"
    ALL = "all"

    @property
    def label(self) -> str:
        """What people read."""
        return _TABS[self][0]

    @property
    def states(self) -> tuple[State, ...]:
        """Which tickets can be in it."""
        return _TABS[self][1]


_READ = (*OWED, State.ANSWERED)  # the states in which an office still reads the words
_TABS: dict[Tab, tuple[str, tuple[State, ...]]] = {
    Tab.TRIAGE: ("待分派", (State.PENDING, State.ACCEPTED)),
    Tab.RETURNED: ("退单待审", (State.RETURN_PENDING,)),
    Tab.DUE: ("逾期和预警", OWED),
    Tab.TO_CHECK: ("待核对脱敏", _READ),
    Tab.DISPATCHED: ("已派单", (State.DISPATCHED,)),
    Tab.HANDLING: ("办理中", (State.HANDLING,)),
    Tab.PAUSED: ("待补充", (State.PAUSED,)),
    Tab.ANSWERED: ("待回访", (State.ANSWERED,)),
    Tab.UNSOLVED: ("仍未解决", (State.ANSWERED, State.CLOSED, State.MERGED)),
    Tab.ALL: ("全部", tuple(State)),
}
COUNTED = (Tab.TRIAGE, Tab.RETURNED, Tab.DUE, Tab.TO_CHECK, Tab.ANSWERED, Tab.UNSOLVED)
"""What waits for the hotline itself."""


@dataclass(frozen=True)
class TicketList:
    """One page of a tab, `page` counting from 1; `counts` of what waits for the hotline."""

    rows: tuple[Row, ...]
    page: int
    has_more: bool
    counts: Mapping[Tab, int]


def list_tickets(
    storage: Storage, rules: Rules, login: str, tab: Tab, page: int, size: int, today: date
) -> TicketList:
    """A page of a tab for a clerk: urgent first, then by the promised day.

    In `ALL` the newest is first, in `UNSOLVED` who has waited longest.
    """
    city, page = rules.city, min(page, LAST_PAGE)
    first = (page - 1) * size
    with storage.read() as session:
        ids = _ids(session, tab, city, login, today, first + size + 1)[first:]
        rows = session.scalars(select(Ticket).where(Ticket.id.in_(ids[:size])))
        shown = {ticket.id: row_of(ticket, rules, today) for ticket in rows}
        counts = {each: _count(session, each, city, login, today) for each in COUNTED}
    return TicketList(
        rows=tuple(shown[id_] for id_ in ids[:size] if id_ in shown),
        page=page,
        has_more=len(ids) > size and page < LAST_PAGE,
        counts=counts,
    )


def _ids(session: Session, tab: Tab, city: City, login: str, today: date, most: int) -> list[int]:
    """The first `most` tickets of a tab, in its order."""
    if tab is Tab.ALL:
        newest = select(Ticket.id).where(may_see(city, login)).order_by(Ticket.id.desc())
        return list(session.scalars(newest.limit(most)))
    if tab is Tab.UNSOLVED:
        longest = _unsolved(city, login).order_by(Ticket.unsolved_at, Ticket.id)
        return list(session.scalars(longest.limit(most)))
    ranges = [
        part.order_by(Ticket.promised_on, Ticket.id).limit(most).subquery()
        for part in _ranges(tab, city, login, today)
    ]
    rows = union_all(*(select(each) for each in ranges)).subquery()
    in_order = rows.c.urgent.desc(), rows.c.promised_on, rows.c.id
    return list(session.scalars(select(rows.c.id).order_by(*in_order).limit(most)))


def _count(session: Session, tab: Tab, city: City, login: str, today: date) -> int:
    """How many tickets a tab holds, at most MOST_COUNTED."""
    found = _unsolved(city, login) if tab is Tab.UNSOLVED else _of_states(tab, city, login, today)
    rows = found.limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _of_states(tab: Tab, city: City, login: str, today: date) -> Select[tuple[int]]:
    return select(Ticket.id).where(
        Ticket.state.in_(tab.states),
        Ticket.urgent.in_((True, False)),  # the index has it before the promised day
        *_also(tab, city, today),
        may_see(city, login),
    )


def _unsolved(city: City, login: str) -> Select[tuple[int]]:
    """Whose reporter said again that nothing was solved, and nobody has dealt with it since."""
    return select(Ticket.id).where(Ticket.unsolved_at.is_not(None), may_see(city, login))


def _ranges(
    tab: Tab, city: City, login: str, today: date
) -> Iterator[Select[tuple[int, bool, date]]]:
    """The tickets of a tab, as ranges of an index."""
    for state in tab.states:
        for urgent in (True, False):
            columns = Ticket.id, literal(urgent).label("urgent"), Ticket.promised_on
            yield select(*columns).where(
                Ticket.state == state,
                Ticket.urgent.is_(urgent),
                *_also(tab, city, today),
                may_see(city, login),
            )


def _also(tab: Tab, city: City, today: date) -> Iterator[ColumnElement[bool]]:
    """What must hold beside the state."""
    if tab is Tab.DUE:
        yield Ticket.promised_on <= last_warned_day(city, today)
        yield or_(Ticket.state != State.PAUSED, Ticket.overdue.is_(True))  # the clock stands still
    if tab is Tab.TO_CHECK:
        yield Ticket.to_check.is_(True)
