"""Tickets that live: every step in a transaction of its own, the clock moved by hand, real timers.

After each step the chain must be whole and the promised day what the events say it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.audit.check import check_chain
from complaints.deadlines.tickets import ticket_deadline
from complaints.delivery.claims import waiting
from complaints.delivery.due import run_due
from complaints.filing import file_report
from complaints.lifecycle import closing, dispatching, handling
from complaints.lifecycle.act import Actor, NotAllowed, ticket_by_number
from complaints.lifecycle.clockwork import handlers
from complaints.lifecycle.merging import merge_ticket
from complaints.lifecycle.reporting import supplement_ticket
from complaints.lifecycle.settling import events_of
from complaints.lifecycle.states import Role, State
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Report
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Event, OutboxRow, Task, Ticket, Timer
from complaints.workdays import SHANGHAI, shanghai_date
from tests.unit.complaints.conftest import MONDAY

CLERK = Actor("xu", Role.HOTLINE)
EDUCATION, MARKET = "luming-education", "luming-market-supervision"
STREET = "tingchao-street-office"
_MOST_TIMERS = 60
"""More of them at once would never end."""


@dataclass
class Life:
    """What happens to tickets; `now` is moved by hand (Monday, 23 November 2026, 10:00)."""

    storage: Storage
    rules: Rules
    report: Report
    now: datetime = MONDAY
    filed: list[str] = field(default_factory=list)

    # --- steps ---------------------------------------------------------------

    def file(self, **change: Any) -> str:
        """A new ticket by another reporter; its number."""
        name = f"intake-{len(self.filed)}"
        told = {"intake_id": name, "reporter_mark": f"mark-{len(self.filed)}"} | change
        report = replace(self.report, **told)
        self.filed.append(file_report(self.storage, self.rules, report, name, self.now).number)
        self.check()
        return self.filed[-1]

    def unsure(self, **change: Any) -> str:
        """A new ticket that waits for the hotline."""
        return self.file(kind_confidence=0.2, **change)

    def do(self, step: Callable[..., Any], number: str, *given: Any, **more: Any) -> Any:
        """One step on a ticket: `given` is what it takes between ticket and rules."""
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            done = step(session, ticket, *given, rules=self.rules, now=self.now, **more)
        self.check()
        return done

    def refused(self, step: Callable[..., Any], number: str, *given: Any, **more: Any) -> str:
        """The code with which a step is refused; nothing of it must stay."""
        before = self.counted()
        with pytest.raises(NotAllowed) as why:
            self.do(step, number, *given, **more)
        assert self.counted() == before
        return why.value.code

    def lead(self, number: str) -> Actor:
        """Whoever handles it."""
        return Actor(self.ticket(number).lead, Role.LEAD)

    def sign(self, number: str) -> None:
        self.do(handling.sign_ticket, number, self.lead(number))

    def give_back(self, number: str) -> None:
        self.do(dispatching.return_ticket, number, self.lead(number), "不归我局", "属地不符")

    def answer(self, number: str, finding: str | None = None, **more: Any) -> None:
        if self.ticket(number).state == State.DISPATCHED:
            self.sign(number)
        self.do(
            handling.answer_ticket, number, self.lead(number), "已责令停课", finding=finding, **more
        )

    def close(self, number: str) -> None:
        self.do(closing.close_ticket, number, CLERK, None)

    def merge(self, number: str, main: str) -> None:
        with self.storage.write() as session:
            into = ticket_by_number(session, main)
            ticket = ticket_by_number(session, number)
            merge_ticket(session, ticket, into, CLERK, self.rules, self.now)
        self.check()

    def say(self, number: str, text: str) -> None:
        with self.storage.write() as session:
            supplement_ticket(session, number, text, self.rules, self.now)
        self.check()

    # --- time ----------------------------------------------------------------

    def until(self, moment: str | datetime, *, checked: bool = True) -> None:
        """Go on to `12-01 09:00` in Shanghai; what is due on the way happens in its time."""
        day = moment if isinstance(moment, datetime) else moment_of(moment)
        assert day > self.now, "time goes one way"
        for _ in range(_MOST_TIMERS):
            due = self._next_timer()
            if due is None or due > day:
                self.now = day
                return
            self.now = max(self.now, due)
            assert run_due(self.storage, self.rules, handlers(lambda refs: None), self.now)
            self._nothing_failed()
            if checked:
                self.check()
        raise AssertionError("timers without end")

    def sleep_until(self, moment: str) -> None:
        """Go on to that time while the worker stands still."""
        self.now = moment_of(moment)

    def work(self) -> None:
        """The worker does what is due by now."""
        self.until(self.now + timedelta(minutes=1))

    # --- looks ---------------------------------------------------------------

    def ticket(self, number: str) -> Ticket:
        with self.storage.read() as session:
            return ticket_by_number(session, number)

    def state(self, number: str) -> State:
        return State(self.ticket(number).state)

    def events(self, number: str, action: str | None = None) -> list[Event]:
        with self.storage.read() as session:
            found = events_of(session, ticket_by_number(session, number))
            return [event for event in found if action in (None, event.action)]

    def queue(self, bureau: str) -> list[str]:
        """Numbers in a bureau's queue, in the order in which it pulls them."""
        rows = (
            select(Ticket.number)
            .join(Delivery, Delivery.ticket_id == Ticket.id)
            .where(Delivery.bureau == bureau, Delivery.ended_at.is_(None))
            .order_by(Delivery.changed_at, Delivery.ticket_id)
        )
        with self.storage.read() as session:
            return list(session.scalars(rows))

    def holders(self, number: str) -> dict[str, str]:
        """Who has a ticket in its queue, and as what."""
        rows = (
            select(Delivery.bureau, Delivery.role)
            .join(Ticket, Delivery.ticket_id == Ticket.id)
            .where(Ticket.number == number, Delivery.ended_at.is_(None))
        )
        with self.storage.read() as session:
            return dict(session.execute(rows).tuples().all())

    def tasks(self, number: str, kind: TaskKind | None = None) -> list[Task]:
        query = select(Task).join(Ticket, Task.ticket_id == Ticket.id).order_by(Task.id)
        with self.storage.read() as session:
            found = session.scalars(query.where(Ticket.number == number)).all()
            return [task for task in found if kind in (None, task.kind)]

    def timers(self, number: str) -> set[str]:
        """Kinds of the timers that still run."""
        query = select(Timer.kind).join(Ticket, Timer.ticket_id == Ticket.id)
        with self.storage.read() as session:
            return set(
                session.scalars(query.where(Ticket.number == number, Timer.done_at.is_(None)))
            )

    def outbox(self, kind: str) -> list[OutboxRow]:
        with self.storage.read() as session:
            rows = select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
            return list(session.scalars(rows))

    def counted(self) -> dict[str, int]:
        """How many rows of each sort there are."""
        with self.storage.read() as session:
            return {
                table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Ticket, Event, Delivery, Task, Timer, OutboxRow)
            }

    def check(self) -> None:
        """The chain is whole, and every promised day is what follows from the events."""
        with self.storage.read() as session:
            assert check_chain(session, self.storage.keys).faults == ()
            for ticket in session.scalars(select(Ticket)):
                self._check_promise(session, ticket)

    def _check_promise(self, session: Session, ticket: Ticket) -> None:
        events = events_of(session, ticket)
        seen = max(shanghai_date(event.at) for event in events)
        due = ticket_deadline(
            events, ticket.matter_code, ticket.urgent, self.rules.deadlines, seen, ticket.district
        )
        assert due is None or ticket.promised_on == due.due_on
        assert ticket.state == events[-1].state

    def _next_timer(self) -> datetime | None:
        far = self.now + timedelta(days=3650)
        with self.storage.read() as session:
            return session.scalar(select(func.min(Timer.next_try_at)).where(*waiting(Timer, far)))

    def _nothing_failed(self) -> None:
        with self.storage.read() as session:
            failed: Sequence[str] = session.scalars(
                select(Timer.last_error).where(Timer.last_error.is_not(None))
            ).all()
        assert not failed


def moment_of(text: str) -> datetime:
    """`12-01 09:00` of 2026 (or `2027-01-04 09:00`) in Shanghai."""
    full = text if len(text) > len("12-01 09:00") else f"2026-{text}"
    return datetime.strptime(full, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@pytest.fixture
def life(storage: Storage, rules: Rules, report: Report) -> Life:
    return Life(storage, rules, report)
