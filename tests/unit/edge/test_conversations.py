"""What a parent meets when something fails between the page and the bot."""

from __future__ import annotations

import pytest

from bot.edge.sessions import ChatSession
from tests.unit.edge.conftest import ASK_WHEN, FILED, READ_BACK, Talk, bubble


def at_read_back(talk: Talk) -> Talk:
    talk.rasa.script = [READ_BACK]
    talk.say("砚秋语文周六上课")
    assert talk.asks == "confirm"
    return talk


# The same id, the same answer


def test_the_same_confirmation_twice_gets_the_same_receipt_and_is_asked_once(talk):
    at_read_back(talk).rasa.script = [FILED]
    button = talk.button("确认提交")
    first = talk.send("c-1", button=button)
    assert talk.send("c-1", button=button) == first and talk.receipt
    assert len(talk.rasa.heard) == 2


def test_a_resend_that_the_page_repeats_gets_the_receipt_of_the_confirmation(talk):
    at_read_back(talk).rasa.script = [None, FILED]
    talk.press("确认提交", "c-1")
    assert "还没有登记成功" in talk.heard
    again = talk.button("重发")
    first = talk.send("p-1", button=again)
    receipt = talk.receipt
    assert receipt
    assert talk.send("p-1", button=again) == first
    assert talk.send("c-1", button="anything")[0]["receipt"] == receipt
    assert len(talk.rasa.heard) == 3 and talk.rasa.heard[-1]["message_id"] == "c-1"


def test_a_resend_that_fails_again_can_be_pressed_again(talk):
    at_read_back(talk).rasa.script = [None, None, FILED]
    talk.press("确认提交", "c-1")
    again = talk.button("重发")
    failed = talk.send("p-1", button=again)
    assert talk.send("p-1", button=again) == failed and talk.titles == ["重发"]
    talk.press("重发", "p-2")
    assert talk.receipt


def test_no_thanks_twice_says_the_same_and_never_reaches_the_bot(talk):
    talk.rasa.script = [None]
    talk.say("砚秋语文周六上课")
    talk.say("谢谢")
    drop = talk.button("不用了")
    first = talk.send("p-1", button=drop)
    assert "不再发送" in talk.heard
    assert talk.send("p-1", button=drop) == first
    talk.send("p-2", button=drop)
    assert "过期" in talk.heard
    assert not any("edge" in str(body) for body in talk.rasa.heard)
    talk.say("你好")
    assert "还没有处理" not in talk.heard


@pytest.mark.parametrize("content", [{"button": "stale"}, {"text": "😀"}, {"text": "补" * 5000}])
def test_a_refusal_is_the_same_when_it_is_sent_again(talk, content):
    first = talk.send("r-1", **content)
    at_read_back(talk)
    assert talk.send("r-1", **content) == first


def test_what_was_dropped_is_not_sent_again_by_a_late_retry_of_the_page(talk):
    talk.rasa.script = [None]
    talk.say("砚秋语文周六上课", "m-x")
    talk.say("谢谢")
    talk.press("不用了")
    heard = len(talk.rasa.heard)
    talk.say("砚秋语文周六上课", "m-x")
    assert "不再处理" in talk.heard and len(talk.rasa.heard) == heard


def test_a_retry_of_a_message_without_an_answer_is_marked_as_delivered_again(talk):
    talk.rasa.script = [None, bubble("好的")]
    talk.say("你好", "m-x")
    talk.say("你好", "m-x")
    assert [b["metadata"]["redelivered"] for b in talk.rasa.heard] == [False, True]


# What still stands


def test_a_refusal_leaves_the_question_and_its_buttons_standing(talk):
    at_read_back(talk)
    talk.say("？？？")
    assert talk.asks == "confirm" and talk.titles == ["确认提交", "不提交了"]
    talk.say("!!!")
    talk.rasa.script = [FILED]
    talk.press("确认提交")
    assert talk.receipt


def test_after_a_resend_of_an_older_message_its_buttons_are_the_live_ones(talk):
    talk.rasa.script = [None, bubble("不客气")]
    talk.say("砚秋语文周六上课", "old")
    talk.say("谢谢", "new")
    talk.rasa.script = [READ_BACK, FILED]
    talk.press("重发")
    assert talk.asks == "confirm"
    talk.press("确认提交")
    assert talk.receipt, talk.heard


