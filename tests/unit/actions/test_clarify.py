"""What the bot does with a message that it understood only half."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import ActionClarify


def clarify(text: str, kind: str, confidence: float) -> tuple[list[dict], list[dict]]:
    message = {
        "text": text,
        "intent": {"name": "nlu_fallback", "confidence": 0.3},
        "entities": [],
        "kind_ranking": [{"name": kind, "confidence": confidence}],
        "metadata": {},
    }
    dispatcher = CollectingDispatcher()
    tracker = Tracker("s", {}, message, [], False, None, {}, "action_listen")
    return ActionClarify().answer(dispatcher, tracker), dispatcher.messages


def test_a_plain_statement_of_a_case_opens_the_form(talk):
    events, said = clarify("晨曦小屋每周六上午给五年级上数学课", "over_hours_training", 0.9)
    assert [(e["event"], e["name"]) for e in events] == [("followup", "report_form")]
    assert said == []


def test_what_may_be_a_question_is_asked_back(talk):
    for text, confidence in (
        ("周六上午能给五年级上数学课吗", 0.9),
        ("周六上午五年级数学课的事情", 0.3),
    ):
        events, said = clarify(text, "over_hours_training", confidence)
        assert [b["title"] for b in said[0]["buttons"]] == ["请人查处", "只问规定", "转人工"]
        assert events[0]["value"]["text"] == text


def test_noise_gets_the_three_ways(talk):
    _, said = clarify("嗯哼哼哼哼哼哼哼哼哼", "not_education", 0.9)
    assert "没太明白" in said[0]["text"]
