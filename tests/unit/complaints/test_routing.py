"""Which bureau a report reaches."""

from __future__ import annotations

import pytest

from complaints.model import Kind
from complaints.routing import route


def party(rules, **wanted):
    return next(
        p
        for p in rules.city.parties.values()
        if all(getattr(p, key) == value for key, value in wanted.items())
    )


def lead(rules, report):
    return rules.city.bureaus[route(report, rules.city, rules.routing).lead]


def test_weekend_subject_training_goes_to_the_districts_education_bureau(rules, report):
    body = party(rules, name=report.subject_party)
    bureau = lead(rules, report)
    assert (bureau.function, bureau.level, bureau.district) == (
        "education",
        "district",
        body.district,
    )


def test_a_teacher_of_a_city_run_school_goes_to_the_city_bureau(rules, change):
    city_run = next(
        p for p in rules.city.parties.values()
        if p.party_type == "school" and rules.city.bureaus[p.authority].level == "city"
    )  # fmt: skip
    report = change(
        kind=Kind.TEACHER_PAID_TUTORING, subject_party=city_run.name, detail="班主任收费补课"
    )
    assert lead(rules, report).id == city_run.authority


def test_the_reported_bureau_never_gets_its_own_case(rules, change):
    bureau = next(
        b
        for b in rules.city.bureaus.values()
        if b.function == "education" and b.level == "district"
    )
    place = next(p for p in rules.city.districts if p.district == bureau.district)
    report = change(subject_party=bureau.name, place=place.district_name)
    decision = route(report, rules.city, rules.routing)
    assert decision.lead == bureau.parent
    assert bureau.id not in decision.co_handlers
    assert decision.reason == "被举报单位回避，升一级办理"


@pytest.mark.parametrize(
    "doubt", [{"kind_confidence": 0.3}, {"subject_party": None, "place": "说不清的地方"}]
)
def test_what_is_unsure_goes_to_the_hotlines_triage(rules, change, doubt):
    decision = route(change(**doubt), rules.city, rules.routing)
    assert decision.triage
    assert rules.city.bureaus[decision.lead].function == "hotline"
    assert decision.co_handlers == ()


def test_the_decision_keeps_rule_version_and_facts(rules, report):
    record = route(report, rules.city, rules.routing).as_record()
    assert record["rule_id"] and record["table_version"] == rules.routing.version
    assert record["facts"]["kind"] == "over_hours_training"
    assert record["facts"]["district"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_reaches_an_office_in_every_district(rules, change, kind):
    for place in rules.city.districts:
        report = change(kind=kind, subject_party=None, place=place.district_name, detail="一般情况")
        decision = route(report, rules.city, rules.routing)
        assert decision.lead in rules.city.bureaus


def test_every_matter_of_the_table_leads_to_an_office(rules):
    from complaints.routing import _bureau

    place = rules.city.streets[0]
    for matter in rules.routing.matters.values():
        assert _bureau(matter.lead, matter.level, rules.city, None, place), matter.code
    assert {f"J{n:02d}" for n in range(1, 45)} <= set(rules.routing.matters)


def test_a_party_is_found_by_its_short_name_and_never_invented(rules):
    school = next(p for p in rules.city.parties.values() if p.aliases)
    assert school in rules.city.find_parties(f"{school.aliases[0]}")
    assert rules.city.find_parties("火星第一培训中心") == []


def test_two_districts_in_one_sentence_are_no_answer(rules):
    a, b, *_ = rules.city.districts
    assert rules.city.find_place(f"{a.district_name}还是{b.district_name}") is None


def test_a_street_names_its_district(rules):
    street = rules.city.streets[0]
    found = rules.city.find_place(f"就在{street.street_name}那边")
    assert found == street
