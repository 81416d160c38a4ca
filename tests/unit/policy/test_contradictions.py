"""Two rules that say yes and no to the same case are refused on load, with file, line and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from datafiles import DataFileError
from policy.conditions import Condition, read_bound
from policy.contradictions import check_consistent
from policy.model import Case, Rule, RuleBook, Verdict

JUNIOR = frozenset({"junior"})


@pytest.fixture
def limit(book: RuleBook) -> Rule:
    """Homework of junior schools: more than 90 minutes forbidden, up to 90 allowed."""
    return book.rules["R-HW-03"]


def local(rule: Rule, verdict: Verdict, bound: str, **changes: object) -> Rule:
    case = Case(Condition({"stage": JUNIOR, "minutes": read_bound(bound)}), verdict, "……")
    fields = {"id": "R-XX-01", "cases": (case,), "file": "local.yml", "line": 7, **changes}
    return replace(rule, **fields)  # type: ignore[arg-type]


def check(*rules: Rule) -> None:
    together: Mapping[str, Rule] = {rule.id: rule for rule in rules}
    check_consistent(together)


def test_a_stricter_local_limit_may_stand_beside_the_national_one(limit: Rule) -> None:
    check(limit, local(limit, Verdict.FORBIDDEN, "> 60", region="鞍山市"))


def test_a_local_rule_cannot_allow_what_the_national_one_forbids(limit: Rule) -> None:
    with pytest.raises(DataFileError, match=r"local\.yml:7: cases: R-XX-01 allows what R-HW-03"):
        check(limit, local(limit, Verdict.ALLOWED, "<= 120", region="鞍山市"))


def test_two_national_limits_that_differ_are_refused(limit: Rule) -> None:
    with pytest.raises(DataFileError, match="R-HW-03 allows what R-XX-01 forbids"):
        check(limit, local(limit, Verdict.FORBIDDEN, "> 60"))


def test_limits_of_different_times_do_not_meet(limit: Rule) -> None:
    check(
        limit, local(limit, Verdict.FORBIDDEN, "> 60", in_force_from="2015", in_force_until="2020")
    )


def test_limits_of_different_topics_do_not_meet(limit: Rule) -> None:
    check(limit, local(limit, Verdict.FORBIDDEN, "> 60", topic="something_else"))


def test_a_permission_that_does_not_speak_of_the_forbidden_thing_is_no_contradiction(
    limit: Rule,
) -> None:
    weekend = Case(
        Condition({"stage": JUNIOR, "day": frozenset({"weekend"})}), Verdict.FORBIDDEN, "……"
    )
    check(limit, replace(limit, id="R-XX-01", cases=(weekend,)))


def test_a_flat_prohibition_leaves_no_room_for_a_permission(limit: Rule) -> None:
    flat = replace(limit, id="R-XX-01", cases=(Case(Condition({}), Verdict.FORBIDDEN, "……"),))
    with pytest.raises(DataFileError, match="R-HW-03 allows what R-XX-01 forbids"):
        check(limit, flat)


def test_cases_known_by_their_phrasings_alone_do_not_meet(limit: Rule) -> None:
    told = tuple(
        Case(Condition({}), verdict, "……", ("……",))
        for verdict in (Verdict.FORBIDDEN, Verdict.ALLOWED)
    )
    check(limit, replace(limit, id="R-XX-01", cases=told))


def test_the_shipped_rule_book_contradicts_itself_nowhere(book: RuleBook) -> None:
    check_consistent(book.rules)
