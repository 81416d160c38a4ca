"""Random lives of several tickets: whoever does whatever whenever, what must hold holds.

Offices come in by their doors, as at desk and API; what is refused must leave nothing behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
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
from complaints.lifecycle import closing, correcting, dispatching, handling, merging, tasks
from complaints.lifecycle.act import Actor, NotAllowed, NotFound, ticket_by_number, ticket_of_bureau
from complaints.lifecycle.reporting import supplement_ticket, withdraw_ticket
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import OWED, Action, Role, State
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.lifecycle.table import TRANSITIONS
from complaints.model import Kind
from complaints.offices.triage import hotline_ticket
from complaints.reporter.feedback import give_feedback
from complaints.storage import Storage
from complaints.storage.tables import Barred, Delivery, Event, Task, Ticket, Timer
from tests.keys import KEYS
from tests.unit.complaints.lifecycle.conftest import EDUCATION, MARKET, STREET, Life, moment_of

ZHENXI, CITY = "zhenxi-education", "tinglan-education"
BUREAUS = (EDUCATION, ZHENXI, CITY, MARKET, STREET, "luming-fire", "tinglan-hotline", "nobody")
CLERKS = ("xu", "lin")
PARTY = "yanqiu-chinese"
MOST = 6  # tickets
CODES = ("confirmed", "partly", "not_found", "maybe", None)
WORDS = ("周日也上课", "请说明", "已责令停课", "", "我叫陈砚秋，三年二班")

KINDS_OF_TIMER = {
    State.PENDING: {"accept", "deadline", "task_due"},
    State.ACCEPTED: {"deadline", "task_due"},
    State.DISPATCHED: {"sign", "deadline", "task_due"},
    State.RETURN_PENDING: {"arbitrate", "deadline", "task_due"},
    State.HANDLING: {"deadline", "task_due"},
    State.PAUSED: {"resume", "deadline", "task_due"},
    State.ANSWERED: {"call_back"},
}
NO_QUEUE = (State.REJECTED, State.MERGED)

Step = Callable[..., Any]
Steps = dict[Action, tuple[Step, Callable[..., tuple[Any, ...]]]]
BUREAU_STEPS: Steps = {
    Action.SIGN: (handling.sign_ticket, lambda g: ()),
    Action.RETURN: (dispatching.return_ticket, lambda g: (g.words, g.words)),
    Action.PAUSE: (handling.pause_ticket, lambda g: (g.words,)),
    Action.RESUME: (handling.resume_ticket, lambda g: ()),
    Action.EXTEND: (handling.extend_ticket, lambda g: (g.words, g.number)),
    Action.ANSWER: (handling.answer_ticket, lambda g: (g.words,)),
    Action.TRANSFER: (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    Action.ESCALATE: (dispatching.escalate_ticket, lambda g: (g.words,)),
    Action.WHISTLE: (tasks.whistle, lambda g: (g.bureau, g.words)),
}
CLERK_STEPS: Steps = {
    Action.ACCEPT: (dispatching.accept_ticket, lambda g: ()),
    Action.REJECT: (dispatching.reject_ticket, lambda g: ("labour", g.words)),
    Action.DISPATCH: (dispatching.dispatch_ticket, lambda g: (g.bureau,)),
    Action.DESIGNATE: (dispatching.designate_ticket, lambda g: (g.bureau, g.words)),
    Action.ARBITRATE: (dispatching.refuse_return, lambda g: (g.words,)),
    Action.TRANSFER: (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    Action.ESCALATE: (dispatching.escalate_ticket, lambda g: (g.words,)),
    Action.RECLASSIFY: (correcting.reclassify_ticket, lambda g: (g.kind,)),
    Action.REDACT: (correcting.redact_ticket, lambda g: (g.words,)),
    Action.RESUME: (handling.resume_ticket, lambda g: ()),
    Action.SUPERVISE: (tasks.supervise_ticket, lambda g: (g.words,)),
    Action.CALL_BACK: (closing.call_back, lambda g: ((True, g.yes, g.yes),)),
    Action.REDO: (closing.redo_ticket, lambda g: (g.words,)),
    Action.CLOSE: (closing.close_ticket, lambda g: (None,)),
    Action.REOPEN: (closing.reopen_ticket, lambda g: (g.words,)),
    Action.SPLIT: (merging.split_from_merge, lambda g: ()),
}


class Given:
    """What a step is given at random: something `sound`, or anything."""

    def __init__(self, luck: Random, *, sound: bool) -> None:
        self.words = luck.choice(["已核实", "请说明进展"] if sound else WORDS)
        self.yes, self.number = luck.random() < 0.5, luck.randint(1, 5 if sound else 9)
        self.bureau = luck.choice(BUREAUS[: 5 if sound else None])
        self.district = luck.choice(["zhenxi", "luming", "nowhere"][: 2 if sound else 3])
        self.kind = luck.choice([Kind.TRAINING_ADS, Kind.VENUE_SAFETY, *Kind])


def chosen(luck: Random, steps: Steps, state: State, *, sound: bool) -> Action:
    """One of the steps; a sound one is allowed in this state, as far as the table goes."""
    fitting = [action for action in steps if (state, action) in TRANSITIONS]
    return luck.choice(fitting if sound and fitting else list(steps))


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
        self.versions: dict[str, tuple[int, int]] = {}
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
    def an_office_acts(self) -> None:
        luck = self.luck
        steps = (
            *[self.the_lead_goes_on] * 5,
            *[self.the_hotline_sends_it] * 3,
            *[self.a_clerk_goes_on] * 3,
            *[self.a_bureau_sees_to_a_task] * 2,
            *[self.the_lead_answers] * 4,
            self.any_bureau_does_anything,
        )
        luck.choice(steps)(luck)

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
            named, unsure = luck.random() < 0.8, luck.random() < 0.3
            self.life.file(
                kind_confidence=0.2 if unsure else 0.95,
                urgent=luck.random() < 0.2,
                pupil=luck.random() < 0.2,
                subject_party=self.report.subject_party if named else None,
                place="鹭鸣区听潮街道",
            )

    def any_bureau_does_anything(self, luck: Random) -> None:
        self._bureau(self.one(luck), luck.choice(BUREAUS), luck, sound=False)

    def the_lead_goes_on(self, luck: Random) -> None:
        number = self.one(luck)
        self._bureau(number, self.life.ticket(number).lead, luck, sound=True)

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
            note(f"{number} to {bureau}")

            def run(session: Any) -> None:
                ticket = ticket_by_number(session, number)
                dispatching.dispatch_ticket(session, ticket, clerk, bureau, life.rules, life.now)

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
                self._check_queues(session, ticket)
                self._check_barred(session, ticket)
                self._check_tasks(session, ticket)
                self._check_timers(session, ticket)
                self._check_story(session, ticket)
                self._check_case(session, ticket)

    def _check_queues(self, session: Any, ticket: Ticket) -> None:
        rows = session.execute(
            select(Delivery.bureau, Delivery.role, Delivery.changed_at).where(
                Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None)
            )
        ).all()
        leads = [row.bureau for row in rows if row.role == Role.LEAD]
        if ticket.state in NO_QUEUE:
            assert rows == []
        elif ticket.state in OWED:
            assert leads == [ticket.lead]
        else:  # over, or answered: whoever declared an interest since has lost it
            assert leads in ([ticket.lead], [])
        if ticket.state in OWED:
            assert {row.changed_at for row in rows} == {ticket.changed_at}

    def _check_barred(self, session: Any, ticket: Ticket) -> None:
        out = set(session.scalars(select(Barred.who).where(Barred.ticket_id == ticket.id)))
        for table, ended in ((Delivery, Delivery.ended_at), (Task, Task.done_at)):
            owed = select(table.bureau).where(table.ticket_id == ticket.id, ended.is_(None))
            assert not out & set(session.scalars(owed))
        if ticket.state in OWED:
            assert ticket.lead not in out

    def _check_tasks(self, session: Any, ticket: Ticket) -> None:
        owed = session.scalars(
            select(Task).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
        ).all()
        if not State(ticket.state).is_open and ticket.state != State.CLOSED:
            assert owed == []
        supervised = [task.bureau for task in owed if task.kind == tasks.TaskKind.SUPERVISION]
        if ticket.state in OWED:
            assert set(supervised) <= {ticket.lead}

    def _check_timers(self, session: Any, ticket: Ticket) -> None:
        kinds = set(
            session.scalars(
                select(Timer.kind).where(Timer.ticket_id == ticket.id, Timer.done_at.is_(None))
            )
        )
        state = State(ticket.state)
        assert kinds <= KINDS_OF_TIMER.get(state, {"erase"}), state
        if state in (State.DISPATCHED, State.PAUSED):
            assert kinds & {"sign", "resume"}
        if state in OWED and state is not State.PAUSED and not ticket.overdue:
            assert "deadline" in kinds

    def _check_story(self, session: Any, ticket: Ticket) -> None:
        events = session.scalars(select(Event).where(Event.ticket_id == ticket.id)).all()
        told = Counter(str(event.facts) for event in events if event.action == Action.WARN)
        assert not told or max(told.values()) == 1
        by_clock = [event.action for event in events if event.role == Role.SYSTEM]
        assert by_clock.count(Action.OVERDUE) == by_clock.count(Action.SUPERVISE)
        version, count = self.versions.get(ticket.number, (0, 0))
        assert ticket.version >= version and (len(events) == count or ticket.version > version)
        self.versions[ticket.number] = (ticket.version, len(events))

    def _check_case(self, session: Any, ticket: Ticket) -> None:
        if ticket.state != State.MERGED:
            return
        main = session.get_one(Ticket, ticket.merged_into)
        assert main.state not in (State.MERGED, State.WITHDRAWN)
        out = [
            set(session.scalars(select(Barred.who).where(Barred.ticket_id == each.id)))
            for each in (ticket, main)
        ]
        assert out[0] <= out[1]


@pytest.fixture
def machine(tmp_path, rules, report) -> type[RandomLives]:
    Storage(f"sqlite:///{tmp_path}/empty.db", KEYS).create()

    class Lives(RandomLives):
        template, rules_ = tmp_path / "empty.db", rules

    Lives.report = report
    return Lives


def test_whatever_happens_in_whatever_order(machine):
    many = settings(
        max_examples=12,
        stateful_step_count=40,
        deadline=None,
        phases=[Phase.generate],  # a story is read as it is: shrinking one takes minutes
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    machine.TestCase.settings = many
    machine.TestCase().runTest()
