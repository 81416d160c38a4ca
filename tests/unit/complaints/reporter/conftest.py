"""A ticket's life, step by step, as offices live it; each step an hour after the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from complaints.filing import file_report
from complaints.lifecycle import closing, handling
from complaints.lifecycle.act import Actor, Role, act, ticket_by_number
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action
from complaints.model import Report
from complaints.reporter.feedback import Feedback, give_feedback
from complaints.reporter.view import Progress, progress
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket
from tests.unit.complaints.conftest import MONDAY

CLERK = Actor("ming", Role.HOTLINE)


@dataclass
class Life:
    """What happens to tickets. `now` moves on with every step."""

    storage: Storage
    rules: Rules
    report: Report
    now: datetime = MONDAY
    filed: list[str] = field(default_factory=list)

    def file(self, **change: Any) -> str:
        name = f"intake-{len(self.filed)}"
        report = replace(self.report, intake_id=name, **change)
        number = file_report(self.storage, self.rules, report, name, self._later()).number
        self.filed.append(number)
        return number

    def do(
        self, step: Callable[..., Any], number: str, *given: Any, by: Actor | None = None
    ) -> None:
        """One of the life cycle's steps, by the lead unless it is told who."""
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            actor = by or Actor(ticket.lead, Role.LEAD)
            step(session, ticket, actor, *given, self.rules, self._later())

    def act(
        self, number: str, action: Action, by: Actor, text: str | None = None, **facts: Any
    ) -> None:
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            event = act(session, ticket, action, by, self._later(), text, facts)
            settle(session, ticket, self.rules, self.now, event)

    def answer(self, number: str, text: str = "已责令停课") -> None:
        if self.look(number).state == "已派单":
            self.do(handling.sign_ticket, number)
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            lead = Actor(ticket.lead, Role.LEAD)
            handling.answer_ticket(
                session, ticket, lead, text, self.rules, self._later(), "confirmed", ["stop"]
            )

    def merge(self, number: str, main: str) -> None:
        with self.storage.write() as session:
            ticket = ticket_by_number(session, number)
            into = ticket_by_number(session, main)
            event = act(session, ticket, Action.MERGE, CLERK, self._later(), facts={"into": main})
            ticket.merged_into = into.id
            settle(session, ticket, self.rules, self.now, event)

    def judge(self, number: str, *, solved: bool, words: str | None = None) -> Feedback:
        with self.storage.write() as session:
            return give_feedback(
                session, number, True, solved, solved, self.rules, self._later(), words
            )

    def look(self, number: str) -> Progress:
        with self.storage.read() as session:
            return progress(session, number, self.rules, self.now)

    def ticket(self, number: str) -> Ticket:
        with self.storage.read() as session:
            return ticket_by_number(session, number)

    def wait(self, **how_long: int) -> None:
        self.now += timedelta(**how_long)

    def _later(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


@pytest.fixture
def life(storage: Storage, rules: Rules, report: Report) -> Life:
    return Life(storage, rules, report)


def said(progress: Progress) -> str:
    """The history without its times."""
    return "\n".join(line.split(" ", 2)[2] for line in progress.history)


def close(life: Life, number: str) -> None:
    life.do(closing.close_ticket, number, None, by=CLERK)
