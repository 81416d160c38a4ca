"""Public holidays by name; said on Sunday 22 November 2026 at 15:00 unless told."""

from __future__ import annotations

from datetime import datetime

import pytest

from resolution.when import SHANGHAI
from tests.unit.resolution.test_when_dates import days

HOLIDAYS = [
    ("国庆", "2026-10-01", "2026-10-07"),
    ("国庆期间", "2026-10-01", "2026-10-07"),
    ("国庆放假", "2026-10-01", "2026-10-07"),
    ("十一长假", "2026-10-01", "2026-10-07"),
    ("去年国庆", "2025-10-01", "2025-10-08"),
    ("2025年中秋", "2025-10-06", "2025-10-06"),
    ("中秋", "2026-09-25", "2026-09-27"),
    ("中秋节当天", "2026-09-25", "2026-09-25"),
    ("五一", "2026-05-01", "2026-05-05"),
    ("今年端午", "2026-06-19", "2026-06-21"),
    ("清明", "2026-04-04", "2026-04-06"),
    ("元旦", "2026-01-01", "2026-01-03"),
    ("2024年元旦", "2023-12-30", "2024-01-01"),
    ("春节", "2026-02-15", "2026-02-23"),
    ("小长假", "2026-10-01", "2026-10-07"),
    ("即将到来的元旦", "2027-01-01", "2027-01-01"),
    ("明年国庆", "2027-10-01", "2027-10-03"),
]


@pytest.mark.parametrize(("text", "first", "last"), HOLIDAYS)
def test_a_public_holiday_is_the_whole_break_of_the_official_calendar(when, text, first, last):
    found = when(text)
    assert days(found) == (first, last)
    assert "holiday" in found.day_types and "workday" not in found.day_types


@pytest.mark.parametrize(
    ("said_at", "first"),
    [((2026, 9, 30), "2025-10-01"), ((2026, 10, 1), "2026-10-01"), ((2027, 1, 5), "2026-10-01")],
)
def test_a_holiday_is_the_latest_that_has_begun(when, said_at, first):
    assert days(when("国庆", datetime(*said_at, 9, tzinfo=SHANGHAI)))[0] == first
