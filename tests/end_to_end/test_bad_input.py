"""Bad input: a Chinese sentence or a 4xx, never a 500, never a changed conversation."""

from __future__ import annotations

import pytest

from tests.end_to_end.stack import Parent


def says_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


BAD_TEXTS = {
    "a slash": "/restart",
    "an intent": '/report{"org": "注入学校"}',
    "a session start": "/session_start",
    "spaces": "   \n\t ",
    "nothing": "",
    "10,000 characters": "补" * 10_000,
    "emoji alone": "😀👍🏽🎉",
    "control characters": "\x00\x01\x02\x1b[31m",
    "marks": "？？？！！",
    "a lone surrogate": "\ud800",
    "a slash behind what is taken out": "\u200b /restart",
    "right-to-left marks": "\u202e\u200b\u2066",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_strange_text_gets_a_sentence_and_the_form_stays_where_it_was(parent, text):
    parent.say("我要举报")
    assert parent.asks == "detail"
    parent.say(text)
    assert parent.status in (200, 400, 413, 422)
    if parent.status == 200:
        assert says_chinese(parent.heard)
    parent.say("砚秋语文每周六上午给五年级上数学课，一直上到中午")
    assert parent.asks in ("kind", "org", "place", "when", "subject", "grade", "anonymous")
    assert parent.receipt is None


def test_half_a_character_in_a_text_is_left_out(parent):
    parent.say("砚秋\ud83d语文每周六上午给五年级上数学课，一直上到中午")
    assert parent.status == 200 and parent.asks


def test_danger_in_a_text_that_is_too_long_is_answered_all_the_same(parent):
    parent.say("老师把我孩子打得流血了。" + "补" * 5000)
    assert "110" in parent.replies[0]["text"] and "太长" in parent.heard


BAD_BODIES = {
    "broken JSON": b'{"text": "hi", ',
    "not an object": b'["text"]',
    "no message id": b'{"text": "\xe4\xbd\xa0\xe5\xa5\xbd"}',
    "an odd message id": b'{"text": "hi", "message_id": "../../x"}',
    "text and button": b'{"text": "a", "button": "b", "message_id": "m"}',
    "neither": b'{"message_id": "m"}',
    "a number of 5,000 digits": b'{"text": ' + b"1" * 5000 + b', "message_id": "m"}',
    "a number as text": b'{"text": 5, "message_id": "m"}',
    "not UTF-8": b'{"text": "\xff\xfe", "message_id": "m"}',
    "deep nesting": b"[" * 20_000,
    "a huge body": b'{"text": "' + b"x" * 200_000 + b'", "message_id": "m"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_broken_request_is_a_4xx_with_a_chinese_message(stack, parent, body):
    status, answer = stack.request(
        "POST", "/chat/message", body, {"Authorization": f"Bearer {parent.token}"}
    )
    assert 400 <= status < 500
    assert says_chinese(answer["error"]["message"])


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_no_session_no_talk(stack, token):
    status, answer = stack.request(
        "POST",
        "/chat/message",
        {"text": "你好", "message_id": "m"},
        {"Authorization": f"Bearer {token}"},
    )
    assert status == 401 and says_chinese(answer["error"]["message"])


def test_an_invented_button_does_nothing(parent):
    parent.say("我要举报")
    parent.send({"button": "/affirm"})
    assert "过期" in parent.heard
    parent.send({"button": "x" * 30})
    assert "过期" in parent.heard and parent.receipt is None


def test_a_button_of_an_earlier_answer_is_stale(parent):
    parent.say("你好")
    old = parent.replies[0]["buttons"][0]["button"]
    parent.say("谢谢")
    parent.send({"button": old})
    assert "过期" in parent.heard


def test_one_parent_cannot_press_anothers_button(stack, parent):
    parent.say("你好")
    button = parent.replies[0]["buttons"][0]["button"]
    other = Parent(stack)
    other.say("谢谢")
    other.send({"button": button})
    assert "过期" in other.heard


@pytest.mark.parametrize("path", ["/nowhere", "/chat", "/webhooks/jiesu/turn", "/api/v1/nowhere"])
def test_what_is_not_listed_is_not_there(stack, path):
    assert stack.request("GET", path)[0] in (401, 404, 405)
