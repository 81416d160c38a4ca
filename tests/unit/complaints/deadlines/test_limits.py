"""Which limit holds for a ticket, and what people are told about where it comes from."""

from __future__ import annotations

from datetime import date

import pytest

from complaints.deadlines.rules import STEPS
from tests.unit.complaints.deadlines.history import shanghai

NOBODY = "statutory: false\n  source: 汀澜市约定\n"
TODAY = date(2026, 11, 22)


def answer(deadlines, matter, urgent=False, on=TODAY, district=None):
    return deadlines.limit(matter, urgent=urgent, on=on, district=district).text


def test_the_limits_that_come_with_the_system(deadlines):
    assert answer(deadlines, "J01") == "5个工作日"
    assert answer(deadlines, "J12") == "15个工作日"
    assert answer(deadlines, "J14") == "7个工作日"
    assert answer(deadlines, "J43") == "1个工作日"
    assert answer(deadlines, "J12", urgent=True) == "1个工作日"


def test_people_are_told_what_is_law_and_what_is_ours(deadlines):
    law = deadlines.limit("J13", urgent=False, on=TODAY)
    assert (law.status, law.source[:7]) == ("法定", "广告法第53条")
    assert deadlines.limit("J01", urgent=False, on=TODAY).status == "系统默认，非法定"


def test_every_step_of_every_matter_has_a_limit_on_every_day(deadlines):
    for step in STEPS:
        for day in (date(2004, 1, 1), TODAY, date(2040, 1, 1)):
            for urgent in (False, True):
                for number in range(1, 50):
                    limit = deadlines.limit(f"J{number:02}", urgent=urgent, step=step, on=day)
                    assert limit.count >= 1


def test_how_often_an_answer_may_be_put_off(deadlines):
    def allowed(matter, urgent=False):
        extension = deadlines.extension(matter, urgent=urgent, on=TODAY)
        return extension.times, extension.workdays

    assert allowed("J01") == (1, 5)
    assert allowed("J12") == (2, 5)
    assert allowed("J13") == (0, 0)  # the law's seven workdays cannot be stretched
    assert allowed("J01", urgent=True) == (1, 1)


def test_a_city_and_its_district_differ_but_not_from_what_is_said_of_a_matter(city_says):
    deadlines = city_says(
        f"limits:\n- answer_workdays: 4\n  {NOBODY}"
        f"- district: luming\n  answer_workdays: 3\n  {NOBODY}"
        f"- district: luming\n  codes: [J11]\n  answer_days: 10\n  {NOBODY}extensions: []\n"
    )
    assert answer(deadlines, "J01") == answer(deadlines, "J01", district="zhenxi") == "4个工作日"
    assert answer(deadlines, "J01", district="luming") == "3个工作日"
    assert answer(deadlines, "J11", district="luming") == "10日"
    assert answer(deadlines, "J13", district="luming") == "7个工作日"  # the law's number stays
    assert answer(deadlines, "J01", urgent=True, district="luming") == "1个工作日"


def test_an_urgent_ticket_is_never_slower(city_says):
    deadlines = city_says(
        f"limits:\n- urgent: true\n  answer_workdays: 3\n  {NOBODY}extensions: []\n"
    )
    assert answer(deadlines, "J01", urgent=True) == "3个工作日"
    assert answer(deadlines, "J43", urgent=True) == "1个工作日"


def test_a_rule_that_changes_on_a_day_holds_for_what_begins_from_then_on(city_says):
    deadlines = city_says(
        f'limits:\n- until: "2026-12-31"\n  answer_workdays: 4\n  {NOBODY}'
        f'- from: "2027-01-01"\n  answer_workdays: 3\n  {NOBODY}extensions: []\n'
    )
    assert answer(deadlines, "J01", on=date(2026, 12, 31)) == "4个工作日"
    assert answer(deadlines, "J01", on=date(2027, 1, 1)) == "3个工作日"


def test_ten_days_end_on_the_tenth_also_when_it_is_a_sunday(city_says):
    deadlines = city_says(f"limits:\n- codes: [J11]\n  answer_days: 10\n  {NOBODY}extensions: []\n")
    filed = shanghai("2026-03-05 10:00")
    assert deadlines.promised_on(filed, "J11", urgent=False) == date(2026, 3, 15)


@pytest.mark.parametrize("step", ["sign", "answer"])
def test_who_gives_no_day_is_told_todays_limit(deadlines, step):
    assert deadlines.limit("J01", urgent=False, step=step).count in (1, 5)
