"""The search: any text is searched, the same one twice alike, kinds and facts move rules a little."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy import fact_reader
from policy.adviser import Adviser
from policy.retrieval import Retriever
from resolution.when import SHANGHAI


def first(adviser: Adviser, text: str, kind: str | None = None) -> str:
    kinds = {kind: 1.0} if kind else None
    facts = adviser.reader.read(text)
    return adviser.retriever.search(text, kinds, facts).matches[0].rule.id


def test_a_listed_phrasing_finds_its_own_rule(adviser: Adviser) -> None:
    wrong = [
        (rule.id, question)
        for rule in adviser.book.rules.values()
        for question in rule.questions[:3]
        if first(adviser, question) != rule.id
    ]
    asked = sum(len(rule.questions[:3]) for rule in adviser.book.rules.values())
    assert len(wrong) <= 0.02 * asked, wrong


def test_the_understood_kind_puts_its_rules_ahead(adviser: Adviser) -> None:
    def score(rule: str, kinds: dict[str, float]) -> float:
        found = adviser.retriever.search("周末补课", kinds, limit=300)
        return next(match.score for match in found.matches if match.rule.id == rule)

    assert score("R-SC-01", {"school_makeup_classes": 1.0}) > score("R-SC-01", {})
    assert score("R-TR-03", {"school_makeup_classes": 1.0}) == score("R-TR-03", {})


def test_facts_put_the_rule_that_turns_on_them_ahead(adviser: Adviser) -> None:
    assert first(adviser, "初三作业一百分钟") == "R-HW-03"
    assert first(adviser, "四年级作业一百分钟") == "R-HW-02"


def test_a_rule_that_does_not_hold_yet_is_not_found(adviser: Adviser) -> None:
    few = {name: adviser.book.rules[name] for name in ("R-TR-11", "R-TR-12", "R-HW-01")}
    book = replace(adviser.book, rules=few, beyond={})
    before_the_law_on_preschools = Retriever(book, adviser.reader, date(2025, 5, 31))
    found = before_the_law_on_preschools.search("幼儿园小学化", limit=300)
    assert {match.rule.id for match in found.matches} == {"R-TR-11", "R-HW-01"}


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_search_gives_at_most_what_was_asked_for_best_first(adviser: Adviser, limit: int) -> None:
    found = adviser.retriever.search("学校周六补课收费", limit=limit)
    scores = [match.score for match in found.matches]
    assert len(scores) <= limit
    assert scores == sorted(scores, reverse=True)


def test_the_wording_of_numbers_and_width_does_not_matter(adviser: Adviser) -> None:
    plain = adviser.retriever.search("一年级 QQ群 布置作业,20:30")
    wide = adviser.retriever.search("一年级ＱＱ群布置作业，２０：３０")
    assert [match.rule.id for match in plain.matches] == [match.rule.id for match in wide.matches]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=600), st.sampled_from([None, "exam_ranking", "not_education", "???"]))
def test_any_text_is_answered_without_an_error_and_twice_the_same(
    adviser: Adviser, text: str, kind: str | None
) -> None:
    kinds = {kind: 1.0} if kind else None
    assert adviser.answer(text, kinds) == adviser.answer(text, kinds)


def test_a_rule_book_without_rules_finds_nothing(adviser: Adviser) -> None:
    empty = replace(adviser.book, rules={}, beyond={})
    found = Retriever(empty, adviser.reader).search("周末补课")
    assert found.matches == () and found.beyond is None


def test_the_search_sees_the_same_in_a_phrasing_on_every_day(
    adviser: Adviser, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        today_is = datetime(2026, 11, 22, 23, tzinfo=SHANGHAI)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return cls.today_is

    monkeypatch.setattr(fact_reader, "datetime", Clock)
    said = ["昨晚补课补到九点", "今天还在上课", "上周六上了数学", "10月3号也没停课"]
    on_sunday = [adviser.reader.named(text) for text in said]
    Clock.today_is += timedelta(days=1)
    assert [adviser.reader.named(text) for text in said] == on_sunday
