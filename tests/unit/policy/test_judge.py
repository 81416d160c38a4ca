"""The judge: from facts to what a rule says, without any words of the question."""

from __future__ import annotations

import pytest

from policy.conditions import FactValue
from policy.judge import judge_rule, violated
from policy.model import RuleBook, Verdict


def facts(**said: object) -> dict[str, FactValue]:
    return {k: frozenset({v}) if isinstance(v, str) else v for k, v in said.items()}  # type: ignore[misc]


JUDGED: list[tuple[str, dict[str, FactValue], Verdict]] = [
    ("R-HW-03", facts(stage="junior", minutes=91.0), Verdict.FORBIDDEN),
    ("R-HW-03", facts(stage="junior", minutes=90.0), Verdict.ALLOWED),
    ("R-HW-02", facts(stage="upper_primary", minutes=61.0), Verdict.FORBIDDEN),
    ("R-TR-03", facts(stage="junior", subject="subject", day="weekend"), Verdict.FORBIDDEN),
    ("R-TR-03", facts(stage="senior", subject="subject", day="weekend"), Verdict.DEPENDS),
    ("R-TR-03", facts(stage="junior", subject="subject", day="workday"), Verdict.ALLOWED),
    ("R-TR-03", facts(stage="junior", subject="non_subject", day="weekend"), Verdict.ALLOWED),
    ("R-TR-04", facts(mode="offline", ends=20 * 60 + 30.0), Verdict.ALLOWED),
    ("R-TR-04", facts(mode="offline", ends=20 * 60 + 40.0), Verdict.FORBIDDEN),
    ("R-TR-05", facts(mode="online", ends=21 * 60.0 + 1), Verdict.FORBIDDEN),
    ("R-TR-05", facts(mode="online", minutes=40.0), Verdict.FORBIDDEN),
    ("R-FE-04", facts(months=4.0), Verdict.FORBIDDEN),
    ("R-FE-04", facts(lessons=61.0), Verdict.FORBIDDEN),
    ("R-FE-04", facts(months=3.0), Verdict.ALLOWED),
    ("R-FE-05", facts(subject="non_subject", yuan=5001.0), Verdict.FORBIDDEN),
    ("R-FE-05", facts(subject="subject", yuan=8000.0), Verdict.DEPENDS),
]


@pytest.mark.parametrize(("rule", "told", "verdict"), JUDGED)
def test_a_case_is_judged_by_its_facts(
    book: RuleBook, rule: str, told: dict[str, FactValue], verdict: Verdict
) -> None:
    found = judge_rule(book.rules[rule], told)
    assert found and found.verdict is verdict


def test_a_rule_for_juniors_says_nothing_of_seniors(book: RuleBook) -> None:
    assert judge_rule(book.rules["R-HW-03"], facts(stage="senior", minutes=200.0)) is None


def test_a_local_rule_says_nothing_elsewhere(book: RuleBook) -> None:
    here = facts(stage="junior", minutes=70.0, region="鞍山市")
    there = facts(stage="junior", minutes=70.0, region="沈阳市")
    found = judge_rule(book.rules["R-HW-17"], here)
    assert found and found.forbids
    assert judge_rule(book.rules["R-HW-17"], there) is None
    assert judge_rule(book.rules["R-HW-17"], facts(stage="junior", minutes=70.0)) is None


def test_what_was_only_taken_for_granted_was_not_stated(book: RuleBook) -> None:
    found = judge_rule(book.rules["R-TR-03"], facts(subject="subject", day="weekend"))
    assert found and found.forbids and "stage" not in found.stated


def test_a_ticket_is_marked_with_every_rule_that_its_facts_violate(book: RuleBook) -> None:
    told = facts(stage="junior", subject="subject", day="weekend", mode="offline", ends=1290.0)
    found = {finding.rule.id for finding in violated(book.rules.values(), told)}
    assert {"R-TR-03", "R-TR-04"} <= found
    assert not {"R-HW-03", "R-FE-04", "R-EX-04"} & found


def test_nothing_told_violates_nothing(book: RuleBook) -> None:
    assert violated(book.rules.values(), {}) == []
