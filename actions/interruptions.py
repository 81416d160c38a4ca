"""What a parent may say in the middle of a report without leaving it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import hand_over
from actions.policy import answer_policy
from actions.replies import say
from actions.status import receipt_problem, show_progress, supplement, withdraw
from actions.turn import Turn

_SURE = 0.6
_LONGEST_QUESTION = 40  # characters; a longer text is a story even when it sounds like a question


def interrupt(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, asked: str
) -> list[dict[str, Any]] | None:
    """Answer a message that is not about the report itself, with events; None when it is."""
    if turn.is_button:
        return _with_receipt(dispatcher, tracker, turn)
    if turn.act_confidence < _SURE:
        return None
    if turn.act == "human":
        hand_over(dispatcher)
    elif turn.act == "question" and len(turn.text) <= _LONGEST_QUESTION and asked != "contact":
        answer_policy(dispatcher, turn)
    elif turn.act in ("greeting", "thanks") and len(turn.text) <= 8:
        say(dispatcher, "您好。" if turn.act == "greeting" else "不客气。")
    elif turn.act in ("progress", "withdraw"):
        return _with_receipt(dispatcher, tracker, turn)
    else:
        return None
    return []


def _with_receipt(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn
) -> list[dict[str, Any]] | None:
    """An earlier ticket in the middle of a new report: the edge found its receipt, or a button."""
    followed = tracker.slots.get("followed")
    number: str | None
    if turn.act == "human":
        hand_over(dispatcher)
        return []
    if turn.act == "keep":
        say(dispatcher, "好的，工单照常办理。")
        return []
    if turn.act not in ("progress", "withdraw", "supplement"):
        return None
    if receipt_problem(dispatcher, turn):
        return []
    if turn.act == "progress":
        number = show_progress(dispatcher, turn, followed)
    elif turn.act == "withdraw":
        number = withdraw(dispatcher, turn, followed)
    else:
        number = supplement(dispatcher, turn, followed)
    return [SlotSet("followed", number)] if number else []
