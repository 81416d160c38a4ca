"""Questions: judged and answered with their source, asked back, followed up, turned into a report."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import ActionClarify
from actions.policy import ActionAnswerPolicy

WEEKEND = "衡算思维初二周六上午的数学班违规吗"


class Parent:
    """One parent who asks; the slots are kept between questions."""

    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}
        self.bubble: dict[str, Any] = {}

    def ask(self, text: str, entities: list[tuple[str, str]] | None = None) -> str:
        found = [{"entity": name, "value": value} for name, value in entities or []]
        intent = {"name": "question", "confidence": 0.9}
        kinds = [{"name": "over_hours_training", "confidence": 0.8}]
        message = {"text": text, "intent": intent, "entities": found, "metadata": {}}
        dispatcher = CollectingDispatcher()
        tracker = Tracker(
            "s",
            self.slots,
            {**message, "kind_ranking": kinds},
            [],
            False,
            None,
            {},
            "action_listen",
        )
        for event in ActionAnswerPolicy().answer(dispatcher, tracker):
            self.slots[event["name"]] = event["value"]
        self.bubble = dispatcher.messages[0]
        return str(self.bubble["text"])

    @property
    def buttons(self) -> dict[str, str]:
        return {button["title"]: button["payload"] for button in self.bubble["buttons"]}

    def press(self, title: str) -> str:
        name, brace, rest = self.buttons[title].removeprefix("/").partition("{")
        assert name == "question"
        return self.ask(self.buttons[title], list(json.loads(brace + rest).items()))


@pytest.fixture
def parent(talk: Any) -> Parent:
    return Parent()


def test_an_answer_names_its_document_and_number(parent: Parent) -> None:
    text = parent.ask("小学三年级作业一天最多写多久")
    assert "60" in text and "〔" in text
    assert any(citation["number"] for citation in parent.bubble["custom"]["citations"])


def test_a_forbidden_case_is_judged_and_a_report_is_offered(parent: Parent) -> None:
    text = parent.ask(WEEKEND)
    assert text.startswith("不允许。")
    assert "已说" in text or "说过的" in text
    assert "我要举报" in parent.buttons


def test_the_offered_report_already_holds_what_was_said(parent: Parent, talk: Any) -> None:
    parent.ask(WEEKEND, [("org", "衡算思维"), ("when", "周六上午"), ("grade", "初二")])
    talk.slots.update(parent.slots)
    talk.heard = [parent.bubble]
    talk.press("我要举报")
    assert talk.slots["org"] == "衡算思维" and talk.slots["when"] == "周六上午"
    assert talk.slots["kind"] == "over_hours_training" and WEEKEND in talk.slots["detail"]


def test_a_bare_wish_or_a_yes_takes_up_the_offer(parent: Parent, talk: Any) -> None:
    parent.ask(WEEKEND, [("org", "衡算思维")])
    for words, act in (("我要举报", "report"), ("好的", "affirm")):
        talk.slots = dict(parent.slots)
        talk.say(words, act, kinds=[])
        assert talk.slots["org"] == "衡算思维"


def test_a_named_party_is_judged_as_what_the_register_says_it_is(parent: Parent) -> None:
    asked = "衡算思维每周六上午给初二上课，违规吗"
    parent.ask(asked, [("org", "衡算思维")])
    assert parent.slots["consulted"]["question"]["facts"]["actor"] == ["body"]
    assert parent.slots["consulted"]["question"]["rule_id"].startswith("R-TR")


def test_what_depends_is_asked_back_and_the_button_decides(parent: Parent) -> None:
    assert parent.ask("初二周六补习班上课违规吗").startswith("要看情况。")
    assert "上的是什么课" in parent.bubble["text"]
    assert parent.press("语数英等学科").startswith("不允许。")
    assert parent.slots["consulted"]["forbidden"]
    assert ["subject", "语数英等学科"] in parent.slots["consulted"]["said"]["entities"]


def test_a_follow_up_keeps_the_case(parent: Parent) -> None:
    parent.ask(WEEKEND, [("org", "衡算思维")])
    assert parent.ask("那高中呢").startswith("要看情况。")
    assert ["org", "衡算思维"] in parent.slots["consulted"]["said"]["entities"]


def test_a_follow_up_that_sounds_like_a_report_is_still_answered(parent: Parent, talk: Any) -> None:
    parent.ask(WEEKEND)
    talk.slots = dict(parent.slots)
    heard = talk.say("那收费呢", "report", kinds=[("training_fees_refund", 0.7)])
    assert "〔" in heard and talk.slots.get("draft") is None
    assert talk.slots["requested_slot"] is None


def test_a_case_that_ends_in_a_question_is_judged_before_it_is_reported(talk: Any) -> None:
    asked = "启明桥一次交了四个月五千八的美术课行不行"
    talk.slots = {}
    heard = talk.say(asked, "report", entities=[("org", "启明桥")], kinds=[])
    assert heard.startswith("不允许。") and talk.slots.get("draft") is None
    talk.press("我要举报")
    assert talk.slots["org"] == "启明桥" and talk.slots["detail"] == asked


def test_a_follow_up_that_was_not_understood_is_still_answered(parent: Parent) -> None:
    parent.ask("线下培训晚上八点五十下课可以吗")
    message = {"text": "那线上呢", "intent": {"name": "nlu_fallback"}, "entities": []}
    tracker = Tracker("s", parent.slots, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    ActionClarify().answer(dispatcher, tracker)
    assert dispatcher.messages[0]["text"].startswith("允许。21:00")


def test_a_wish_to_report_after_an_answer_is_no_follow_up(parent: Parent, talk: Any) -> None:
    parent.ask(WEEKEND, [("org", "衡算思维")])
    talk.slots = dict(parent.slots)
    talk.say("那我要举报他们", "report", kinds=[])
    assert talk.slots["org"] == "衡算思维"


def test_inside_a_report_a_question_is_answered_without_another_step(talk: Any) -> None:
    talk.say("衡算思维周六给初二上数学课", entities=[("org", "衡算思维")])
    first = talk.say("周末上数学课违规吗", "question").split("\n")[0]
    assert first.startswith("不允许。") and "我要举报" not in talk.heard[0]["text"]


def test_what_is_not_in_the_book_is_declined(parent: Parent) -> None:
    assert "没有查到" in parent.ask("今天股票涨了吗")
    assert parent.bubble["custom"]["citations"] == []
    assert parent.slots["consulted"] is None


def test_a_rule_is_a_button_that_is_answered(parent: Parent) -> None:
    assert "20:30" in parent.ask("/question", [("rule", "R-TR-04")])


def test_a_button_of_a_forgotten_question_is_answered_kindly(parent: Parent) -> None:
    assert "再说一遍" in parent.ask("/question", [("fact", "subject"), ("value", "语数英等学科")])


def test_an_empty_question_is_asked_for(parent: Parent) -> None:
    assert "想问什么" in parent.ask("/question")