def test_a_typed_confirmation_after_a_resend_carries_the_receipt(talk):
    talk.rasa.script = [None, bubble("不客气"), READ_BACK]
    talk.say("砚秋语文周六上课")
    talk.say("谢谢")
    talk.press("重发")
    talk.say("确认")
    assert talk.rasa.heard[-1]["metadata"]["receipt_hash"]


def test_a_button_of_an_earlier_answer_is_stale(talk):
    at_read_back(talk)
    old = talk.button("确认提交")
    talk.say("谢谢")
    talk.send(button=old)
    assert "过期" in talk.heard and len(talk.rasa.heard) == 2


def test_nobody_can_press_the_button_of_another(talk, conversations):
    at_read_back(talk)
    other = Talk(conversations, talk.rasa, ChatSession("web-2", b"secret of somebody else"))
    other.send(button=talk.button("确认提交"))
    assert "过期" in other.heard and len(talk.rasa.heard) == 1


# What waits


def test_each_unanswered_message_is_offered_and_dropped_by_itself(talk):
    talk.rasa.script = [None, None]
    talk.say("砚秋语文周六上课", "one")
    talk.say("衡算数学收费太高", "two")
    talk.say("谢谢")
    assert "衡算数学" in talk.heard
    talk.press("不用了")
    talk.say("你好")
    assert "砚秋语文" in talk.heard
    talk.press("重发")
    assert talk.rasa.heard[-1]["message_id"] == "one"


def test_the_offer_to_send_again_shows_no_number(talk):
    talk.rasa.script = [None]
    talk.say("１３８ 0013 8000是我电话")
    talk.say("谢谢")
    assert "是我电话" in talk.heard and "还没有处理" in talk.heard
    assert not any(char.isdecimal() for char in talk.heard)


def test_saying_the_same_again_is_a_resend_and_gives_the_receipt(talk):
    """The first "确认" was filed too late for its answer: it must not be filed or lost twice."""
    at_read_back(talk).rasa.script = [None, FILED]
    talk.say("确认", "c-1")
    talk.say("确认", "c-2")
    receipt = talk.receipt
    assert receipt and talk.rasa.heard[-1]["message_id"] == "c-1"
    assert talk.rasa.heard[-1]["metadata"]["redelivered"]
    talk.say("确认", "c-1")
    assert talk.receipt == receipt


def test_a_second_report_is_confirmed_under_its_own_name(talk):
    """Its button says the same as the one that got no answer for the report before."""
    at_read_back(talk).rasa.script = [None, bubble("不客气"), READ_BACK, FILED]
    talk.press("确认提交", "first")
    talk.say("谢谢")
    talk.say("还有衡算数学也周末上课")
    talk.press("确认提交", "second")
    assert talk.rasa.heard[-1]["message_id"] == "second" and talk.receipt


def test_a_filed_report_leaves_nothing_to_send_again(talk):
    at_read_back(talk).rasa.script = [None, FILED]
    talk.press("确认提交")
    talk.say("确认")
    assert talk.receipt and "还没有处理" not in talk.heard
    talk.say("谢谢")
    assert "还没有处理" not in talk.heard


def test_a_confirmation_that_the_bot_no_longer_understands_is_not_swallowed(talk):
    """The bot lost the conversation, for instance with its database."""
    at_read_back(talk).rasa.script = [bubble("好的。有情况要反映，直接说就行。")]
    talk.press("确认提交")
    assert "没有提交" in talk.heard and "再说一遍" in talk.heard
    talk.rasa.script = [ASK_WHEN]
    talk.say("砚秋语文周六上课")
    assert talk.heard == "什么时候的事？"


# Danger


@pytest.mark.parametrize("text", ["老师把我孩子打得流血了" + "。" * 4000, "老师把我孩子打得流血了"])
def test_danger_is_answered_even_when_nothing_else_is(talk, text):
    talk.rasa.script = [None]
    talk.say(text)
    assert "110" in talk.replies[0]["text"] and len(talk.replies) == 2


def test_half_a_character_is_taken_out_at_the_door(talk):
    talk.say("砚秋\ud83d语文 周末上课")
    assert talk.rasa.heard[-1]["text"] == "砚秋语文 周末上课"
