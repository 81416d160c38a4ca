"""A bureau may wait for its reporter (待补充), but not again and again until the promise means nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.deadlines.clock import Mark, deadline
from complaints.deadlines.limits import Deadlines, Limit
from complaints.deadlines.pauses import PauseLimits, cut, may_pause, pause_ends_on
from complaints.deadlines.rules import Rule, Scope
from complaints.deadlines.tickets import ticket_deadline
from complaints.workdays import SHANGHAI, counting, shanghai_date
from tests.unit.complaints.deadlines.history import shanghai, story
from tests.unit.complaints.deadlines.slow_pauses import slow_deadline_with_limits
from tests.unit.complaints.deadlines.test_clock_laws import TERMS

FILED = "2026-03-02 10:00 file dispatched"  # a Monday; its five workdays end on the 9th
SIGNED = "2026-03-02 15:00 sign handling"
FIRST = ("2026-03-03 10:00 pause paused", "2026-03-18 00:00 resume handling")


@pytest.fixture
def limits(deadlines):
    return PauseLimits(deadlines, "J01", False)


def due(events, deadlines, today="2026-12-01", urgent=False):
    found = ticket_deadline(events, "J01", urgent, deadlines, date.fromisoformat(today))
    return found.due_on.isoformat()


def test_a_second_question_waits_for_what_the_first_has_left(deadlines, limits):
    # The first took the third (a Tuesday) and ten workdays more: eleven of fifteen.
    events = story(FILED, SIGNED, *FIRST, "2026-03-18 10:00 pause paused")
    assert pause_ends_on(events, limits) == date(2026, 3, 23)
    assert due(events, deadlines) == "2026-03-30"  # five workdays after that


def test_a_third_question_is_not_waited_for(deadlines, limits):
    events = story(
        FILED, SIGNED, *FIRST, "2026-03-18 10:00 pause paused", "2026-03-24 00:00 resume handling"
    )
    assert may_pause(events[:4], limits, shanghai("2026-03-18 10:00"))
    assert not may_pause(events, limits, shanghai("2026-03-24 09:00"))
    asked = [*events, *story("2026-03-24 10:00 pause paused")]  # an old event, or a new limit
    assert due(asked, deadlines) == due(events, deadlines) == "2026-03-30"
    assert pause_ends_on(asked, limits) == date(2026, 3, 23)  # it is over before it began


def test_to_ask_and_go_on_day_after_day_is_one_long_pause(limits):
    lines, asked = [FILED, SIGNED], []
    for day in range(3, 31):
        if may_pause(story(*lines), limits, shanghai(f"2026-03-{day:02} 10:00")):
            asked.append(day)
        lines.append(f"2026-03-{day:02} 10:00 pause paused")
        lines.append(f"2026-03-{day + 1:02} 09:00 resume handling")
    assert asked[-1] == 23  # the fifteenth workday from the third on


def test_who_gets_the_ticket_from_another_office_may_ask_too(limits):
    used_up = [FILED, SIGNED, *FIRST, "2026-03-18 10:00 pause paused"]
    sent = "2026-03-24 09:00 designate dispatched", "2026-03-24 10:00 sign handling"
    assert not may_pause(story(*used_up, "2026-03-24 00:00 resume handling"), limits,
                         shanghai("2026-03-24 11:00"))  # fmt: skip
    assert may_pause(story(*used_up, *sent), limits, shanghai("2026-03-24 11:00"))


def test_a_pause_ends_when_another_office_gets_the_ticket(deadlines, limits):
    events = story(FILED, SIGNED, "2026-03-04 10:00 pause paused",
                   "2026-03-06 10:00 designate dispatched")  # fmt: skip
    assert pause_ends_on(events, limits) is None
    assert due(events, deadlines) == "2026-03-11"  # Wednesday and Thursday were frozen


def test_an_urgent_ticket_is_waited_for_three_days_in_all(deadlines):
    events = story(FILED, "2026-03-02 10:10 sign handling", "2026-03-02 11:00 pause paused")
    urgent = PauseLimits(deadlines, "J01", urgent=True)
    assert pause_ends_on(events, urgent) == date(2026, 3, 4)
    again = [*events, *story("2026-03-05 00:00 resume handling", "2026-03-05 09:00 pause paused")]
    assert pause_ends_on(again, urgent) == date(2026, 3, 5)
    assert due(again, deadlines, urgent=True) == "2026-03-06"


# --- laws ----------------------------------------------------------------------------------------

LIMITS = st.builds(
    lambda count, unit: Limit(count, unit, False, "系统默认"),
    st.integers(1, 25),
    st.sampled_from(["workdays", "days"]),
)


def pauses_of(each: int, in_all: int) -> PauseLimits:
    """Limits of so many workdays, for every ticket."""
    both = {"pause": each, "pause_total": in_all}
    rules = {
        step: (Rule(Scope(), Limit(count, "workdays", False, "系统默认")),)
        for step, count in both.items()
    }
    return PauseLimits(Deadlines(rules, (), TERMS), "J01", urgent=False)


@st.composite
def handlings(draw, whats=("pause", "resume", "pause", "resume", "moved", "extend")):
    """Marks after a start in the order of time, and a day on which one looks."""
    at = draw(st.datetimes(datetime(2024, 1, 1), datetime(2027, 3, 1), timezones=st.just(SHANGHAI)))
    marks = [Mark(at.astimezone(UTC), "start")]
    steps = st.tuples(st.integers(0, 16 * 24 * 60), st.sampled_from(whats), st.integers(0, 6))
    for minutes, what, workdays in draw(st.lists(steps, max_size=12)):
        later = marks[-1].at + timedelta(minutes=minutes)
        marks.append(Mark(later, what, workdays if what == "extend" else 0))
    return marks, shanghai_date(marks[-1].at) + timedelta(days=draw(st.integers(0, 40)))


@settings(max_examples=200, deadline=None)
@given(LIMITS, st.integers(1, 12), st.integers(1, 20), handlings())
def test_the_clock_with_its_limits_says_what_a_slow_count_says(limit, each, in_all, handling):
    marks, today = handling
    found = deadline(limit, cut(marks, pauses_of(each, in_all), today), TERMS, today)
    slow = slow_deadline_with_limits(limit.count, limit.unit, each, in_all, marks, today)
    assert (found.due_on, found.paused) == slow


@settings(max_examples=100, deadline=None)
@given(LIMITS, st.integers(1, 12), st.integers(1, 20), handlings(("pause", "resume", "pause")))
def test_however_often_an_office_asks_the_day_moves_by_no_more_than_all_pauses(
    limit, each, in_all, handling
):
    marks, today = handling
    paused = deadline(limit, cut(marks, pauses_of(each, in_all), today), TERMS, today)
    plain = deadline(limit, marks[:1], TERMS, today)
    frozen = counting("workdays", TERMS).nth(plain.due_on, in_all)
    assert plain.due_on <= paused.due_on
    if limit.unit == "workdays":
        assert paused.paused <= in_all
        assert paused.due_on <= frozen
