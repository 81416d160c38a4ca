"""Workdays of mainland China, with holidays and make-up workdays (调休), and the city's own days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from resolution.days import day_type
from resolution.terms import SchoolTerms
from resolution.when import SHANGHAI as SHANGHAI


def is_workday(day: date, terms: SchoolTerms) -> bool:
    """Whether offices work on `day` (a date in Asia/Shanghai).

    For years that the official calendar lacks, Monday to Friday count, but for the operator's lists
    in `terms.yml`; the log says so once a year.
    """
    return day_type(day, terms) == "workday"


def add_workdays(start: date, workdays: int, terms: SchoolTerms) -> date:
    """The day on which a period of `workdays` ends; the start day itself does not count.

    Source: facts C ("期限起算日通常不计当日").
    """
    day = start
    for _ in range(workdays):
        day += timedelta(days=1)
        while not is_workday(day, terms):
            day += timedelta(days=1)
    return day


def shanghai_date(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware time."""
    return moment.astimezone(SHANGHAI).date()


def utc_now() -> datetime:
    """The present, with its zone."""
    return datetime.now(UTC)
