"""Workdays of mainland China, with holidays and make-up workdays (调休), and the city's own days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Protocol

from resolution.days import day_type
from resolution.terms import SchoolTerms
from resolution.when import SHANGHAI as SHANGHAI

Unit = Literal["workdays", "days"]
"""What a limit counts: workdays (工作日) or every day of the calendar (日)."""

ONE_DAY = timedelta(days=1)


class Count(Protocol):
    """A way of counting days."""

    def between(self, after: date, through: date) -> int:
        """How many days count that lie after `after`, up to and including `through`."""

    def nth(self, day: date, n: int) -> date:
        """The n-th day that counts after `day`; for a negative n, before it; `day` for 0."""


class EveryDay:
    """Counts every day of the calendar."""

    def between(self, after: date, through: date) -> int:
        """Days after `after`, up to and including `through`; 0 if there are none."""
        return max(0, (through - after).days)

    def nth(self, day: date, n: int) -> date:
        """`n` days later."""
        return day + timedelta(days=n)


class WorkdayCount:
    """Counts workdays, in a list of the workdays of all years asked for so far.

    Years are read when first needed, because the log names those without an official calendar.
    """

    def __init__(self, terms: SchoolTerms) -> None:
        self._terms = terms
        self._kept: tuple[range, list[int]] = (range(0), [])  # one value, so threads see it whole

    def between(self, after: date, through: date) -> int:
        """Workdays after `after`, up to and including `through`; 0 if there are none."""
        if through <= after:
            return 0
        days = self._workdays(after.year, through.year)
        return bisect_right(days, through.toordinal()) - bisect_right(days, after.toordinal())

    def nth(self, day: date, n: int) -> date:
        """The n-th workday after `day`; for a negative n, before it; `day` itself for 0."""
        if n == 0:
            return day
        first = last = day.year
        while True:
            days = self._workdays(first, last)
            if n > 0:
                place = bisect_right(days, day.toordinal()) + n - 1
                last += 1
            else:
                place = bisect_left(days, day.toordinal()) + n
                first -= 1
            if 0 <= place < len(days):
                return date.fromordinal(days[place])

    def _workdays(self, first: int, last: int) -> list[int]:
        """The numbers (`toordinal`) of the workdays of at least these years, in order."""
        years, days = self._kept
        if years and years.start <= first and last < years.stop:
            return days
        if years:
            first, last = min(first, years.start), max(last, years.stop - 1)
        start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
        days = [n for n in range(start, end + 1) if is_workday(date.fromordinal(n), self._terms)]
        self._kept = (range(first, last + 1), days)
        return days


_EVERY_DAY = EveryDay()


def counting(unit: Unit, terms: SchoolTerms) -> Count:
    """How days of this unit are counted in a city with these terms."""
    if unit == "days":
        return _EVERY_DAY
    return _workday_count(frozenset(terms.extra_holidays), terms.extra_workdays)


@lru_cache(maxsize=16)
def _workday_count(holidays: frozenset[date], workdays: frozenset[date]) -> WorkdayCount:
    return WorkdayCount(SchoolTerms({}, dict.fromkeys(holidays, ""), workdays))


def is_workday(day: date, terms: SchoolTerms) -> bool:
    """Whether offices work on `day` (a date in Asia/Shanghai).

    For years that the official calendar lacks, Monday to Friday count, but for the operator's lists
    in `terms.yml`; the log says so once a year.
    """
    return day_type(day, terms) == "workday"


def shanghai_date(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware time."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The moment at which `day` begins in Asia/Shanghai, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def utc_now() -> datetime:
    """The present, with its zone."""
    return datetime.now(UTC)
