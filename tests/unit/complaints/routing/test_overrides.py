"""A city divides the work its own way: refunds, 小饭桌 and arts differ by place (facts B0-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from complaints.routing.decision import route
from complaints.routing.overrides import Override, override_for
from complaints.routing.words import record_words
from tests.unit.complaints.routing.test_matters import told

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "party", "detail", "lead", "override"),
    [
        ("training_fees_refund", "橘屿英语总校", "不给退费", "zhenxi-market-supervision", "R01"),
        ("training_fees_refund", "衡算数学", "不给退费", "luming-education", None),
        ("venue_safety", "桂树下晚托", "午餐变质了", "zhangyu-education", "R02"),
        ("venue_safety", "禾木托管", "午餐变质了", "luming-market-supervision", None),
        ("unlicensed_training", "彩墨童画", "没有备案", "zhangyu-education", "R03"),
        ("unlicensed_training", "云袖舞蹈", "没有备案", "zhenxi-culture-tourism", None),
    ],
)
def test_the_same_matter_goes_to_another_office_in_another_district(
    rules, kind, party, detail, lead, override
):
    report = told(kind, party, detail, place=None)
    decision = route(report, rules.city, rules.routing, on=TODAY)
    assert decision.lead == lead
    assert (decision.override or "")[:3] == (override or "")


def test_a_line_holds_from_its_day_on(rules):
    report = told("training_fees_refund", "橘屿英语总校", "不给退费", place=None)
    before = route(report, rules.city, rules.routing, on=date(2026, 2, 28))
    after = route(report, rules.city, rules.routing, on=date(2026, 3, 1))
    assert (before.lead, after.lead) == ("zhenxi-education", "zhenxi-market-supervision")


def test_who_leads_the_arts_is_the_authority_of_its_bodies_too(rules):
    """In 樟屿 education has the arts: a refund from a body of the arts follows, listed or not."""
    for party in ("彩墨童画", "飞云琴行"):
        report = told("training_fees_refund", party, "不给退费", place="樟屿区")
        assert route(report, rules.city, rules.routing, on=TODAY).lead == "zhangyu-education"


def test_the_clerk_reads_which_line_it_was(rules):
    report = told("training_fees_refund", "橘屿英语总校", "不给退费", place=None)
    record = route(report, rules.city, rules.routing, on=TODAY).as_record()
    notes = dict(record_words(record, rules.city, rules.routing).facts)
    assert "枕溪区" in notes["本地分工"] and "2026-03-01" in notes["本地分工"]


def line(name: str, district: str | None, valid_from: date) -> Override:
    return Override(name, ("J11",), district, "education", (), "某办法", valid_from)


def test_the_district_goes_before_the_city_and_the_later_before_the_earlier():
    city = line("R01", None, date(2026, 6, 1))
    district = line("R02", "luming", date(2025, 1, 1))
    newer = line("R03", "luming", date(2026, 1, 1))
    assert override_for((city, district, newer), "J11", "luming", TODAY) == newer
    assert override_for((city, district, newer), "J11", "zhenxi", TODAY) == city
    assert override_for((city, district, newer), "J11", "luming", date(2025, 2, 1)) == district
    assert override_for((city,), "J12", "luming", TODAY) is None
    assert override_for((city,), "J11", None, date(2026, 5, 31)) is None


def test_every_line_names_matters_of_the_table_and_offices_that_are_there(rules):
    for one in rules.city.overrides:
        assert set(one.matters) <= set(rules.routing.matters)


def test_a_city_without_lines_follows_the_table(rules):
    plain = replace(rules.city, overrides=())
    report = told("training_fees_refund", "橘屿英语总校", "不给退费", place=None)
    assert route(report, plain, rules.routing).lead == "zhenxi-education"
