"""Warned twice, supervised once, whatever else happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from complaints.lifecycle import dispatching, handling, sweep
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.tasks import TaskKind
from tests.unit.complaints.lifecycle.conftest import CLERK


def warnings(life, number):
    return [
        event.facts["workdays_left"]
        for event in life.events(number, Action.WARN)
        if "due_on" in event.facts and "step" not in event.facts
    ]


def test_a_late_answer_was_warned_twice_and_is_supervised_once(life):
    number = life.file()
    life.sign(number)
    life.until("11-25 23:59")
    assert warnings(life, number) == []
    life.until("11-26 08:00")
    assert warnings(life, number) == [2]
    life.until("11-30 23:59")
    assert warnings(life, number) == [2, 1]
    assert not life.ticket(number).overdue
    life.until("12-15 09:00")
    assert warnings(life, number) == [2, 1]
    assert life.ticket(number).overdue
    assert len(life.events(number, Action.OVERDUE)) == 1
    assert len(life.events(number, Action.SUPERVISE)) == 1
    (task,) = life.tasks(number, TaskKind.SUPERVISION)
    assert (task.bureau, task.due_on) == (life.ticket(number).lead, date(2026, 12, 4))


def test_an_answer_in_time_is_neither(life):
    number = life.file()
    life.answer(number)
    life.until("12-05 09:00")
    assert warnings(life, number) == []
    assert life.events(number, Action.OVERDUE) == []


def test_a_step_in_the_morning_does_not_swallow_the_days_warning(life):
    """The worker stood still over night; the bureau was faster in the morning."""
    number = life.file()
    life.until("11-25 10:00")
    life.sleep_until("11-26 08:00")
    life.say(number, "周日也上课")
    life.work()
    assert warnings(life, number) == [2]


def test_a_worker_that_stood_still_for_days_says_what_holds_now(life):
    number = life.file()
    life.sleep_until("11-30 08:00")
    life.work()
    assert warnings(life, number) == [1]
    life.sleep_until("12-03 08:00")
    life.work()
    assert len(life.events(number, Action.SUPERVISE)) == 1


def test_a_new_day_is_warned_of_anew(life):
    number = life.file()
    life.until("11-26 09:00")
    life.do(handling.extend_ticket, number, life.lead(number), "在核对账目", 5)
    life.until("12-08 09:00")
    assert warnings(life, number) == [2, 2, 1]
    assert life.ticket(number).overdue


def test_an_urgent_ticket_with_one_day_is_not_warned_on_the_day_it_came(life):
    number = life.file(urgent=True)
    life.until("11-24 23:00")
    assert warnings(life, number) == []
    life.until("11-25 00:00")
    assert life.ticket(number).overdue


def test_what_goes_on_after_a_pause_is_warned_of_when_one_day_is_left(life):
    number = life.file()
    life.sign(number)
    life.until("11-27 10:00")
    life.do(handling.pause_ticket, number, life.lead(number), "是哪一天？")
    life.until("12-02 10:00")
    assert warnings(life, number) == [2, 1]
    life.do(handling.resume_ticket, number, life.lead(number))
    assert life.ticket(number).promised_on == date(2026, 12, 3)
    life.work()
    assert warnings(life, number) == [2, 1, 1]


def test_what_waits_at_the_hotline_gets_late_too_and_that_is_not_the_bureaus_doing(life):
    number = life.unsure()
    life.until("12-01 09:00")
    assert life.ticket(number).overdue
    life.do(dispatching.dispatch_ticket, number, CLERK, "luming-education")
    (task,) = life.tasks(number, TaskKind.SUPERVISION)
    assert (task.bureau, task.done_at) == ("tinglan-hotline", life.now)
    assert life.ticket(number).overdue
    life.until("12-03 09:00")
    assert len(life.events(number, Action.SUPERVISE)) == 1


# --- tasks ----------------------------------------------------------------------------------------


def late(life, number):
    return [e.facts["task"] for e in life.events(number, Action.WARN) if "task" in e.facts]


def test_a_helper_that_is_late_is_told_of_once(life):
    number = life.file()
    open_tasks = [task.id for task in life.tasks(number)]
    life.until("11-26 23:59")
    assert late(life, number) == []
    life.until("11-29 09:00")
    assert sorted(late(life, number)) == open_tasks


def test_a_step_in_the_morning_does_not_swallow_a_late_task(life):
    number = life.file()
    life.until("11-26 22:00")
    life.sleep_until("11-27 08:00")
    life.say(number, "周日也上课")
    life.work()
    assert len(late(life, number)) == len(life.tasks(number))


# --- a corrected calendar -------------------------------------------------------------------------


@pytest.fixture
def new_year(life):
    """Monday, 4 January 2027, a year whose holidays the operator's file tells; returns its editor."""
    life.sleep_until("2027-01-04 10:00")

    def correct(**lists):
        deadlines = life.rules.deadlines
        terms = replace(deadlines.terms, **lists)
        life.rules = replace(life.rules, deadlines=replace(deadlines, terms=terms))

    return correct


def day_off(correct):
    """The operator learns that Tuesday is a holiday."""
    correct(extra_holidays={date(2027, 1, 5): "临时放假"})


def test_a_corrected_calendar_moves_all_promised_days_and_their_timers(life, new_year):
    open_one, done = life.file(), life.file()
    life.answer(done)
    before = life.ticket(open_one)
    assert before.promised_on == date(2027, 1, 11)
    day_off(new_year)
    swept = sweep.recompute_deadlines(life.storage, life.rules, life.now)
    assert (swept.looked_at, swept.corrected) == (1, 1)
    after = life.ticket(open_one)
    assert after.promised_on == date(2027, 1, 12)
    assert after.changed_at > before.changed_at and after.version > before.version
    assert {str(task.due_on) for task in life.tasks(open_one)} == {"2027-01-08"}
    assert sweep.recompute_deadlines(life.storage, life.rules, life.now).corrected == 0
    life.until("2027-01-07 23:00")
    assert warnings(life, open_one) == []
    life.until("2027-01-08 09:00")
    assert warnings(life, open_one) == [2]


def test_silence_accepts_only_when_the_corrected_day_is_over(life, new_year):
    number = life.file()
    day_off(new_year)  # and nobody swept
    life.until("2027-01-06 12:00", checked=False)
    assert life.state(number) == State.DISPATCHED
    life.until("2027-01-07 00:00", checked=False)
    assert life.state(number) == State.HANDLING


def test_a_step_alone_corrects_its_ticket(life, new_year):
    number = life.file()
    day_off(new_year)
    life.say(number, "周日也上课")
    assert life.ticket(number).promised_on == date(2027, 1, 12)


def test_a_shorter_calendar_makes_late_what_is_late(life, new_year):
    number = life.file()
    life.until("2027-01-11 09:00")
    new_year(extra_workdays=frozenset({date(2027, 1, 9), date(2027, 1, 10)}))
    sweep.recompute_deadlines(life.storage, life.rules, life.now)
    assert life.ticket(number).promised_on == date(2027, 1, 9)
    life.work()
    assert len(life.events(number, Action.SUPERVISE)) == 1
