"""A filed ticket is marked with the rules that it may violate; nothing is made up about others."""

from __future__ import annotations

from datetime import UTC, datetime

from policy.adviser import Adviser
from policy.suspicion import suspect_by, suspected

FILED = datetime(2026, 11, 20, 3, tzinfo=UTC)


def rules(adviser: Adviser, told: str, kind: str) -> list[str]:
    return [finding.rule.id for finding in suspected(adviser, told, kind, FILED)]


def test_a_class_at_the_weekend_that_ends_late_is_marked_with_both_rules(adviser: Adviser) -> None:
    told = "这家机构每周六给初二学生上数学课。线下上到晚上九点半才放学。"
    assert {"R-TR-03", "R-TR-04"} <= set(rules(adviser, told, "over_hours_training"))


def test_a_prohibition_without_numbers_is_known_by_its_words(adviser: Adviser) -> None:
    told = "开家长会那天，班主任把全班的名次打印出来贴在教室后墙上，孩子回来哭了一晚上。"
    assert {"R-EX-08", "R-EX-13"} & set(rules(adviser, told, "exam_ranking"))


def test_only_rules_of_its_kind_are_named(adviser: Adviser) -> None:
    told = "机构一次收了一年的钱，现在要退费不给退。对了，班主任还把名次发群里。"
    found = rules(adviser, told, "training_fees_refund")
    assert found and all("training_fees_refund" in adviser.book.rules[i].kinds for i in found)


def test_nothing_said_accuses_nobody(adviser: Adviser) -> None:
    assert rules(adviser, "想反映一下情况，请尽快联系。", "other_education") == []


def test_the_mark_names_its_source_and_is_worked_out_once(adviser: Adviser) -> None:
    suspect = suspect_by(adviser)
    told = "周日上午给初三学生讲物理课"
    marks = suspect(told, "over_hours_training", FILED)
    assert marks[0].rule_id == "R-TR-03" and marks[0].source.startswith("〔《")
    assert suspect(told, "over_hours_training", FILED) is marks
