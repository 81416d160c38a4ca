"""What a parent reads: short plain words, then the source, then one next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policy.adviser import Adviser
from policy.answer import (
    LONGEST,
    NOT_FOUND,
    OPENING,
    Answer,
    answer_decision,
    answer_rule,
    ask_back,
    citations,
    declined,
    source_line,
)
from policy.decision import Decision
from policy.judge import Finding
from policy.model import RuleBook, Verdict

TODAY = date(2026, 11, 22)


def every_answer(book: RuleBook) -> list[Answer]:
    """Each rule as it stands, and each of its cases."""
    answers = [answer_rule(rule, TODAY) for rule in book.rules.values()]
    for rule in book.rules.values():
        for case in rule.cases:
            decision = Decision(case.verdict, (Finding(rule, case),))
            answers.append(answer_decision(decision, book.facts, {}, TODAY))
    return answers


def test_every_answer_is_short_and_names_its_source(book: RuleBook) -> None:
    for answer in every_answer(book):
        assert len(answer.words) <= LONGEST, answer.words
        assert answer.citations
        assert answer.text.split("\n")[1].startswith("〔《")
        assert answer.next_step


def test_no_answer_says_its_verdict_twice(book: RuleBook) -> None:
    for answer in every_answer(book):
        opening = OPENING[answer.verdict]
        if opening:
            assert not answer.words.removeprefix(opening).startswith(opening.rstrip("。"))


def test_every_citation_is_of_the_rule_book_and_in_force_or_marked(book: RuleBook) -> None:
    for answer in every_answer(book):
        for cited in answer.citations:
            sources = book.rules[cited.rule_id].sources
            assert any(
                (cited.document, cited.number, cited.article)
                == (source.document.title, source.document.number, source.article)
                for source in sources
            )
            if cited.status != "in_force":
                assert any(word in answer.text for word in ("已期满", "已废止", "未施行"))


def test_the_source_line_names_document_number_article_date_force_and_place(
    book: RuleBook,
) -> None:
    line = source_line(citations(book.rules["R-PN-03"], TODAY))
    assert "《校外培训行政处罚暂行办法》·教育部令第53号·第17条·2023-08-23·现行有效·全国" in line


def test_an_expired_rule_answers_only_as_history(book: RuleBook) -> None:
    answer = answer_rule(book.rules["R-HW-16"], TODAY)
    assert answer.verdict is Verdict.INFO
    assert "已期满" in answer.text


def test_a_rule_that_has_run_out_since_is_no_judgement_any_more(book: RuleBook) -> None:
    rule = book.rules["R-HW-03"]
    over = replace(rule, in_force_until="2025")
    forbidding = next(case for case in rule.cases if case.verdict is Verdict.FORBIDDEN)
    decision = Decision(Verdict.FORBIDDEN, (Finding(over, forbidding),))
    answer = answer_decision(decision, book.facts, {}, TODAY)
    assert answer.verdict is Verdict.INFO and "已期满" in answer.text


def test_the_question_back_comes_with_buttons(book: RuleBook) -> None:
    asked = ask_back(("subject",), book.facts)
    assert asked and asked.question == "上的是什么课？"
    assert dict(asked.buttons)["体育、艺术、科技"] == frozenset({"non_subject"})
    number = ask_back(("minutes",), book.facts)
    assert number and number.question and number.buttons == ()


def test_a_declined_question_names_the_right_door_and_a_person() -> None:
    answer = declined("招生请问当地教育局。")
    assert not answer.understood and answer.citations == () and answer.rule_ids == ()
    assert answer.text.startswith("这不在规则库里：招生请问当地教育局。")
    assert "转人工" in answer.text and "登记" in answer.text
    assert declined(None).text.startswith(NOT_FOUND)


def test_a_citation_goes_out_with_its_page(book: RuleBook) -> None:
    cited = citations(book.rules["R-HW-03"], TODAY)[1].as_dict()
    assert cited["document"] == "关于加强义务教育学校作业管理的通知"
    assert cited["number"] == "教基厅函〔2021〕13号"
    assert (cited["article"], cited["page"]) == (None, "/policy#R-HW-03")


@pytest.mark.parametrize("rule_id", ["R-TR-03", "T04", "S-7", "V6"])
def test_a_rule_can_be_read_by_its_button(adviser: Adviser, rule_id: str) -> None:
    answer = adviser.rule(rule_id)
    assert answer and answer.rule_ids == (rule_id,)
    assert adviser.rule("R-XX-99") is None
