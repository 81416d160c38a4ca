"""What the law says about time, as a clerk sees it next to a ticket."""

from __future__ import annotations

import re
from datetime import date

import pytest

from complaints.deadlines.legal import LegalLimits, load_legal_limits
from tests.unit.complaints.deadlines.conftest import DATA

BEFORE, SINCE = date(2026, 4, 14), date(2026, 4, 15)
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def book() -> LegalLimits:
    return load_legal_limits(DATA / "routing")


def rows(book, matter, on=TODAY, region=None):
    return {limit.id: limit for limit in book.legal_limits(matter, on, region)}


def test_mediation_was_45_workdays_and_is_60_days_since_the_new_measures(book):
    assert rows(book, "J11", BEFORE)["M02a"].text == "45个工作日"
    assert rows(book, "J11", SINCE)["M02b"].text == "60日"
    assert not rows(book, "J11", BEFORE).keys() & {"M02b", "M01b", "M16b"}
    assert not rows(book, "J11", SINCE).keys() & {"M02a", "M01a", "M16a"}


def test_what_nobody_has_seen_is_marked_and_cites_no_article(book):
    accepting = rows(book, "J11")["M01b"]
    assert (accepting.text, accepting.status) == ("7个工作日", "待核")
    for limit in book.limits:
        assert limit.status in ("法定", "地方规定", "待核", "系统默认")
        if limit.status == "待核":
            assert not re.search(r"第[\d、]+条", limit.source)
    assert {limit.id for limit in book.limits if limit.status == "待核"} >= {
        "M01b", "M03b", "M04b", "M05b", "M06b", "T12a", "T12b", "T12c", "P09a", "P09b", "P09c",
    }  # fmt: skip


def test_an_advertisement_is_dealt_with_in_seven_workdays_and_so_we_promise(book, deadlines):
    law = rows(book, "J13")["M15"]
    ours = deadlines.limit("J13", urgent=False, on=TODAY)
    assert (law.text, law.status, law.source) == ("7个工作日", "法定", "广告法第53条")
    assert ours.statutory and ours.text == law.text


def test_a_petition_takes_sixty_days_and_thirty_more(book):
    assert rows(book, "J40")["X04"].text == (
        "60日，可延长一次不超过30日（本机关负责人批准，并告知理由）"
    )
    assert "X04" not in rows(book, "J01")  # asks for a breach to be dealt with: no petition


def test_local_rules_are_shown_where_they_hold(book):
    assert "T10" not in rows(book, "J01") and "T10" not in rows(book, "J01", region="北京市")
    for name in ("潍坊", "潍坊市"):
        found = rows(book, "J01", region=name)
        assert (found["T10"].text, found["T10"].status) == ("5个工作日", "地方规定")
    assert rows(book, "J01", region="沈阳")["T12c"].text == (
        "10个工作日，可延长1至2次，每次不超过5个工作日"
    )


def test_a_penalty_is_decided_in_ninety_days_and_information_given_in_twenty_workdays(book):
    found = rows(book, "J02")
    assert (found["P01"].text, found["P01"].procedure_label) == ("90日", "行政处罚")
    assert found["P10"].text == "20个工作日，可延长一次不超过20个工作日"


def test_short_periods_of_the_penalty_law_are_shown_as_not_checked(book):
    """Whether its 三日 and 七日 are workdays is told in an article that nobody has looked up."""
    for id_, days in (("P02", "7日"), ("P04", "3日")):
        found = rows(book, "J02")[id_]
        assert (found.text, found.status) == (days, "待核")
        assert "是否按工作日计待核" in found.step


def test_what_is_only_suggested_is_told_as_ours(book):
    ours = [limit for limit in book.limits if limit.status == "系统默认"]
    assert [(limit.id, limit.text) for limit in ours] == [("T16", "3个工作日")]
    assert "非法定" in ours[0].source and "T16" not in rows(book, "J01")


def test_where_there_is_no_number_none_is_made_up(book):
    assert rows(book, "J15")["P11"].text == "没有写明天数"
    assert rows(book, "J15")["T04"].count is None
