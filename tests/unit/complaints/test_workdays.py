"""Workdays with the State Council's calendar."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from complaints.workdays import counting, is_workday
from resolution import days
from resolution.terms import load_terms

TERMS = load_terms(Path(__file__).parents[3] / "data/regions/demo/terms.yml")
WORKDAYS = counting("workdays", TERMS)
DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 1))


def slowly(start: date, workdays: int) -> date:
    """The same, counted day by day over a list of all days."""
    days = [start + timedelta(days=n) for n in range(1, 400)]
    return [day for day in days if is_workday(day, TERMS)][workdays - 1] if workdays else start


@given(DAYS, st.integers(0, 60))
def test_a_period_ends_where_a_slow_count_ends(start, workdays):
    assert WORKDAYS.nth(start, workdays) == slowly(start, workdays)


def test_national_day_and_its_make_up_days():
    assert not is_workday(date(2025, 10, 1), TERMS)
    assert is_workday(date(2025, 9, 28), TERMS)  # a Sunday that was worked
    assert WORKDAYS.nth(date(2025, 9, 30), 1) == date(2025, 10, 9)


def test_a_year_without_a_calendar_counts_monday_to_friday_and_says_so(caplog, monkeypatch):
    monkeypatch.setattr(days, "_unknown_years", set())  # it is said once a year
    assert is_workday(date(2031, 3, 3), TERMS) and not is_workday(date(2031, 3, 8), TERMS)
    assert "no official calendar for 2031" in caplog.text


def test_a_holiday_in_the_citys_own_list_counts_where_the_calendar_ends():
    assert WORKDAYS.nth(date(2027, 9, 30), 1) == date(2027, 10, 4)
