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
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
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
NEXT = st.integers(0, 5)  # which of the tickets
CODES = st.sampled_from(["confirmed", "partly", "not_found", "maybe", None])
WORDS = st.sampled_from(["周日也上课", "请说明", "已责令停课", "", "我叫陈砚秋，三年二班"])
YES = st.booleans()

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
BUREAU_STEPS: dict[str, tuple[Step, Callable[..., tuple[Any, ...]]]] = {
    "sign": (handling.sign_ticket, lambda g: ()),
    "return": (dispatching.return_ticket, lambda g: (g.words, g.words)),
    "pause": (handling.pause_ticket, lambda g: (g.words,)),
    "resume": (handling.resume_ticket, lambda g: ()),
    "extend": (handling.extend_ticket, lambda g: (g.words, g.number)),
    "answer": (handling.answer_ticket, lambda g: (g.words,)),
    "transfer": (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    "escalate": (dispatching.escalate_ticket, lambda g: (g.words,)),
    "whistle": (tasks.whistle, lambda g: (g.bureau, g.words)),
}
CLERK_STEPS: dict[str, tuple[Step, Callable[..., tuple[Any, ...]]]] = {
    "accept": (dispatching.accept_ticket, lambda g: ()),
    "reject": (dispatching.reject_ticket, lambda g: ("labour", g.words)),
    "dispatch": (dispatching.dispatch_ticket, lambda g: (g.bureau,)),
    "designate": (dispatching.designate_ticket, lambda g: (g.bureau, g.words)),
    "refuse return": (dispatching.refuse_return, lambda g: (g.words,)),
    "transfer": (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    "escalate": (dispatching.escalate_ticket, lambda g: (g.words,)),
    "reclassify": (correcting.reclassify_ticket, lambda g: (g.kind,)),
    "redact": (correcting.redact_ticket, lambda g: (g.words,)),
    "resume": (handling.resume_ticket, lambda g: ()),
    "supervise": (tasks.supervise_ticket, lambda g: (g.words,)),
    "call back": (closing.call_back, lambda g: ((True, g.yes, g.yes),)),
    "redo": (closing.redo_ticket, lambda g: (g.words,)),
    "close": (closing.close_ticket, lambda g: (None,)),
    "reopen": (closing.reopen_ticket, lambda g: (g.words,)),
    "part": (merging.split_from_merge, lambda g: ()),
}


class Given:
    """What a step is given, drawn at random."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.words, self.yes = draw(WORDS), draw(YES)
        self.bureau, self.number = draw(st.sampled_from(BUREAUS)), draw(st.integers(0, 6))
        self.district = draw(st.sampled_from(["luming", "zhenxi", "nowhere"]))
        self.kind = draw(st.sampled_from([Kind.TRAINING_ADS, Kind.VENUE_SAFETY, *Kind]))


class RandomLives(RuleBasedStateMachine):
    """A few tickets on one party in January 2027, whose holidays the operator may still correct."""

    template: Path
    rules_: Any
    report: Any

    @initialize()
    def begin(self) -> None:
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

    def one(self, which: int) -> str:
        return self.life.filed[which % len(self.life.filed)]

    def tried(self, step: Callable[[Any], object]) -> None:
        """A transaction that may be refused; then nothing of it stays."""
        life, before = self.life, self.life.counted()
        life.now += timedelta(minutes=10)
        try:
            with life.storage.write() as session:
                step(session)
        except (NotAllowed, NotFound):
            assert life.counted() == before

    @rule(unsure=YES, urgent=YES, pupil=YES, named=YES)
    def file(self, unsure: bool, urgent: bool, pupil: bool, named: bool) -> None:
        if len(self.life.filed) < 6:
            self.life.file(
                kind_confidence=0.2 if unsure else 0.95,
                urgent=urgent and unsure,
                pupil=pupil,
                subject_party=self.report.subject_party if named else None,
                place="鹭鸣区听潮街道",
            )

    @rule(which=NEXT, bureau=st.sampled_from(BUREAUS), data=st.data())
    def bureau_does(self, which: int, bureau: str, data: Any) -> None:
        self._bureau(self.one(which), bureau, data)

    @rule(which=NEXT, data=st.data())
    def lead_does(self, which: int, data: Any) -> None:
        number = self.one(which)
        self._bureau(number, self.life.ticket(number).lead, data)

    def _bureau(self, number: str, bureau: str, data: Any) -> None:
        step, given = BUREAU_STEPS[data.draw(st.sampled_from(sorted(BUREAU_STEPS)))]
        args, finding = given(Given(data.draw)), data.draw(CODES)
        more = {"finding": finding} if step is handling.answer_ticket else {}

        def run(session: Any) -> None:
            ticket, role = ticket_of_bureau(session, number, bureau)
            actor = Actor(bureau, role)
            step(session, ticket, actor, *args, rules=self.life.rules, now=self.life.now, **more)

        self.tried(run)

    @rule(which=NEXT, login=st.sampled_from(CLERKS), data=st.data())
    def clerk_does(self, which: int, login: str, data: Any) -> None:
        step, given = CLERK_STEPS[data.draw(st.sampled_from(sorted(CLERK_STEPS)))]
        args, life, number = given(Given(data.draw)), self.life, self.one(which)

        def run(session: Any) -> None:
            ticket = hotline_ticket(session, number, life.rules.city, login)
            step(session, ticket, Actor(login, Role.HOTLINE), *args, rules=life.rules, now=life.now)

        self.tried(run)

    @rule(which=NEXT, into=NEXT, login=st.sampled_from(CLERKS))
    def merge(self, which: int, into: int, login: str) -> None:
        life, city = self.life, self.life.rules.city

        def run(session: Any) -> None:
            main = hotline_ticket(session, self.one(into), city, login)
            ticket = hotline_ticket(session, self.one(which), city, login)
            clerk = Actor(login, Role.HOTLINE)
            merging.merge_ticket(session, ticket, main, clerk, life.rules, life.now)

        self.tried(run)

    @rule(which=NEXT)
    def split(self, which: int) -> None:
        life, parts = self.life, []

        def run(session: Any) -> None:
            ticket = ticket_by_number(session, self.one(which))
            about = (Kind.TRAINING_FEES_REFUND, "退费一直不给退", Actor("lin", Role.HOTLINE))
            parts.append(split_ticket(session, ticket, *about, life.rules, life.now))

        if len(life.filed) < 6:
            self.tried(run)
            life.filed += [part.number for part in parts]

    @rule(which=NEXT, words=WORDS)
    def reporter_adds(self, which: int, words: str) -> None:
        life, number = self.life, self.one(which)
        self.tried(lambda s: supplement_ticket(s, number, words, life.rules, life.now))

    @rule(which=NEXT)
    def reporter_withdraws(self, which: int) -> None:
        life, number = self.life, self.one(which)
        self.tried(lambda s: withdraw_ticket(s, number, life.rules, life.now))

    @rule(which=NEXT, solved=YES)
    def reporter_judges(self, which: int, solved: bool) -> None:
        life, number = self.life, self.one(which)
        said = (True, solved, solved)
        self.tried(lambda s: give_feedback(s, number, *said, life.rules, life.now))

    @rule(task=st.integers(1, 20), bureau=st.sampled_from(BUREAUS), done=YES, words=WORDS)
    def bureau_sees_to_a_task(self, task: int, bureau: str, done: bool, words: str) -> None:
        life = self.life

        def run(session: Any) -> None:
            if done:
                tasks.finish_task(session, task, bureau, words, life.rules, life.now)
            else:
                tasks.sign_task(session, task, bureau, life.rules, life.now)

        self.tried(run)

    @rule(who=st.sampled_from([*BUREAUS[:6], staff("xu")]))
    def somebody_declares(self, who: str) -> None:
        life = self.life
        self.tried(lambda s: declare_interest(s, who, PARTY, "亲属任职", life.rules, life.now))

    @rule(hours=st.sampled_from([1, 7, 24, 70]))
    def time_passes(self, hours: int) -> None:
        self._go_on(hours)

    @rule(hours=st.sampled_from([14, 50, 200]), which=NEXT)
    def time_passes_while_the_worker_stands_still(self, hours: int, which: int) -> None:
        self.life.now += timedelta(hours=hours)
        self.reporter_adds(which, "一早补充的")
        self._go_on(1)

    @rule(day=st.integers(5, 29))
    def a_holiday_is_added(self, day: int) -> None:
        life, deadlines = self.life, self.life.rules.deadlines
        days = {**deadlines.terms.extra_holidays, date(2027, 1, day): "临时放假"}
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
        max_examples=60,
        stateful_step_count=50,
        deadline=None,
        phases=[Phase.generate],  # a story is read as it is: shrinking one takes minutes
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    machine.TestCase.settings = many
    machine.TestCase().runTest()
