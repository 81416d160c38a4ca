"""Several at once: who starts first makes the tables, who changes a ticket second is told so."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from complaints.audit.chain import record
from complaints.audit.check import check_storage
from complaints.lifecycle.table import NotAllowed
from complaints.offices.triage import change_ticket
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket

ROOT = Path(__file__).resolve().parents[4]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_START = """
import sys, time
from complaints.storage import Storage
from tests.keys import KEYS
storage = Storage(sys.argv[1], KEYS)
sys.stdin.readline()
storage.create()
"""


def start_at_once(storage: Storage, processes: int) -> None:
    """Let processes open the same database at the same moment; all must come up."""
    url = storage.engine.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _START, url], cwd=ROOT, stdin=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(processes)
    ]  # fmt: skip
    storage.engine.dispose()
    with ThreadPoolExecutor(processes) as together:
        errors = list(together.map(lambda process: process.communicate("go\n")[1], started))
    assert [process.returncode for process in started] == [0] * processes, errors


def test_four_processes_open_an_empty_database(empty, tmp_path):
    start_at_once(empty, 4)
    assert check_storage(empty, tmp_path / "none").faults == ()


def test_four_processes_open_an_old_database(old, tmp_path):
    start_at_once(old, 4)
    report = check_storage(old, tmp_path / "none")
    assert (report.faults, report.checked) == ((), 17)


@pytest.fixture
def filed(empty: Storage) -> Storage:
    """A database with two tickets."""
    return with_two_tickets(empty)


@pytest.fixture
def filed_on_postgresql(empty_postgresql: Storage) -> Storage:
    """The same, where two transactions can be open at a time."""
    return with_two_tickets(empty_postgresql)


def with_two_tickets(empty: Storage) -> Storage:
    empty.create()
    with empty.write() as session:
        for number in ("T1", "T2"):
            ticket = Ticket(
                number=number, intake_id=number, state="handling", kind="school_fees",
                kind_confidence=1.0, detail="收费没有公示", urgent=False, lead="hotline", routing={},
                filed_at=NOW, promised_on=date(2026, 12, 14), changed_at=0,
            )  # fmt: skip
            session.add(ticket)
            record(session, ticket, action="file", role="reporter", actor="reporter", at=NOW)
    return empty


def get(session, number: str) -> Ticket:
    return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def answer(session, number: str, words: str) -> None:
    ticket = get(session, number)
    ticket.state, ticket.answered_at = "answered", NOW
    record(session, ticket, action="answer", role="lead", actor="b", at=NOW, text=words)


def test_of_two_who_read_the_same_ticket_the_second_loses(filed_on_postgresql, tmp_path):
    """On two real connections: both read, the first commits, the second must not undo it.

    On SQLite the second is let in only when the first is done, and reads what that one wrote.
    """
    filed = filed_on_postgresql
    both_read, first_done = threading.Barrier(2), threading.Event()

    def first() -> None:
        with filed.write() as session:
            get(session, "T1")
            both_read.wait(10)
            answer(session, "T1", "先来的答复")
        first_done.set()

    def second() -> None:
        with filed.write() as session:
            seen = get(session, "T1")
            both_read.wait(10)
            first_done.wait(10)
            assert seen.state == "handling"
            answer(session, "T1", "后来的答复")

    with ThreadPoolExecutor(2) as both:
        one, two = both.submit(first), both.submit(second)
    one.result()
    with pytest.raises(StaleDataError):
        two.result()
    with filed.read() as session:
        words = session.scalars(select(Event.text).where(Event.action == "answer")).all()
    assert words == ["先来的答复"]
    assert check_storage(filed, tmp_path / "none").faults == ()


def test_the_clerk_who_loses_reads_that_the_ticket_changed(filed_on_postgresql, rules):
    """Both opened the ticket and both pressed the button: one sentence, nothing half done."""
    filed = filed_on_postgresql
    both_in = threading.Barrier(2)
    with filed.read() as session:
        version = get(session, "T1").version

    def press(words: str) -> str:
        try:
            with change_ticket(filed, "T1", version, rules.city, "clerk") as (session, _):
                both_in.wait(10)
                answer(session, "T1", words)
        except NotAllowed as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(press, ("甲", "乙")))
    assert sorted(outcomes) == ["changed_meanwhile", "done"]


def test_writers_of_several_tickets_never_wait_for_each_other_in_a_ring(filed, tmp_path):
    """Each changes both tickets, in opposite orders: one waits, or has to read again."""

    def change(numbers: tuple[str, str]) -> None:
        with filed.write() as session:
            for ticket in [get(session, number) for number in numbers]:
                ticket.place = "东街"
                record(session, ticket, action="warn", role="system", actor="w", at=NOW)

    def ten_times(numbers: tuple[str, str]) -> None:
        done = 0
        while done < 10:
            with contextlib.suppress(StaleDataError):
                change(numbers)
                done += 1

    with ThreadPoolExecutor(2) as both:
        writers = [both.submit(ten_times, pair) for pair in (("T1", "T2"), ("T2", "T1"))]
    for writer in writers:
        writer.result()
    assert check_storage(filed, tmp_path / "none").checked == 42
    assert check_storage(filed, tmp_path / "none").faults == ()


def test_behind_an_undone_savepoint_the_clock_is_locked_anew(filed_on_postgresql):
    """The database lets go of what was locked within it; who then writes must not believe it."""
    filed = filed_on_postgresql
    with filed.write() as session:
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            first = lock_clock(session).event_seq
            raise ZeroDivisionError
        with filed.write() as other:  # gets in
            answer(other, "T2", "别人的")
        ticket = get(session, "T1")
        event = record(session, ticket, action="warn", role="system", actor="w", at=NOW)
        assert event.seq == first + 2
