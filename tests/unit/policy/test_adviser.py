"""A parent asks about their own case and is judged by the rules, asked back, or honestly declined."""

from __future__ import annotations

import pytest

from policy.adviser import Adviser
from policy.answer import Answer
from policy.follow_up import Earlier
from policy.model import Verdict

FORBIDDEN, ALLOWED = Verdict.FORBIDDEN, Verdict.ALLOWED
DEPENDS, INFO = Verdict.DEPENDS, Verdict.INFO


def kept(answer: Answer) -> Earlier:
    """What the bot keeps of an answer until the next message, through a slot and back."""
    asked = answer.ask.fact if answer.ask else None
    earlier = Earlier(answer.question, answer.facts, answer.rule_ids[0], asked)
    assert Earlier.from_dict(earlier.as_dict()) == earlier
    return earlier


CASES = [
    ("初二孩子周六上午数学班违规吗", FORBIDDEN, "R-TR-03"),
    ("一次交了四个月五千八的美术课行不行", FORBIDDEN, "R-FE-04"),
    ("初二孩子周三晚上的数学班上到八点可以吗", ALLOWED, "R-TR-03"),
    ("孩子周末学游泳可以吗", ALLOWED, "R-TR-07"),
    ("高二周六的数学补习班违规吗", DEPENDS, "R-TR-03"),
    ("初一作业每天一百分钟，违规吗", FORBIDDEN, "R-HW-03"),
    ("初一作业每天九十分钟，违规吗", ALLOWED, "R-HW-03"),
    ("鞍山初一作业每天七十分钟，违规吗", FORBIDDEN, "R-HW-17"),
    ("线下篮球课晚上八点四十才下课，超时了吗", FORBIDDEN, "R-TR-04"),
    ("英语网课晚上八点四十下课，周二的，超时了吗", ALLOWED, "R-TR-05"),
    ("班主任把全班名次发到家长群了", FORBIDDEN, "R-EX-08"),
    ("可以匿名举报吗", INFO, "S-7"),
]


@pytest.mark.parametrize(("text", "verdict", "rule"), CASES)
def test_a_case_gets_its_verdict_and_its_rule(
    adviser: Adviser, text: str, verdict: Verdict, rule: str
) -> None:
    answer = adviser.answer(text)
    topic = adviser.book.rules[rule].topic
    assert answer.verdict is verdict, answer.words
    assert adviser.book.rules[answer.rule_ids[0]].topic == topic, answer.rule_ids


def test_a_wanting_fact_is_asked_for_and_its_button_decides(adviser: Adviser) -> None:
    answer = adviser.answer("初二周六补习班上课违规吗")
    assert answer.verdict is DEPENDS and answer.ask and answer.ask.fact == "subject"
    value = adviser.value_of("subject", "语数英等学科")
    assert value is not None
    assert adviser.with_fact("subject", value, kept(answer)).verdict is FORBIDDEN


def test_a_typed_reply_to_the_question_back_decides_too(adviser: Adviser) -> None:
    answer = adviser.answer("初二周六补习班上课违规吗")
    assert adviser.answer("学的是舞蹈", earlier=kept(answer)).verdict is ALLOWED


def test_what_about_senior_school_keeps_the_rest(adviser: Adviser) -> None:
    answer = adviser.answer("初二孩子周六上午数学班违规吗")
    followed = adviser.answer("那高中呢", earlier=kept(answer))
    assert followed.verdict is DEPENDS and followed.rule_ids[0] == "R-TR-03"


def test_what_about_online_keeps_the_rest(adviser: Adviser) -> None:
    answer = adviser.answer("线下培训晚上八点五十下课可以吗")
    assert answer.verdict is FORBIDDEN
    assert adviser.answer("那线上呢", earlier=kept(answer)).rule_ids[0] == "R-TR-05"


def test_what_about_homework_in_senior_school(adviser: Adviser) -> None:
    answer = adviser.answer("初中作业每天最多多久")
    assert adviser.answer("那高中呢", earlier=kept(answer)).rule_ids[0] == "R-HW-05"


def test_what_about_fees_goes_to_the_fees_of_the_same_matter(adviser: Adviser) -> None:
    answer = adviser.answer("课后服务可以不参加吗")
    followed = adviser.answer("那收费呢", earlier=kept(answer))
    assert followed.rule_ids[0] in ("R-AS-05", "R-AS-06")


def test_what_about_fees_after_a_question_on_training(adviser: Adviser) -> None:
    answer = adviser.answer("初二孩子周六上午数学班违规吗")
    for text in ("那收费呢", "那退费呢"):
        assert adviser.answer(text, earlier=kept(answer)).rule_ids[0].startswith("R-FE"), text


def test_a_new_question_leaves_the_earlier_one_behind(adviser: Adviser) -> None:
    answer = adviser.answer("初二孩子周六上午数学班违规吗")
    alone = adviser.answer("班主任把全班名次发到家长群了")
    assert adviser.answer("班主任把全班名次发到家长群了", earlier=kept(answer)) == alone


FOREIGN = [
    "中考录取分数线多少",
    "哪个培训机构教得好",
    "孩子发烧去哪个医院",
    "学区房什么时候降价",
    "今天天气怎么样",
    "qwerty",
    "。。。",
    "",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_what_no_rule_answers_is_declined(adviser: Adviser, text: str) -> None:
    answer = adviser.answer(text)
    assert answer.verdict is Verdict.OUT_OF_SCOPE
    assert not (answer.citations or answer.rule_ids or answer.alternatives)


def test_a_declined_question_is_shown_the_right_door(adviser: Adviser) -> None:
    assert "医生" in adviser.answer("孩子发烧去哪个医院").words


def test_the_older_law_is_history(adviser: Adviser) -> None:
    answer = adviser.answer("辽宁三年行动计划还有效吗，老师不批作业会取消评优吗")
    assert answer.verdict is INFO and "已期满" in answer.text
