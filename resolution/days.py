"""What kind of day a date is: workday, weekend, official holiday; and school vacation.

Source: the State Council's yearly notice as `chinese_calendar` has it (holidays with the days
taken in lieu, 调休 make-up workdays); for years it does not know, the operator's own lists.
"""

from __future__ import annotations

import logging
from datetime import date
from functools import cache
from typing import Literal

from chinese_calendar.constants import holidays, workdays

from resolution.span import Span
from resolution.terms import SchoolTerms

DayType = Literal["workday", "weekend", "holiday"]

_MOST_DAYS = 400  # a longer span has days of every type anyway

_log = logging.getLogger(__name__)
_unknown_years: set[int] = set()


@cache
def known_years() -> range:
    """The years that the official calendar covers."""
    return range(min(holidays).year, max(holidays).year + 1)


def day_type(day: date, terms: SchoolTerms) -> DayType:
    """`workday` (also a make-up Saturday), `weekend`, or `holiday` (every day of the break)."""
    if day.year in known_years():
        working, free = day in workdays, day in holidays
    else:
        _warn_once(day.year)
        working, free = day in terms.extra_workdays, day in terms.extra_holidays
    if working:
        return "workday"
    if free:
        return "holiday"
    return "weekend" if day.weekday() >= 5 else "workday"


def is_school_vacation(day: date, terms: SchoolTerms) -> bool:
    """Whether `day` is in the winter or summer vacation (a usual one where the file has none)."""
    vacations = (
        terms.vacation("summer", day.year),
        terms.vacation("winter", day.year),
        terms.vacation("winter", day.year + 1),
    )
    return any(vacation.start <= day <= vacation.end for vacation in vacations)


def types_of_days(
    span: Span | None, weekdays: frozenset[int], named: frozenset[str], terms: SchoolTerms
) -> frozenset[str]:
    """The day types that all days of `span` on `weekdays` share, else all that occur.

    `named` are types the words themselves name (国庆, 周末); without a bounded span they decide,
    or else the weekdays do. In a vacation no day is a `workday`.
    """
    on_all = span.days(_MOST_DAYS) if span else iter(())
    days = [day for day in on_all if not weekdays or day.weekday() in weekdays]
    if not days:
        of_week = frozenset("weekend" if day >= 5 else "workday" for day in weekdays)
        return named if named and len(weekdays) == 7 else named | of_week
    each = [_types_of(day, terms) for day in days]
    common = frozenset.intersection(*each)
    if named:
        return named | (common - {"workday"})
    return common or frozenset().union(*each)


def _types_of(day: date, terms: SchoolTerms) -> frozenset[str]:
    kind = day_type(day, terms)
    if not is_school_vacation(day, terms):
        return frozenset({kind})
    return frozenset({"vacation"} if kind == "workday" else {kind, "vacation"})


def _warn_once(year: int) -> None:
    if year not in _unknown_years:
        _unknown_years.add(year)
        _log.warning("no official calendar for %d: weekends and the operator's lists count", year)
