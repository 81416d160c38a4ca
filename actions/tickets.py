"""A message about a filed ticket: by its receipt, which the edge has checked, or the one in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import say
from actions.turn import Turn
from complaints.model import Kind
from complaints.protection.receipts import wait_in_words
from complaints.storage.tables import Ticket

Events = list[dict[str, Any]]
Slots = Mapping[str, Any]
Step = Callable[[CollectingDispatcher, Turn, Slots], Events]

ASK_RECEIPT = "请把 16 位查询码发给我（举报成功时给您的那一串数字）。"


def about_a_ticket(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, step: Step
) -> Events:
    """Do `step`, and follow the ticket whose receipt came with this message from now on."""
    if receipt_problem(dispatcher, turn):
        return []
    events = step(dispatcher, turn, tracker.slots)
    return [SlotSet("followed", turn.ticket), *events] if turn.ticket else events


def number_in_sight(turn: Turn, slots: Slots) -> str | None:
    """The ticket of the receipt, or the one that this conversation follows; never a part (拆单)."""
    return turn.ticket or slots.get("followed")


def receipt_problem(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Say what is wrong with the receipt in a message; False when nothing is.

    A wrong receipt must never fall back on the ticket that was looked at before.
    """
    problem = turn.metadata.get("receipt")
    if problem == "wrong":
        say(dispatcher, "没有查到这个查询码，请核对 16 位数字后再试。")
    elif problem == "wait":
        wait = wait_in_words(turn.metadata["wait_seconds"])
        say(dispatcher, f"查询码输错次数较多，请 {wait}后再试。")
    elif problem == "ticket_number":
        say(dispatcher, f"这是工单号，查进度要用查询码。{ASK_RECEIPT}")
    else:
        return False
    return True


def title_of(ticket: Ticket) -> str:
    """A ticket on a button, told apart from its sisters."""
    return f"{Kind(ticket.kind).label}（尾号{ticket.number[-4:]}）"
