"""Who is complained of, or on that side, neither handles nor reads a case; it goes one level up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.model import Kind
from complaints.routing.conflicts import (
    group_of,
    next_level_up,
    related_parties,
    same_office_elsewhere,
)
from complaints.routing.decision import route
from tests.unit.complaints.routing.test_matters import told


def decided(rules, named: str, detail: str = "周六上课", kind: str = "over_hours_training", **more):
    return route(told(kind, named, detail, **more), rules.city, rules.routing)


def test_a_city_bureau_complained_of_bars_its_districts_too(rules):
    decision = decided(rules, "市教育局")
    assert decision.lead == "tinglan-discipline-inspection"
    assert set(decision.barred) == {
        "tinglan-education", "luming-education", "zhenxi-education", "zhangyu-education",
    }  # fmt: skip


def test_a_district_bureau_complained_of_leaves_the_other_districts_free(rules):
    decision = decided(rules, "鹭鸣区教育局")
    assert (decision.lead, decision.barred) == ("tinglan-education", ("luming-education",))


def test_an_office_that_cannot_be_told_apart_bars_all_of_its_kind(rules):
    decision = decided(rules, "教育局", place=None)
    assert decision.triage and set(decision.barred) == group_of("tinglan-education", rules.city)


def test_what_nobody_is_complained_of_bars_nobody(rules):
    assert decided(rules, "衡算数学").barred == ()


@pytest.mark.parametrize(
    ("named", "lead", "out"),
    [("鹭鸣区教育局", "tinglan-education", {"luming-education"}),
     ("鹭鸣区市场监管局", "tinglan-market-supervision", {"luming-market-supervision"}),
     ("市教育局", "tinglan-discipline-inspection", {"tinglan-education", "luming-education"}),
     # At a school a reporter becomes known by the office that supervises it: that one is out too.
     ("鹭鸣区第一小学", "tinglan-education", {"luming-education"}),
     ("汀澜市第一中学", "tinglan-discipline-inspection", {"tinglan-education"})],
)  # fmt: skip
def test_who_gave_a_reporter_away_is_judged_by_the_level_above(rules, named, lead, out):
    decision = decided(rules, named, "把我的信息给了对方，举报后被约谈", "teacher_conduct")
    assert (decision.matter_code, decision.lead) == ("J39", lead)
    assert out <= set(decision.barred) and not out & {decision.lead, *decision.co_handlers}
    assert "升一级" in decision.reason
    functions = {rules.city.bureaus[b].function for b in (decision.lead, *decision.co_handlers)}
    assert {"discipline_inspection", "police"} <= functions


def test_retaliation_by_somebody_unknown_goes_to_discipline_inspection(rules):
    decision = decided(rules, "飞云屋", "举报后被威胁", "unlicensed_training")
    assert decision.lead == "luming-discipline-inspection"
    assert decision.barred == ()


def test_where_nobody_above_is_left_the_hotline_reads_it(rules):
    decision = decided(rules, "区教育局、市教育局、市纪委和12345热线")
    assert decision.triage and decision.lead not in decision.barred


NAMES = ["教育局", "市教育局", "鹭鸣区教育局", "派出所", "街道办", "12345", "市纪委", "区纪委", "消防大队",
         "市监局", "检察院", "妇联", "发改委", "飞云屋", "鹭鸣区第一小学"]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(list(Kind)),
    named=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("和".join),
    detail=st.sampled_from(["一般情况", "举报后被威胁", "不处理", "不给退费", "着火", "被打伤"]),
    place=st.sampled_from(["听潮街道", "枕溪区", None]),
)
def test_who_is_out_never_gets_a_case(rules, kind, named, detail, place):
    decision = decided(rules, named, detail, kind.value, place=place)
    assert not set(decision.barred) & {decision.lead, *decision.co_handlers}


def test_one_level_up_passes_over_who_is_out(rules):
    city = rules.city
    assert next_level_up("luming-education", city).id == "tinglan-education"
    out = {"tinglan-education"}
    assert next_level_up("luming-education", city, out).id == "tinglan-discipline-inspection"
    assert next_level_up("tingchao-street-office", city).id == "luming-discipline-inspection"
    assert next_level_up("tinglan-hotline", city).id == "tinglan-discipline-inspection"
    assert next_level_up("luming-police", city, set(city.bureaus)) == city.hotline


@pytest.mark.parametrize(
    "bureau", ["luming-education", "tinglan-education", "tingchao-street-office"]
)
def test_one_level_up_ends_in_every_city(rules, bureau):
    """Also when the parents of a wrong register go round in a circle."""
    one = rules.city.bureaus[bureau]
    round_trip = replace(
        rules.city, bureaus={**rules.city.bureaus, bureau: replace(one, parent=bureau)}
    )
    assert next_level_up(bureau, round_trip) == rules.city.hotline


def test_the_same_office_of_another_district(rules):
    there = same_office_elsewhere("luming-education", "zhenxi", rules.city)
    assert there and there.id == "zhenxi-education"
    assert same_office_elsewhere("luming-education", "luming", rules.city) is None
    assert same_office_elsewhere("tinglan-education", "zhenxi", rules.city) is None
    assert same_office_elsewhere("tingchao-street-office", "zhenxi", rules.city) is None
    assert same_office_elsewhere("luming-education", "nowhere", rules.city) is None


def test_schools_of_one_group_are_one_side(rules):
    parties = rules.city.parties
    assert related_parties(parties["luming-no1-primary"], rules.city) == {
        "luming-no1-primary", "luming-no2-primary",
    }  # fmt: skip
    assert related_parties(parties["tangzhou-primary"], rules.city) == {"tangzhou-primary"}


@pytest.mark.parametrize(
    "named", ["发改委", "检察院", "妇联", "新闻出版局", "商务局", "司法局", "财政局", "督导室"]
)
def test_every_office_can_be_complained_of_by_its_everyday_name(rules, named):
    decision = decided(rules, named, "不处理")
    assert decision.facts.reported_bureau and decision.facts.reported_bureau in decision.barred
