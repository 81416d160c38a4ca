"""What repeats, on which weekdays, and what kind of day it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from resolution.when import SHANGHAI

ALL_WEEK = set(range(7))

REPEATED = [
    ("每周六", {5}, {"weekend"}),
    ("每个星期天", {6}, {"weekend"}),
    ("每周六、周日", {5, 6}, {"weekend"}),
    ("每周六、日", {5, 6}, {"weekend"}),
    ("每周一三五", {0, 2, 4}, {"workday"}),
    ("周一三五", {0, 2, 4}, {"workday"}),
    ("周二、四", {1, 3}, {"workday"}),
    ("每周三、五晚", {2, 4}, {"workday"}),
    ("周一到周五", set(range(5)), {"workday"}),
    ("周1至周5", set(range(5)), {"workday"}),
    ("工作日", set(range(5)), {"workday"}),
    ("每天", ALL_WEEK, {"workday", "weekend"}),
    ("天天", ALL_WEEK, {"workday", "weekend"}),
    ("每晚", ALL_WEEK, {"workday", "weekend"}),
    ("每到周五", {4}, {"workday"}),
    ("周末都", {5, 6}, {"weekend"}),
    ("每个周末", {5, 6}, {"weekend"}),
    ("节假日", set(), {"holiday"}),
    ("非工作日", set(), {"weekend", "holiday"}),
    ("周末和节假日", {5, 6}, {"weekend", "holiday"}),
    ("寒暑假", set(), {"vacation"}),
    ("每年暑假", set(), {"vacation"}),
    ("假期", set(), {"holiday", "vacation"}),
    ("每年六月", set(), set()),
]

ONCE = [
    ("周六上午", {5}, "2026-11-21", "2026-11-21"),
    ("礼拜六", {5}, "2026-11-21", "2026-11-21"),
    ("周天", {6}, "2026-11-22", "2026-11-22"),
    ("周日下午两点", {6}, "2026-11-22", "2026-11-22"),
    ("周日下午四点", {6}, "2026-11-15", "2026-11-15"),  # not yet four o'clock today
    ("周一", {0}, "2026-11-16", "2026-11-16"),
    ("周末", {5, 6}, "2026-11-21", "2026-11-22"),
    ("双休日", {5, 6}, "2026-11-21", "2026-11-22"),
    ("星期六日", {5, 6}, "2026-11-21", "2026-11-22"),
    ("週末", {5, 6}, "2026-11-21", "2026-11-22"),
]

KINDS_OF_DAY = [
    ("2026年10月10日", {"workday"}),  # a Saturday worked for the National Day break
    ("10月10日上午", {"workday"}),
    ("9月20日", {"workday"}),  # a Sunday
    ("2025年10月11日", {"workday"}),
    ("10月8日", {"workday"}),
    ("10月5日", {"holiday"}),  # a Monday off
    ("10月3日", {"holiday"}),  # a Saturday within the break
    ("10月17日", {"weekend"}),
    ("11月18日", {"workday"}),
    ("7月15日", {"vacation"}),
    ("7月18日", {"vacation", "weekend"}),
    ("2026年2月14日", {"vacation"}),  # a make-up Saturday, but no school
    ("2026年2月18日", {"vacation", "holiday"}),
    ("暑假", {"vacation"}),
    ("今年暑假每周六", {"vacation", "weekend"}),
    ("9月30日到10月1日", {"workday", "holiday"}),
    ("上周", {"workday", "weekend"}),
]


@pytest.mark.parametrize(("text", "weekdays", "types"), REPEATED)
def test_a_repetition_has_weekdays_but_no_dates(when, text, weekdays, types):
    found = when(text)
    assert found.recurs and found.resolved
    assert (found.start, found.end) == (None, None)
    assert (found.weekdays, found.day_types) == (weekdays, types)


@pytest.mark.parametrize(("text", "weekdays", "first", "last"), ONCE)
def test_a_bare_weekday_is_the_latest_that_has_begun(when, text, weekdays, first, last):
    found = when(text)
    assert not found.recurs
    assert found.weekdays == weekdays
    assert [t.strftime("%Y-%m-%d") for t in (found.start, found.end)] == [first, last]


@pytest.mark.parametrize(("text", "types"), KINDS_OF_DAY)
def test_what_kind_of_day_a_date_is(when, text, types):
    assert when(text).day_types == types


def test_every_morning_of_the_vacation_repeats_between_its_first_and_last_day(when):
    found = when("今年暑假每天上午")
    assert found.recurs
    assert found.start.strftime("%m-%d") == "07-10"
    assert found.end.strftime("%m-%d") == "08-31"
    assert found.parts == {"morning"}
    assert found.day_types == {"vacation"}


def test_since_spring_every_sunday(when):
    found = when("从今年3月起每周日")
    assert found.recurs and found.weekdays == {6}
    assert (found.start.month, found.end.date().isoformat()) == (3, "2026-11-22")


def test_on_saturday_morning_this_afternoon_has_not_begun(when):
    saturday = datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI)
    assert when("周六上午", saturday).start.day == 21
    assert when("周六下午", saturday).start.day == 14


def test_a_date_beats_a_weekday_that_does_not_fit(when):
    assert when("2026年11月21日周五").weekdays == {5}
