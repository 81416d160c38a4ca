"""Which bureau a report reaches."""

from __future__ import annotations

import pytest

from complaints.model import Kind
from complaints.routing.case import open_case
from complaints.routing.competence import office
from complaints.routing.decision import route


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
    ("named", "bureau"),
    [("区教育局", "luming-education"), ("教育局", "luming-education"),
     ("鹭鸣区教体局", "luming-education"), ("区教育局王科长", "luming-education"),
     ("教委", "luming-education"), ("鹭鸣教体局的人", "luming-education"),
     ("枕溪区教体局", "zhenxi-education"), ("市教体局", "tinglan-education"),
     ("汀澜市教体局", "tinglan-education"), ("市里的教育局", "tinglan-education"),
     ("区市场监管局", "luming-market-supervision"), ("市监局", "luming-market-supervision"),
     ("鹭鸣区市监局", "luming-market-supervision"), ("市市监局", "tinglan-market-supervision"),
     ("工商局", "luming-market-supervision"), ("文旅局", "luming-culture-tourism"),
     ("派出所", "luming-police"), ("城管", "luming-urban-management"),
     ("消防大队", "luming-fire"), ("12345", "tinglan-hotline"), ("热线", "tinglan-hotline"),
     ("教育局和鹭鸣区第一小学", "luming-education"),
     ("教育局旁边的补习班，教育局也不管", "luming-education"),
     ("鹭鸣区教育局和鹭鸣区第一小学", "luming-education")],
)  # fmt: skip
@pytest.mark.parametrize("kind", [Kind.OVER_HOURS_TRAINING, Kind.TEACHER_PAID_TUTORING])
def test_a_bureau_named_as_parents_name_it_never_gets_its_own_case(
    rules, change, named, bureau, kind
):
    report = change(kind=kind, subject_party=named, place="鹭鸣区", detail="举报了三次都不处理")
    decision = route(report, rules.city, rules.routing)
    assert decision.facts.reported_bureau == bureau
    assert bureau not in (decision.lead, *decision.co_handlers)


def test_a_street_office_named_without_its_name_is_the_one_of_the_place(rules, change):
    report = change(
        kind=Kind.UNLICENSED_TRAINING, subject_party="街道办", place="听潮路", detail="居民楼里开班"
    )
    decision = route(report, rules.city, rules.routing)
    assert decision.facts.reported_bureau == "tingchao-street-office"
    assert "tingchao-street-office" not in (decision.lead, *decision.co_handlers)


def test_a_bureau_that_cannot_be_placed_leaves_the_case_to_triage(rules, change):
    decision = route(change(subject_party="教育局", place=None), rules.city, rules.routing)
    assert decision.triage and decision.co_handlers == ()
    assert (decision.facts.party_type, decision.facts.reported_bureau) == ("bureau", None)
    street = change(kind=Kind.UNLICENSED_TRAINING, subject_party="街道办", place="鹭鸣区")
    assert "street_office" not in {
        rules.city.bureaus[b].function
        for b in (lambda d: (d.lead, *d.co_handlers))(route(street, rules.city, rules.routing))
    }


def test_two_bureaus_complained_of_are_both_passed_over(rules, change):
    report = change(subject_party="区教育局和市教育局", place="鹭鸣区")
    assert route(report, rules.city, rules.routing).lead == "tinglan-discipline-inspection"
    report = change(subject_party="鹭鸣区教体局和枕溪区教体局", place="枕溪区")
    assert route(report, rules.city, rules.routing).lead == "tinglan-education"
    all_above = change(subject_party="区教育局、市教育局、市纪委和12345热线", place="鹭鸣区")
    assert route(all_above, rules.city, rules.routing).triage  # nobody above is left


@pytest.mark.parametrize(
    ("party_name", "detail"),
    [("衡算思维", "打了教育局电话没人接"), ("教育局旁边的补习班", "周六上课"), ("消防救援大队楼上的小班", "周六上课"),
     ("公安局家属院里的小班", "周六上课"), ("鹭鸣区教育局对面的画室", "周六上课")],
)  # fmt: skip
def test_a_bureau_in_the_story_or_as_a_landmark_is_not_complained_of(
    rules, change, party_name, detail
):
    report = change(subject_party=party_name, place="鹭鸣区", detail=detail)
    decision = route(report, rules.city, rules.routing)
    assert decision.facts.reported_bureau is None
    assert decision.lead == "luming-education"


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


def test_every_matter_of_the_table_leads_to_an_office(rules, change):
    street = rules.city.streets[0].street_name
    case = open_case(change(subject_party=None, place=street), rules.city, rules.routing)
    for matter in rules.routing.matters.values():
        roles = (matter.lead, *matter.equal, *matter.co)
        roles += tuple(role for one in matter.variants for role in (one.lead, *one.co))
        for role in roles:
            assert office(role, matter.level, case), (matter.code, role)
    assert {f"J{n:02d}" for n in range(1, 45)} <= set(rules.routing.matters)


def test_a_party_is_found_by_its_short_name_and_never_invented(rules):
    school = next(p for p in rules.city.parties.values() if p.aliases)
    assert school in rules.city.find_parties(f"{school.aliases[0]}")
    assert rules.city.find_parties("火星第一培训中心") == []


@pytest.mark.parametrize(
    "generic",
    ["培训中心", "小饭桌", "机器人", "跆拳道", "第一小学", "少儿编程", "托管中心", "语文培训", "中心小学",
     "无人机", "工作室", "第一中学", "钢琴班", "篮球俱乐部", "双语幼儿园", "职业技能培训学校"],
)  # fmt: skip
def test_generic_words_name_no_registered_body(rules, generic):
    assert rules.city.find_parties(generic) == []


def names(rules, text: str) -> set[str]:
    return {party.name for party in rules.city.find_parties(text)}


def test_most_of_a_name_names_it_and_a_small_part_does_not(rules):
    assert names(rules, "衡算思") == {"衡算思维"}
    assert names(rules, "鸿书高级") == {"汀澜鸿书高级中学"}
    assert names(rules, "汀澜市") == set()
    assert names(rules, "橘屿英语") == {"橘屿英语", "橘屿英语（槐序校区）"}


def test_two_characters_name_a_school_unless_they_are_part_of_a_longer_word(rules):
    assert names(rules, "孩子在二小读书") == {"鹭鸣区第二小学", "枕溪区第二小学"}
    assert names(rules, "鹭鸣区二小") == {"鹭鸣区第二小学", "枕溪区第二小学"}
    assert names(rules, "我家在一中旁边，砚秋就在楼下") == {"汀澜市第一中学", "砚秋语文"}
    for other in ("云山区第一中学", "云山区一中", "第三十一中", "周一中午", "第一中学"):
        assert names(rules, other) == set()


def test_two_districts_in_one_sentence_are_no_answer(rules):
    a, b, *_ = rules.city.districts
    assert rules.city.find_place(f"{a.district_name}还是{b.district_name}") is None


def test_a_street_names_its_district(rules):
    street = rules.city.streets[0]
    found = rules.city.find_place(f"就在{street.street_name}那边")
    assert found == street
