"""Random lives of several tickets: whoever does whatever whenever, what must hold holds.

Offices come in by their doors, as at desk and API; what is refused must leave nothing behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from complaints.conflicts import declare_interest, staff
from complaints.lifecycle import dispatching, merging, tasks
from complaints.lifecycle.act import Actor, NotAllowed, NotFound, ticket_by_number, ticket_of_bureau
from complaints.lifecycle.co_handling import AS_THE_TABLES_SAY, Choice
from complaints.lifecycle.reporting import supplement_ticket, withdraw_ticket
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.model import Kind
from complaints.offices.triage import hotline_ticket
from complaints.reporter.feedback import give_feedback
from complaints.storage import Storage
from complaints.storage.tables import Task, Ticket
from tests.keys import KEYS
from tests.unit.complaints.lifecycle.always import Versions, check_ticket
from tests.unit.complaints.lifecycle.conftest import EDUCATION, STREET, Life, moment_of
from tests.unit.complaints.lifecycle.random_steps import (
    BUREAU_STEPS,
    BUREAUS,
    CLERK_STEPS,
    CLERKS,
    CODES,
    WORDS,
    Given,
    chosen,
)

PARTY = "yanqiu-chinese"
MOST = 6  # tickets


class RandomLives(RuleBasedStateMachine):
    """A few tickets on one party in January 2027, whose holidays the operator may still correct."""

    template: Path
    rules_: Any
    report: Any

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.luck = Random(seed)  # fair dice: Hypothesis favours what comes first in a list
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.template, Path(self.folder.name) / "lives.db")
        storage = Storage(f"sqlite:///{self.folder.name}/lives.db", KEYS)
        webhooks = replace(self.rules_, webhooks=frozenset({EDUCATION, STREET}))
        self.life = Life(storage, webhooks, self.report, moment_of("2027-01-04 10:00"))
        self.versions: Versions = {}
        self.life.file()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.life.storage.engine.dispose()
            self.folder.cleanup()

    # --- what happens --------------------------------------------------------

    def one(self, luck: Random) -> str:
        return luck.choice(self.life.filed)

    def tried(self, step: Callable[[Any], object]) -> None:
        """A transaction that may be refused; then nothing of it stays."""
        life, before = self.life, self.life.counted()
        life.now += timedelta(minutes=10)
        try:
            with life.storage.write() as session:
                step(session)
        except (NotAllowed, NotFound) as refusal:
            note(f"refused: {refusal}")
            assert life.counted() == before

    @rule()
    def a_morning_at_the_offices(self) -> None:
        luck = self.luck
        steps = (
            *[self.the_lead_goes_on] * 5,
            *[self.the_hotline_sends_it] * 3,
            *[self.a_clerk_goes_on] * 3,
            *[self.a_bureau_sees_to_a_task] * 2,
            self.a_street_whistles,
            *[self.the_lead_answers] * 4,
            self.any_bureau_does_anything,
        )
        for step in luck.choices(steps, k=6):
            step(luck)
            self.everything_fits()

    @rule()
    def a_reporter_acts(self) -> None:
        luck = self.luck
        luck.choice([self.file, self.a_reporter_adds, *[self.a_reporter_judges] * 2])(luck)

    @rule()
    def the_case_changes(self) -> None:
        luck = self.luck
        luck.choice([self.merge, self.merge, self.split, self.somebody_declares])(luck)

    @rule()
    def a_reporter_takes_it_back(self) -> None:
        luck = self.luck
        if luck.random() < 0.08:
            self.a_reporter_withdraws(luck)

    def file(self, luck: Random) -> None:
        if len(self.life.filed) < MOST:
            party = self.report.subject_party
            self.life.file(
                kind_confidence=luck.choice([0.2, 0.95, 0.95]),
                urgent=luck.random() < 0.2,
                pupil=luck.random() < 0.2,
                subject_party=luck.choice([party, party, party, None, "鹭鸣区教育局"]),
                place="鹭鸣区听潮街道",
            )

    def any_bureau_does_anything(self, luck: Random) -> None:
        self._bureau(self.one(luck), luck.choice(BUREAUS), luck, sound=False)

    def the_lead_goes_on(self, luck: Random) -> None:
        number = self.one(luck)
        self._bureau(number, self.life.ticket(number).lead, luck, sound=True)

    def a_street_whistles(self, luck: Random) -> None:
        life, number = self.life, self.one(luck)
        called = luck.choice([*BUREAUS, life.ticket(number).lead])
        note(f"{number}: {STREET} calls {called}")

        def run(session: Any) -> None:
            ticket, role = ticket_of_bureau(session, number, STREET)
            tasks.whistle(
                session, ticket, Actor(STREET, role), called, "来一下", life.rules, life.now
            )

        self.tried(run)

    def the_lead_answers(self, luck: Random) -> None:
        number, life = self.one(luck), self.life
        if life.state(number) in (State.DISPATCHED, State.HANDLING):
            life.answer(number, luck.choice(CODES[:3]))

    def _bureau(self, number: str, bureau: str, luck: Random, *, sound: bool) -> None:
        life = self.life
        action = chosen(luck, BUREAU_STEPS, life.state(number), sound=sound)
        step, given = BUREAU_STEPS[action]
        args = given(Given(luck, sound=sound))
        more = {"finding": luck.choice(CODES)} if action is Action.ANSWER else {}
        note(f"{number} {bureau} {action} {args} {more}")

        def run(session: Any) -> None:
            ticket, role = ticket_of_bureau(session, number, bureau)
            step(
                session, ticket, Actor(bureau, role), *args, rules=life.rules, now=life.now, **more
            )

        self.tried(run)

    def a_clerk_goes_on(self, luck: Random) -> None:
        life, number, login = self.life, self.one(luck), luck.choice(CLERKS)
        sound = luck.random() < 0.7
        action = chosen(luck, CLERK_STEPS, life.state(number), sound=sound)
        step, given = CLERK_STEPS[action]
        args = given(Given(luck, sound=sound))
        note(f"{number} {login} {action} {args}")

        def run(session: Any) -> None:
            ticket = hotline_ticket(session, number, life.rules.city, login)
            step(session, ticket, Actor(login, Role.HOTLINE), *args, rules=life.rules, now=life.now)

        self.tried(run)

    def the_hotline_sends_it(self, luck: Random) -> None:
        life, number, bureau = self.life, self.one(luck), luck.choice(BUREAUS[:5])
        if life.state(number) in (State.PENDING, State.ACCEPTED, State.RETURN_PENDING):
            clerk = Actor("lin", Role.HOTLINE)
            more, less = luck.sample(BUREAUS[:6], 2)
            choice = Choice((more,), (less,)) if luck.random() < 0.3 else AS_THE_TABLES_SAY
            note(f"{number} to {bureau} {choice}")

            def run(session: Any) -> None:
                ticket = ticket_by_number(session, number)
                about = bureau, life.rules, life.now, "属地在那边", choice
                dispatching.dispatch_ticket(session, ticket, clerk, *about)

            self.tried(run)

    def merge(self, luck: Random) -> None:
        life, one, into, login = self.life, self.one(luck), self.one(luck), luck.choice(CLERKS)
        note(f"{one} into {into}")

        def run(session: Any) -> None:
            main = hotline_ticket(session, into, life.rules.city, login)
            ticket = hotline_ticket(session, one, life.rules.city, login)
            clerk = Actor(login, Role.HOTLINE)
            merging.merge_ticket(session, ticket, main, clerk, life.rules, life.now)

        self.tried(run)

    def split(self, luck: Random) -> None:
        life, number, parts = self.life, self.one(luck), []

        def run(session: Any) -> None:
            ticket = ticket_by_number(session, number)
            about = (Kind.TRAINING_FEES_REFUND, "退费一直不给退", Actor("lin", Role.HOTLINE))
            parts.append(split_ticket(session, ticket, *about, life.rules, life.now))

        if len(life.filed) < MOST - 2:
            self.tried(run)
            life.filed += [part.number for part in parts]

    def a_reporter_adds(self, luck: Random) -> None:
        life, number, words = self.life, self.one(luck), luck.choice(WORDS)
        self.tried(lambda s: supplement_ticket(s, number, words, life.rules, life.now))

    def a_reporter_withdraws(self, luck: Random) -> None:
        life, number = self.life, self.one(luck)
        note(f"{number} withdrawn")
        self.tried(lambda s: withdraw_ticket(s, number, life.rules, life.now))

    def a_reporter_judges(self, luck: Random) -> None:
        life, number, solved = self.life, self.one(luck), luck.random() < 0.5
        note(f"{number} solved: {solved}")
        said = (True, solved, solved)
        self.tried(lambda s: give_feedback(s, number, *said, life.rules, life.now))

    def a_bureau_sees_to_a_task(self, luck: Random) -> None:
        life, words = self.life, luck.choice(WORDS)
        with life.storage.read() as session:
            owed = session.execute(select(Task.id, Task.bureau).where(Task.done_at.is_(None))).all()
        if not owed:
            return
        task, bureau = luck.choice(owed)
        bureau = luck.choice([bureau, bureau, bureau, STREET])
        step, given = luck.choice([(tasks.sign_task, ()), (tasks.finish_task, (words,))])
        self.tried(lambda s: step(s, task, bureau, *given, life.rules, life.now))

    def somebody_declares(self, luck: Random) -> None:
        life, who = self.life, luck.choice([*BUREAUS[:6], staff("xu")])
        if luck.random() < 0.15:
            note(f"{who} declares")
            self.tried(lambda s: declare_interest(s, who, PARTY, "亲属任职", life.rules, life.now))

    @rule(hours=st.sampled_from([1, 3, 7, 24, 40]))
    def time_passes(self, hours: int) -> None:
        self._go_on(hours)

    @rule(hours=st.sampled_from([14, 50, 100]))
    def time_passes_while_the_worker_stands_still(self, hours: int) -> None:
        if self.luck.random() < 0.4:
            self.life.now += timedelta(hours=hours)
            self.a_reporter_adds(self.luck)
            self._go_on(1)

    @rule()
    def a_holiday_is_added(self) -> None:
        luck = self.luck
        life, deadlines = self.life, self.life.rules.deadlines
        if luck.random() < 0.2:
            day = date(2027, 1, luck.randint(5, 29))
            days = {**deadlines.terms.extra_holidays, day: "临时放假"}
            terms = replace(deadlines.terms, extra_holidays=days)
            life.rules = replace(life.rules, deadlines=replace(deadlines, terms=terms))
            recompute_deadlines(life.storage, life.rules, life.now)

    def _go_on(self, hours: int) -> None:
        self.life.until(self.life.now + timedelta(hours=hours), checked=False)

    # --- what always holds ---------------------------------------------------

    @invariant()
    def everything_fits(self) -> None:
        if not hasattr(self, "life"):
            return
        self.life.check()
        with self.life.storage.read() as session:
            for ticket in session.scalars(select(Ticket)).all():
                check_ticket(session, ticket, self.versions)


@pytest.fixture
def machine(tmp_path, rules, report) -> type[RandomLives]:
    empty = Storage(f"sqlite:///{tmp_path}/empty.db", KEYS)
    empty.create()
    empty.engine.dispose()  # what is written is in the file itself then, to be copied

    class Lives(RandomLives):
        template, rules_ = tmp_path / "empty.db", rules

    Lives.report = report
    return Lives


def test_whatever_happens_in_whatever_order(machine):
    many = settings(
        max_examples=10,
        stateful_step_count=25,
        deadline=None,
        phases=[Phase.generate],  # a story is read as it is: shrinking one takes minutes
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    machine.TestCase.settings = many
    machine.TestCase().runTest()
