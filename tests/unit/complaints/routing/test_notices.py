"""Two notices after a finding, to the street and to the school, with as little as possible in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.model import Kind
from complaints.routing.notices import NoticeFacts, load_notices, notices_for
from tests.unit.complaints.conftest import ROOT

TABLE = load_notices(ROOT / "data/routing")
FOUND = NoticeFacts(
    kind=Kind.OVER_HOURS_TRAINING,
    matter_code="J01",
    finding="confirmed",
    decided_on=date(2026, 11, 30),
    party_id="yanqiu-chinese",
    district="luming",
    street="tingchao",
    grade="五年级（3）班",
    schools=("tingchao-primary",),
)


def made(rules, **changes):
    return notices_for(replace(FOUND, **changes), rules.city, TABLE)


def test_a_finding_is_told_to_the_street_and_to_the_pupils_school(rules):
    street, school = made(rules)
    assert (street.to_kind, street.recipient, street.party_id) == (
        "street", "tingchao-street-office", None,
    )  # fmt: skip
    # A school has no queue: its bureau passes it on.
    assert (school.to_kind, school.recipient, school.party_id) == (
        "school", "luming-education", "tingchao-primary",
    )  # fmt: skip
    assert "砚秋语文（鹭鸣区听潮街道），2026年11月30日经查属实" in street.text
    assert "小学五年级学生" in school.text and "不得追查" in school.text


def test_no_class_and_no_free_text_gets_into_a_notice(rules):
    for notice in made(rules, grade="五年级3班王小明"):
        assert (
            "班王" not in notice.text
            and "王小明" not in notice.text
            and "3" not in notice.text[:12]
        )
        assert "3班" not in notice.text and "（3）" not in notice.text


@pytest.mark.parametrize("finding", ["not_confirmed", "not_found", ""])
def test_what_was_not_confirmed_is_told_to_nobody(rules, finding):
    assert made(rules, finding=finding) == ()


def test_a_finding_in_part_says_so(rules):
    assert all("部分属实" in notice.text for notice in made(rules, finding="partly"))


def test_when_a_pupil_reported_no_school_is_told(rules):
    assert [n.to_kind for n in made(rules, reporter_is_pupil=True)] == ["street"]


def test_the_reported_school_and_its_group_are_never_told(rules):
    for reported in ("luming-no1-primary", "luming-no2-primary"):
        kinds = [n.to_kind for n in made(rules, party_id=reported, schools=("luming-no1-primary",))]
        assert kinds == ["street"]


@pytest.mark.parametrize("matter", ["J27", "J28", "J39"])
def test_of_matters_that_protect_a_pupil_no_school_hears(rules, matter):
    assert all(n.to_kind != "school" for n in made(rules, matter_code=matter))


def test_who_is_barred_is_told_nothing(rules):
    assert made(rules, barred=frozenset({"tingchao-street-office", "luming-education"})) == ()


def test_who_supervises_the_body_hears_what_another_office_found(rules):
    notices = made(rules, matter_code="J13", lead="luming-market-supervision")
    assert [n.recipient for n in notices] == ["tingchao-street-office", "luming-education"]
    assert [n.recipient for n in made(rules, matter_code="J13", lead="luming-education")] == [
        "tingchao-street-office"
    ]


def test_two_pupils_of_one_school_make_one_notice(rules):
    assert len(made(rules, schools=("tingchao-primary", "tingchao-primary"))) == 2


def test_an_unlisted_party_stays_nameless(rules):
    street, *_ = made(rules, party_id=None)
    assert "名册外的办学点（鹭鸣区听潮街道）" in street.text


@settings(max_examples=100, deadline=None)
@given(
    matter=st.sampled_from([f"J{n:02d}" for n in range(1, 50)]),
    kind=st.sampled_from(list(Kind)),
    grade=st.none()
    | st.text(max_size=20)
    | st.sampled_from(["初二5班", "高一", "大班", "七八年级"]),
    street=st.sampled_from([None, "tingchao", "gone"]),
    party=st.sampled_from([None, "yanqiu-chinese", "no1-high", "gone"]),
    school=st.sampled_from(["no1-high", "yanqiu-chinese", "gone"]),
)
def test_a_notice_is_made_of_the_registers_words_alone(
    rules, matter, kind, grade, street, party, school
):
    """Whatever was written as a grade, only grades in our own words come out."""
    first = made(rules, matter_code=matter, kind=kind, grade=grade, street=street, party_id=party,
                 schools=(school,))  # fmt: skip
    same = made(rules, matter_code=matter, kind=kind, grade=None, street=street, party_id=party,
                schools=(school,))  # fmt: skip
    assert [(n.to_kind, n.recipient, n.party_id) for n in first] == [
        (n.to_kind, n.recipient, n.party_id) for n in same
    ]
    for with_grade, without in zip(first, same, strict=True):
        assert with_grade.recipient in rules.city.bureaus
        extra = with_grade.text.replace(without.text.partition("涉及")[0], "").partition("学生")[0]
        assert with_grade.text == without.text or len(extra.removeprefix("涉及")) <= 6
