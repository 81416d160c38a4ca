"""Who helps an office that a clerk chose: the tables' co-handlers, where that office is."""

from __future__ import annotations

import pytest

from complaints.model import Kind, Report
from complaints.regions import Place
from complaints.routing.co_handlers import co_handlers_for
from complaints.routing.decision import route

HERE, THERE = Place("luming", "鹭鸣区", "tingchao", "听潮街道"), Place("zhenxi", "枕溪区")


def told(kind=Kind.OVER_HOURS_TRAINING, party=None, detail="周六上午还在上课", **more) -> Report:
    return Report("i", kind, 0.95, detail, subject_party=party, place="听潮街道", **more)


def helping(rules, report, code, lead, place=HERE, **more):
    about = rules.routing.matters[code], rules.city.bureaus.get(lead), place
    return co_handlers_for(report, *about, rules.city, rules.routing, **more)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_lead_that_the_tables_name_has_the_co_handlers_that_they_name(rules, kind):
    report = told(kind)
    decision = route(report, rules.city, rules.routing)
    if not decision.triage:
        found = helping(rules, report, decision.matter_code, decision.lead)
        assert found == decision.co_handlers


def test_nobody_is_named_of_a_place_that_is_not_known(rules):
    assert helping(rules, told(), "J01", "tinglan-education", None) == ()


def test_in_another_district_the_partys_own_supervisor_is_its_counterpart_there(rules):
    """J08: 主管部门 helps, and the register knows only that of the district that was told."""
    body = next(p for p in rules.city.parties.values() if p.authority == "luming-sports")
    report = told(Kind.OVER_HOURS_TRAINING, body.name)
    assert "luming-sports" in helping(rules, report, "J08", "luming-education")
    there = helping(rules, report, "J08", "zhenxi-education", THERE, moved=True)
    assert "zhenxi-sports" in there
    assert not [bureau for bureau in there if bureau.startswith("luming")]


def test_a_city_that_divides_the_work_its_own_way_does_so_for_helpers_too(rules):
    """枕溪: 退费 is led by 市场监管 (R01)."""
    found = helping(rules, told(Kind.TRAINING_FEES_REFUND), "J11", "zhenxi-education", THERE)
    assert "zhenxi-justice" in found and "zhenxi-market-supervision" not in found


def test_who_is_complained_of_does_not_help(rules):
    report = told(Kind.UNLICENSED_TRAINING, "听潮街道办事处", "居民楼里开班，街道不管")
    assert "tingchao-street-office" not in helping(rules, report, "J02", "luming-education")
