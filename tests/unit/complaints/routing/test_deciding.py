"""Which fact is asked for: only one that decides who handles a report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.model import Kind, Report
from complaints.routing.deciding import MOST_QUESTIONS, deciding_question
from complaints.routing.decision import route
from complaints.routing.questions import UNKNOWN
from tests.unit.complaints.routing.test_matters import CASES, told


def asked(rules, report: Report) -> str | None:
    question = deciding_question(report, rules.city, rules.routing)
    return question.fact if question else None


@pytest.mark.parametrize(
    ("report", "fact"),
    [
        (told("over_hours_training", "晨曦小屋", "周六上课", subject="数学"), "party_type"),
        (told("over_hours_training", "晨曦培训班", "周六上课", subject="数学"), "licence"),
        (told("teacher_paid_tutoring", None, "老师在家收费补课"), "in_service_teacher"),
        (told("teacher_paid_tutoring", "王老师", "班主任在家收费补课"), None),
        (told("teacher_paid_tutoring", "晨曦小学", "老师在家收费补课"), None),
        (told("training_fees_refund", "飞鹭篮球", "不给退费"), "operating"),
        (told("training_fees_refund", "飞鹭篮球", "前台说不给退费"), None),
        (told("training_fees_refund", "飞鹭篮球", "前台说这钱不归他们管"), "money_matter"),
        (told("training_fees_refund", "晨曦小屋", "前台说不给退费"), "subject_class"),
        (told("training_fees_refund", "晨曦琴行", "前台说不给退费"), "licence"),
        (told("training_ads", "衡算数学", "说保证提分"), "ad_place"),
        (told("training_ads", "衡算数学", "朋友圈里说保证提分"), None),
        (told("homework_overload", None, "作业写到十一点"), "party_type"),
        (told("school_makeup_classes", "晨曦中学", "周日补课"), "stage"),
        (told("school_makeup_classes", "晨曦中学", "周日补课", grade="初一"), None),
        (told("over_hours_training", "衡算数学", "周六上课", subject="数学"), None),
        (told("exam_ranking", "鹭鸣区第一小学", "公布排名"), None),
        (told("not_education", None, "路灯不亮"), None),
    ],
)  # fmt: skip
def test_what_decides_is_asked_and_nothing_else(rules, report, fact):
    assert asked(rules, report) == fact


def test_nothing_is_asked_when_the_kind_is_unsure_or_it_is_urgent(rules):
    report = told("over_hours_training", "晨曦小屋", "周六上课", subject="数学")
    assert asked(rules, replace(report, kind_confidence=0.4)) is None
    assert asked(rules, replace(report, urgent=True)) is None
    assert asked(rules, replace(report, detail="周六上课，孩子被打伤")) is None  # J28 is urgent


def test_what_is_not_known_is_not_asked_again_and_changes_nothing(rules):
    report = told("teacher_paid_tutoring", None, "老师在家收费补课")
    unknown = replace(report, stated={"in_service_teacher": UNKNOWN})
    assert asked(rules, unknown) is None
    before, after = (route(r, rules.city, rules.routing) for r in (report, unknown))
    assert (before.matter_code, before.lead) == (after.matter_code, after.lead) == (
        "J04", "luming-education",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "party", "stated", "matter"),
    [
        ("teacher_paid_tutoring", None, {"in_service_teacher": "no"}, "J03"),
        ("unlicensed_training", None, {"party_type": "person", "in_service_teacher": "yes"}, "J04"),
        ("over_hours_training", "晨曦小屋", {"party_type": "platform"}, "J31"),
        ("over_hours_training", "晨曦小屋", {"licence": "none"}, "J02"),
        ("training_fees_refund", "晨曦小屋", {"operating": "closed"}, "J12"),
        ("training_fees_refund", "晨曦小屋", {"money_matter": "prepaid"}, "J10"),
        ("training_ads", "晨曦小屋", {"ad_place": "in_school"}, "J14"),
    ],
)
def test_what_was_told_routes(rules, kind, party, stated, matter):
    decision = route(told(kind, party, "情况就是这样", stated=stated), rules.city, rules.routing)
    assert decision.matter_code == matter
    assert decision.stated == stated


def test_the_register_knows_better_than_a_button(rules):
    report = told("training_fees_refund", "衡算数学", "不给退费", stated={"licence": "none"})
    decision = route(report, rules.city, rules.routing)
    assert (decision.facts.licence, decision.lead) == ("licensed", "luming-education")


def test_a_question_offers_only_what_the_kind_leaves_open(rules):
    report = told("over_hours_training", "晨曦小屋", "周六上课", subject="数学")
    question = deciding_question(report, rules.city, rules.routing)
    assert [value for value, _ in question.choices] == [
        "training_body", "person", "platform", UNKNOWN,
    ]  # fmt: skip


ANSWERS = st.lists(st.integers(0, 5), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(CASES),
    party=st.sampled_from([None, "晨曦小屋", "晨曦琴行"]),
    picks=ANSWERS,
)
def test_two_questions_at_most_and_each_can_change_the_way(rules, case, party, picks):
    """Whatever is answered, the third question never comes, and every question mattered."""
    report = told(case[1], party, "情况就是这样", **case[4])
    for count, pick in enumerate(picks):
        question = deciding_question(report, rules.city, rules.routing)
        if question is None:
            return
        assert count < MOST_QUESTIONS
        ways = set()
        for value, _ in question.choices[:-1]:
            stated = {**report.stated, question.fact: value}
            decision = route(replace(report, stated=stated), rules.city, rules.routing)
            ways.add((decision.matter_code, decision.lead))
        assert len(ways) > 1
        chosen = question.choices[pick % len(question.choices)][0]
        report = replace(report, stated={**report.stated, question.fact: chosen})


@pytest.mark.parametrize("kind", list(Kind))
def test_what_the_register_knows_is_not_asked(rules, kind):
    for party in rules.city.parties.values():
        where = rules.city.place_of(party).name
        fact = asked(rules, told(kind, party.name, "情况就是这样", place=where))
        assert fact not in ("party_type", "stage")
        assert fact != "licence" or party.licence is None


def test_questions_are_short(rules):
    for question in rules.routing.questions:
        assert len(question.ask) <= 40
        assert len(question.choices) <= 6


TYPED = {
    "licence": {"没有证": "none", "没有": "none", "什么都没有": "none", "有的": "licensed", "有证": "licensed",
                "应该是都没有": "none", "只有营业执照": "registration_without_licence",
                "没有营业执照": "licence_without_registration", "不知道": UNKNOWN,
                "不知道有没有证": UNKNOWN, "没注意": UNKNOWN, "有证吗？": None, "不告诉你": None},
    "in_service_teacher": {"是在职的": "yes", "是的": "yes", "不是": "no", "不在职": "no",
                           "已经退休了": "no", "说不清": UNKNOWN, "是在职吗": None},
    "operating": {"还在营业": "open", "联系不上了": "closed", "早就关门了": "closed", "还开着": "open"},
    "party_type": {"是个机构": "training_body", "一个老师自己": "person", "网上的平台": "platform",
                   "学校": "school"},
    "money_matter": {"不给退费": "refund", "不开发票": "invoice", "太贵了": "price"},
    "subject_class": {"学钢琴": "arts", "数学": "subject", "游泳": "sports", "编程课": "science"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "text", "value"), [(f, t, v) for f, pairs in TYPED.items() for t, v in pairs.items()]
)
def test_a_short_typed_answer_is_understood(rules, fact, text, value):
    question = next(q for q in rules.routing.questions if q.fact == fact)
    assert question.answer(text) == value


def test_a_button_typed_is_the_button(rules):
    for question in rules.routing.questions:
        for value, label in question.choices:
            assert question.answer(label) == value
