"""Laws of the clock, held against a slow count over 2024 to 2027 with all holidays and 调休."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.deadlines.clock import Mark, deadline, state_on
from complaints.deadlines.limits import Limit
from complaints.workdays import SHANGHAI, WorkdayCount, counting, is_workday, shanghai_date
from resolution.terms import SchoolTerms
from tests.unit.complaints.deadlines.slow_clock import FREE, WORKED, slow_deadline, works

TERMS = SchoolTerms({}, dict.fromkeys(FREE, "假"), frozenset(WORKED))
WORKDAYS = counting("workdays", TERMS)
LIMITS = st.builds(
    lambda count, unit: Limit(count, unit, False, "系统默认"),
    st.integers(1, 25),
    st.sampled_from(["workdays", "days"]),
)
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 3, 1), timezones=st.just(SHANGHAI)).map(
    lambda at: at.astimezone(UTC)
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 16 * 24 * 60),
        st.sampled_from(["pause", "resume", "pause", "resume", "moved", "extend", "start", "stop"]),
        st.integers(0, 6),
    ),
    max_size=9,
)


@st.composite
def histories(draw):
    """Marks in the order of time, mostly begun by a start, and a day on which one looks."""
    at = draw(STARTS)
    marks = [Mark(at, draw(st.sampled_from(["start", "start", "start", "pause"])))]
    for minutes, what, workdays in draw(STEPS):
        at += timedelta(minutes=minutes)
        marks.append(Mark(at, what, workdays if what == "extend" else 0))
    return marks, shanghai_date(at) + timedelta(days=draw(st.integers(-20, 40)))


def running(at: datetime, *more: Mark) -> list[Mark]:
    return [Mark(at, "start"), *more]


@settings(max_examples=200, deadline=None)
@given(LIMITS, histories())
def test_the_clock_says_what_a_slow_count_says(limit, history):
    marks, today = history
    found = deadline(limit, marks, TERMS, today)
    slow = slow_deadline(limit.count, limit.unit, marks, today)
    if found is None:
        assert slow is None
        return
    assert (found.due_on, found.warn_on, found.paused, found.extended_by, found.frozen) == slow


@given(LIMITS, histories(), st.integers(0, 10), st.data())
def test_an_extension_never_makes_it_earlier(limit, history, workdays, data):
    marks, today = history
    place = data.draw(st.integers(1, len(marks)))
    before = deadline(limit, marks, TERMS, today)
    more = [*marks[:place], Mark(marks[place - 1].at, "extend", workdays), *marks[place:]]
    after = deadline(limit, more, TERMS, today)
    assert (before is None) == (after is None)
    if before and after:
        assert after.due_on >= before.due_on


@given(st.integers(1, 25), STARTS, st.integers(0, 30), st.integers(0, 60))
def test_a_pause_of_n_workdays_moves_the_day_by_n(count, start, into, length):
    limit = Limit(count, "workdays", False, "系统默认")
    plain = deadline(limit, running(start), TERMS, shanghai_date(start))
    pause = start + timedelta(days=into)
    back = pause + timedelta(days=length)
    marks = running(start, Mark(pause, "pause"), Mark(back, "resume"))
    moved = deadline(limit, marks, TERMS, shanghai_date(back))
    if shanghai_date(pause) > plain.due_on:
        assert moved == plain  # it was late before it was paused
        return
    first, begun = shanghai_date(pause), shanghai_date(start)
    days = [first + timedelta(days=n) for n in range(length)]
    frozen = sum(works(day) for day in days if day > begun)
    assert moved.paused == frozen
    assert moved.due_on == WORKDAYS.nth(plain.due_on, frozen)


@given(LIMITS, STARTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_begins_later_is_never_due_earlier(limit, start, later):
    today = shanghai_date(start)
    early = deadline(limit, running(start), TERMS, today)
    late = deadline(limit, running(start + later), TERMS, today)
    assert late.due_on >= early.due_on


@given(LIMITS, histories())
def test_warnings_are_the_two_workdays_before(limit, history):
    found = deadline(limit, history[0], TERMS, history[1])
    if found is None:
        return
    two, one = found.warn_on
    assert two < one < found.due_on
    assert works(two) and works(one)
    between = [two + timedelta(days=n) for n in range((found.due_on - two).days)]
    assert [day for day in between if works(day)] == [two, one]
    if limit.unit == "workdays":
        assert works(found.due_on)


@given(LIMITS, histories(), st.integers(0, 30))
def test_a_frozen_deadline_only_ever_moves_away(limit, history, days):
    marks, today = history
    now = deadline(limit, marks, TERMS, today)
    later = deadline(limit, marks, TERMS, today + timedelta(days=days))
    if now is None or later is None:
        assert now == later
        return
    assert later.due_on >= now.due_on
    assert later.frozen == now.frozen
    if not now.frozen:
        assert later == now


@given(LIMITS, STARTS)
def test_time_only_goes_from_running_over_warnings_to_overdue(limit, start):
    begun = shanghai_date(start)
    found = deadline(limit, running(start), TERMS, begun)
    days = [begun + timedelta(days=n) for n in range((found.due_on - begun).days + 3)]
    order = ["running", "warn_2", "warn_1", "overdue"]
    states = [order.index(state_on(found, day)) for day in days]
    assert states == sorted(states)
    assert state_on(found, found.due_on) == "warn_1"
    assert state_on(found, found.due_on + timedelta(days=1)) == "overdue"


@given(LIMITS, histories())
def test_a_new_start_keeps_nothing_of_what_was_before(limit, history):
    marks, today = history
    again = Mark(marks[-1].at + timedelta(hours=1), "start")
    assert deadline(limit, [*marks, again], TERMS, today) == deadline(limit, [again], TERMS, today)


@given(st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(-40, 40))
def test_counting_forth_and_back_by_workdays(day, n):
    count = WorkdayCount(TERMS)
    there = count.nth(day, n)
    if n:
        assert is_workday(there, TERMS)
    forth = (day, there) if n >= 0 else (there - timedelta(days=1), day - timedelta(days=1))
    assert count.between(*forth) == abs(n)
    assert count.between(forth[1], forth[0]) == 0
