"""What an operator's change does to the answers is shown before anybody is answered so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from policy.adviser import Adviser
from policy.replay import describe, differences
from policy.retrieval import Retriever

ROOT = Path(__file__).resolve().parents[3]
ASKED = ["初一作业每天一百分钟，违规吗", "可以匿名举报吗"]


def test_no_change_shows_nothing(adviser: Adviser) -> None:
    assert differences(ASKED, adviser, adviser) == []


def test_a_changed_rule_is_shown_with_the_answers_before_and_after(adviser: Adviser) -> None:
    rule = adviser.book.rules["R-HW-03"]
    over = {**adviser.book.rules, rule.id: replace(rule, in_force_until="2025")}
    book = replace(adviser.book, rules=over)
    kept = ROOT / "models" / "policy.npz"
    changed = replace(adviser, book=book, retriever=Retriever(book, adviser.reader, kept=kept))
    found = differences(ASKED, adviser, changed)
    assert [difference.question for difference in found] == ASKED[:1]
    text = describe(found[0])
    assert "前：[forbidden R-HW-03]" in text and "后：[info R-HW-03]" in text
