"""What a parent may say in the middle of a report without leaving it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import hand_over
from actions.policy import answer_policy
from actions.replies import say
from actions.status import show_progress, withdraw
from actions.turn import Turn

_SURE = 0.6
_LONGEST_QUESTION = 40


def interrupt(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, asked: str | None
) -> bool:
    """Answer a message that is not about the report itself; False when it is.

    A long text is a story even when it sounds like a question, and so is anything that answers
    the question what happened.
    """
    if turn.is_button and turn.act not in ("progress", "withdraw", "human", "question"):
        return False
    if turn.act_confidence < _SURE:
        return False
    if turn.act == "progress":
        show_progress(dispatcher, turn)
    elif turn.act == "withdraw" and asked != "confirm":
        withdraw(dispatcher, turn, tracker.slots.get("followed"))
    elif turn.act == "human":
        hand_over(dispatcher)
    elif turn.act == "question" and _is_aside(turn, asked):
        answer_policy(dispatcher, turn)
    elif turn.act in ("greeting", "thanks") and len(turn.text) <= 8:
        say(dispatcher, "您好。" if turn.act == "greeting" else "不客气。")
    else:
        return False
    return True


def _is_aside(turn: Turn, asked: str | None) -> bool:
    return len(turn.text) <= _LONGEST_QUESTION and asked != "contact"
