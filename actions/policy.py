"""Questions about the rules, answered with their source."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.replies import Button, say
from actions.services import services
from actions.turn import Turn, read_turn
from policy.answer import Answer, answer_question, answer_rule

Events = list[dict[str, Any]]


class ActionAnswerPolicy(SafeAction):
    """Answers from the rule book or says that it does not know."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer_policy"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer the message, or the one before it when a button says that it was a question."""
        turn = read_turn(tracker)
        heard = tracker.slots.get("heard")
        if turn.is_button and heard:
            turn = Turn(text=heard["text"], act="question", kinds=tuple(map(tuple, heard["kinds"])))
        rules = services().rule_book.rules
        if turn.choice.get("rule") in rules:
            _say(dispatcher, answer_rule(rules[turn.choice["rule"]]), offer_report=True)
            return []
        if not turn.text:
            say(dispatcher, "请说说想问什么，例如“周末能上数学班吗”“作业最多写多久”。")
            return []
        answer_policy(dispatcher, turn, offer_report=True)
        return [SlotSet("heard", None)]


def answer_policy(
    dispatcher: CollectingDispatcher, turn: Turn, *, offer_report: bool = False
) -> None:
    """Say what the rules say. `offer_report` adds the way to a report (not inside of one)."""
    kind = turn.kinds[0][0] if turn.kinds else None
    answer = answer_question(services().retriever, turn.text, kind)
    _say(dispatcher, answer, offer_report=offer_report)


def _say(dispatcher: CollectingDispatcher, answer: Answer, *, offer_report: bool) -> None:
    buttons: list[Button] = []
    if offer_report:
        buttons = [
            (other.title, f"/question{json.dumps({'rule': other.rule_id})}")
            for other in answer.alternatives
        ]
        buttons += [("我要举报", "/report"), ("转人工", "/human")]
    say(
        dispatcher,
        answer.text,
        buttons=buttons,
        citations=[citation.as_dict() for citation in answer.citations],
    )
