"""What a parent reads: short plain words, then the source, or an honest 'not found'."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policy.answer import NOT_FOUND, Answer, Citation, answer_question, answer_rule, source_line
from policy.retrieval import Retriever
from policy.rule_book import Rule, load_rule_book

BOOK = load_rule_book(Path(__file__).resolve().parents[3] / "data" / "policy")
RETRIEVER = Retriever(BOOK, on=date(2026, 11, 22))


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=BOOK.rules.keys())
def test_every_answer_is_short_and_ends_with_its_source(rule: Rule) -> None:
    answer = answer_rule(rule)
    words, source = answer.text.split("\n")
    assert len(words) <= 120
    assert source.startswith("〔《") and source.endswith("·全国·现行有效〕")
    assert answer.rule_ids == (rule.id,)
    assert [citation.document for citation in answer.citations] == [
        source.document.title for source in rule.sources
    ]


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=BOOK.rules.keys())
def test_every_citation_is_a_document_of_the_rule_book_in_force(rule: Rule) -> None:
    known = {(document.title, document.number) for document in BOOK.documents.values()}
    for citation in answer_rule(rule).citations:
        assert (citation.document, citation.number) in known
        assert citation.status == "in_force"
        assert citation.date and citation.region == "national"
        if rule.mark.startswith("memory"):
            assert citation.article is None


def test_the_source_line_names_document_number_article_date_region_and_force() -> None:
    answer = answer_question(RETRIEVER, "没有办学许可证就办班会罚多少")
    assert answer.text.endswith(
        "〔《校外培训行政处罚暂行办法》·教育部令第53号·第17条·2023-08-23·全国·现行有效；"
        "《中华人民共和国民办教育促进法》·第64条·2018-12-29·全国·现行有效〕"
    )


def test_an_expired_document_is_said_to_be_so() -> None:
    citation = Citation("某计划", None, None, None, "2021", "national", "expired")
    assert source_line((citation,)) == "〔《某计划》·2021·全国·已期满〕"


def test_a_citation_goes_out_with_four_keys() -> None:
    citation = answer_question(RETRIEVER, "五年级作业要写多久").citations[1]
    assert citation.as_dict() == {
        "document": "关于加强义务教育学校作业管理的通知",
        "number": "教基厅函〔2021〕13号",
        "article": None,
        "url": None,
    }


def declined(answer: Answer) -> bool:
    return not (answer.understood or answer.citations or answer.rule_ids or answer.alternatives)


def test_an_unknown_question_is_declined_with_a_person_or_a_ticket() -> None:
    for text in ("", "。。。", "😀", "qwerty", "火星上有几个湖"):
        answer = answer_question(RETRIEVER, text)
        assert declined(answer)
        assert answer.text.startswith(NOT_FOUND)
        assert "转人工" in answer.text and "登记" in answer.text


def test_a_known_foreign_topic_is_declined_with_the_right_door() -> None:
    answer = answer_question(RETRIEVER, "中考录取分数线多少")
    assert declined(answer)
    assert "教育局招生部门" in answer.text


def test_two_rules_that_may_both_be_meant_are_offered_by_title() -> None:
    answer = answer_question(RETRIEVER, "培训课晚上最晚几点结束")
    offered = {answer.rule_ids[0], *(other.rule_id for other in answer.alternatives)}
    assert {"R-TR-04", "R-TR-05"} <= offered
    assert all(BOOK.rules[other.rule_id].title == other.title for other in answer.alternatives)
    assert len(answer.alternatives) <= 2


def test_a_clear_question_offers_nothing_else() -> None:
    assert answer_question(RETRIEVER, "可以匿名举报吗").alternatives == ()
