"""A parent's question finds its rule, however it is worded, and a foreign question finds none."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policy.answer import answer_question
from policy.retrieval import Retriever
from policy.rule_book import RuleBook, load_rule_book

HERE = Path(__file__).resolve().parent
Asked = tuple[str, list[str]]  # a question and the rules that answer it; none: to be declined

BOOK = load_rule_book(HERE.parents[2] / "data" / "policy")
RETRIEVER = Retriever(BOOK, on=date(2026, 11, 22))


def questions(name: str) -> list[Asked]:
    entries = YAML(typ="safe").load((HERE / f"questions_{name}.yml").read_text(encoding="utf-8"))
    return [(entry["text"], entry["rules"]) for entry in entries]


HELD_OUT, TUNING = questions("held_out"), questions("tuning")
ANSWERABLE = [(text, rules) for text, rules in HELD_OUT if rules]
FOREIGN = [text for text, rules in HELD_OUT if not rules]


def test_the_held_out_questions_are_many_and_in_no_data_file() -> None:
    known = {question for rule in BOOK.rules.values() for question in rule.questions}
    known |= {question for topic in BOOK.beyond.values() for question in topic.questions}
    known |= {text for text, _ in TUNING}
    assert len(ANSWERABLE) >= 60 and len(FOREIGN) >= 15
    assert not known & {text for text, _ in HELD_OUT}


def test_every_rule_is_asked_for() -> None:
    asked = {rule for _, rules in HELD_OUT + TUNING for rule in rules}
    assert asked == BOOK.rules.keys()


def test_search_puts_the_right_rule_first() -> None:
    wrong = [text for text, rules in ANSWERABLE if RETRIEVER.search(text)[0].rule.id not in rules]
    assert len(wrong) <= 0.15 * len(ANSWERABLE), wrong


def test_the_right_rule_is_answered() -> None:
    wrong = [
        text
        for text, rules in ANSWERABLE
        if not set(answer_question(RETRIEVER, text).rule_ids) & set(rules)
    ]
    assert len(wrong) <= 0.15 * len(ANSWERABLE), wrong


def test_what_the_rule_book_does_not_know_is_declined() -> None:
    answered = [text for text in FOREIGN if answer_question(RETRIEVER, text).understood]
    assert len(answered) <= 0.10 * len(FOREIGN), answered


@pytest.mark.parametrize("rule_id", BOOK.rules)
def test_a_listed_phrasing_finds_its_own_rule(rule_id: str) -> None:
    for question in BOOK.rules[rule_id].questions:
        assert RETRIEVER.search(question)[0].rule.id == rule_id, question


def test_the_understood_kind_puts_its_rules_ahead() -> None:
    text = "双休日补课"
    school = RETRIEVER.search(text, "school_makeup_classes")[0].rule.id
    training = RETRIEVER.search(text, "over_hours_training")[0].rule.id
    assert (school, training) == ("R-SC-01", "R-TR-03")


def test_a_rule_no_longer_in_force_is_not_found() -> None:
    before_the_law_on_preschools = Retriever(BOOK, on=date(2025, 5, 31))
    found = before_the_law_on_preschools.search("幼儿园小学化", limit=len(BOOK.rules))
    assert "R-TR-12" not in {match.rule.id for match in found}


def test_search_gives_at_most_what_was_asked_for_best_first() -> None:
    for limit in (1, 3, 100):
        scores = [match.score for match in RETRIEVER.search("学校周六补课收费", limit=limit)]
        assert len(scores) <= limit
        assert scores == sorted(scores, reverse=True)


def test_the_wording_of_numbers_and_width_does_not_matter() -> None:
    plain = RETRIEVER.search("一年级 QQ群 布置作业,20:30")
    wide = RETRIEVER.search("一年级ＱＱ群布置作业，２０：３０")
    assert plain == wide


@settings(max_examples=300)
@given(st.text(max_size=600), st.sampled_from([None, "exam_ranking", "not_education", "???"]))
def test_any_text_is_searched_without_an_error_and_twice_the_same(
    text: str, kind: str | None
) -> None:
    found = RETRIEVER.search(text, kind)
    assert found == RETRIEVER.search(text, kind)
    assert all(0 < match.score < 2 for match in found)
    answer_question(RETRIEVER, text, kind)


@given(st.text(alphabet="学校周末补课作业月考退费几点一年级，？ \n", max_size=60))
def test_punctuation_and_spaces_change_nothing(text: str) -> None:
    bare = "".join(character for character in text if character.isalpha())
    assert RETRIEVER.search(text) == RETRIEVER.search(bare)


def test_a_question_takes_no_longer_than_two_milliseconds() -> None:
    taken = []
    for text, _ in HELD_OUT * 3:
        start = time.process_time()
        RETRIEVER.search(text)
        taken.append(time.process_time() - start)
    assert median(taken) <= 0.002


def test_a_rule_book_without_rules_in_force_finds_nothing() -> None:
    empty = RuleBook(BOOK.documents, {}, {}, BOOK.words)
    assert Retriever(empty).search("周末补课") == []
    assert Retriever(empty).beyond("周末补课") is None
    assert not answer_question(Retriever(empty), "周末补课").understood
