"""Workdays of mainland China, with holidays and make-up workdays (调休).

`chinesecalendar` knows the State Council's calendar up to 2026; for later years Monday to Friday
count, less the operator's own list, and the log says so once a year.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")

_log = logging.getLogger(__name__)
_unknown_years: set[int] = set()


def is_workday(day: date) -> bool:
    """Whether offices work on `day` (a date in Asia/Shanghai)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        if day.year not in _unknown_years:
            _unknown_years.add(day.year)
            _log.warning("no official calendar for %d: counting Monday to Friday", day.year)
        return day.weekday() < 5


def add_workdays(start: date, workdays: int, workday: Callable[[date], bool] = is_workday) -> date:
    """The day on which a period of `workdays` ends; the start day itself does not count.

    Source: facts C ("期限起算日通常不计当日").
    """
    day = start
    for _ in range(workdays):
        day += timedelta(days=1)
        while not workday(day):
            day += timedelta(days=1)
    return day


def shanghai_date(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware time."""
    return moment.astimezone(SHANGHAI).date()


def utc_now() -> datetime:
    """The present, with its zone."""
    return datetime.now(UTC)
