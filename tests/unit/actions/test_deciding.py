"""The form asks what decides who handles a report, by buttons, and understands short answers."""

from __future__ import annotations

import pytest

STORY = "晨曦小屋每周六上午给五年级上数学课"
NAMED = [("org", "晨曦小屋"), ("place", "听潮街道"), ("when", "每周六上午"), ("grade", "五年级"),
         ("subject", "数学")]  # fmt: skip
TUTOR = "有个老师每周六收费给五年级的孩子补课"
TUTOR_NAMED = [("org", "王老师"), ("place", "听潮街道"), ("when", "每周六"), ("subject", "数学")]


def tutoring(talk, **more) -> str:
    kinds = [("teacher_paid_tutoring", 0.95)]
    return talk.say(TUTOR, entities=TUTOR_NAMED, kinds=kinds, **more)


def facts(talk) -> dict:
    (ticket,) = talk.tickets
    return ticket.routing["facts"]


def test_what_decides_is_asked_before_how_to_be_reached(talk):
    heard = talk.say(STORY, entities=NAMED)
    assert "您反映的是哪一方" in heard and talk.asks == "fact"
    heard = talk.press("培训机构或托管")
    assert "办学许可证" in heard and talk.asks == "fact"
    talk.press("都没有")
    assert talk.asks == "anonymous"
    heard = talk.press("匿名")
    assert "对象类型：培训机构或托管" in heard and "证照：都没有" in heard
    talk.press("确认提交")
    assert (facts(talk)["party_type"], facts(talk)["licence"]) == ("training_body", "none")
    assert talk.tickets[0].matter_code == "J02"


@pytest.mark.parametrize(
    ("words", "act", "matter"),
    [("是在职的", "affirm", "J04"), ("不是，退休了", "deny", "J03"), ("不是", "deny", "J03"),
     ("不知道", "deny", "J04"), ("大学生", "nlu_fallback", "J03"), ("是的", "affirm", "J04"),
     ("没在职", "cancel", "J03"), ("是在职的", "question", "J04")],
)  # fmt: skip
def test_a_short_typed_answer_counts(talk, words, act, matter):
    assert "在职教师" in tutoring(talk)
    talk.say(words, act, kinds=[])
    assert talk.asks == "anonymous"
    talk.press("匿名")
    talk.press("确认提交")
    assert talk.tickets[0].matter_code == matter


def test_not_known_is_not_asked_again_and_shown(talk):
    tutoring(talk)
    talk.press("不清楚")
    assert talk.asks == "anonymous"
    assert "是否在职教师：不清楚" in talk.press("匿名")


def test_an_answer_that_says_nothing_is_asked_for_once_more(talk):
    tutoring(talk)
    heard = talk.say("哈哈", "out_of_scope", kinds=[])
    assert talk.asks == "fact" and "在职教师" in heard
    talk.say("哈哈哈", "out_of_scope", kinds=[])
    assert talk.asks == "anonymous"


def test_a_question_in_between_comes_back_to_it(talk):
    tutoring(talk)
    talk.say("在职老师补课违规吗？", "question", kinds=[])
    assert talk.asks == "fact" and "在职教师" in talk.heard[-1]["text"]


def test_another_party_makes_the_answers_void(talk):
    talk.say(STORY, entities=NAMED)
    talk.press("培训机构或托管")
    talk.press("都没有")
    talk.press("匿名")
    entities = [("org", "晨曦小屋"), ("org", "衡算数学")]
    heard = talk.say("不是晨曦小屋，是衡算数学", "deny", entities=entities)
    assert "对象：衡算数学" in heard and "证照" not in heard


def test_an_answer_can_be_changed_at_the_read_back(talk):
    tutoring(talk)
    talk.press("是在职教师")
    talk.press("匿名")
    talk.press("要修改")
    assert "在职教师" in talk.press("补问的情况")
    assert "是否在职教师：不是在职教师" in talk.press("不是在职教师")


def test_nothing_is_asked_about_a_listed_body(talk):
    talk.to_read_back()
    assert talk.asks == "confirm"


def test_nothing_more_is_asked_in_an_emergency(talk):
    tutoring(talk, metadata={"urgent": True})
    assert talk.asks == "anonymous"


def test_a_button_of_a_policy_answer_is_no_answer(talk):
    tutoring(talk)
    talk.say('/question{"fact": "licence", "value": "none"}', "question",
             entities=[("fact", "licence"), ("value", "none")], kinds=[], confidence=1.0)  # fmt: skip
    assert talk.asks == "fact" and talk.slots["draft"]["stated"] == {}


def test_an_answer_sent_twice_is_taken_once(talk):
    tutoring(talk)
    talk.say("是的", "affirm", kinds=[], message_id="one")
    assert talk.asks == "anonymous"
    talk.say("是的", "affirm", kinds=[], message_id="one")
    assert talk.asks == "anonymous" and talk.slots["draft"]["stated"] == {
        "in_service_teacher": "yes"
    }
