"""What a parent may say in the middle of a report without leaving it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.adding import supplement
from actions.feedback import follow, judge
from actions.handover import hand_over
from actions.policy import answer_policy
from actions.replies import say
from actions.status import show_progress
from actions.tickets import Step, about_a_ticket
from actions.turn import Turn
from actions.withdrawing import withdraw

_STEPS: dict[str, Step] = {
    "progress": show_progress,
    "withdraw": withdraw,
    "supplement": supplement,
}
_SURE = 0.6
_SHORT_REPLIES = {"greeting": "您好。", "thanks": "不客气。"}
_BUTTONS: dict[str, Callable[[CollectingDispatcher, Turn], None]] = {
    "keep": lambda dispatcher, turn: say(dispatcher, "好的，工单照常办理。"),
    "feedback": lambda dispatcher, turn: judge(dispatcher, turn.choice),
    "follow": lambda dispatcher, turn: follow(dispatcher, turn.choice),
}
"""Buttons of earlier bubbles, done in the middle of a report."""
_LONGEST_QUESTION = 40  # characters; a longer text is a story even when it sounds like a question


def interrupt(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, asked: str
) -> list[dict[str, Any]] | None:
    """Answer a message that is not about the report itself, with events; None when it is."""
    if turn.is_button and turn.act in _BUTTONS:
        _BUTTONS[turn.act](dispatcher, turn)
        return []
    if turn.is_button and turn.act != "human":
        return _about_earlier_ticket(dispatcher, tracker, turn)
    if turn.act_confidence < _SURE and not turn.is_button:
        return None
    if turn.act in ("progress", "withdraw"):
        return _about_earlier_ticket(dispatcher, tracker, turn)
    if turn.act == "human":
        hand_over(dispatcher)
    elif turn.act == "question" and len(turn.text) <= _LONGEST_QUESTION and asked != "contact":
        answer_policy(dispatcher, turn)
    elif turn.act in _SHORT_REPLIES and len(turn.text) <= 8:
        say(dispatcher, _SHORT_REPLIES[turn.act])
    else:
        return None
    return []


def _about_earlier_ticket(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn
) -> list[dict[str, Any]] | None:
    """An earlier ticket in the middle of a new report: the edge found its receipt, or a button."""
    step = _STEPS.get(turn.act)
    return about_a_ticket(dispatcher, tracker, turn, step) if step else None
