"""A reporter adds to a ticket (补充), or to the part of it that is meant."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.base import SafeAction
from actions.replies import say
from actions.services import services
from actions.tickets import ASK_RECEIPT, Events, Slots, about_a_ticket, number_in_sight, title_of
from actions.turn import Turn, read_turn
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.parts import parent_of_all, with_parts
from complaints.lifecycle.reporting import may_add, supplement_ticket, to_add_to
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from complaints.protection.contacts import RECEIPT_MARK
from complaints.storage.tables import Ticket
from complaints.workdays import utc_now

_ASKS = "supplement"
"""What is asked for; the edge gives the next message as an addition."""
_SAYS_NOTHING = re.compile(
    r"(我想|我要|再|我)*(补充|追加)(一下|说明|材料|一点|情况)*[吧。，,：:！!\s]*"
)


class ActionSupplement(SafeAction):
    """Adds what a reporter says to the ticket."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_supplement"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add the text to the ticket that this conversation follows."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), supplement)


@dataclass(frozen=True)
class _Said:
    """What is to be added; `told` refers to the sealed original where something was taken out."""

    text: str
    told: Sequence[str] = ()


def supplement(dispatcher: CollectingDispatcher, turn: Turn, slots: Slots) -> Events:
    """Add what was said to the ticket that is meant.

    The slot `adding` keeps for which one a button was pressed, or what was said before it was clear.
    """
    kept = slots.get("adding") or {}
    chosen = turn.choice.get("ticket")
    if chosen and kept.get("said"):
        return _add(dispatcher, str(chosen), _Said(**kept["said"]))
    if chosen:
        return _wait_for_words(dispatcher, str(chosen), slots)
    number = number_in_sight(turn, slots)
    if number is None:
        say(dispatcher, f"想补充已提交的举报，{ASK_RECEIPT}")
        return []
    text = turn.text.replace(RECEIPT_MARK, "").strip()
    if not text or _SAYS_NOTHING.fullmatch(text):
        say(dispatcher, "要补充什么？请直接说，例如“他们周日晚上也上课”。", asks=_ASKS)
        return []
    said = _Said(text.strip("，,。 "), turn.told)
    with services().storage.read() as session:
        meant = _meant(session, number, None if turn.ticket else kept.get("ticket"))
    if len(meant) > 1:
        return _ask_which(dispatcher, meant, said)
    return _add(dispatcher, meant[0].number if meant else number, said)


def supplement_button(number: str) -> str:
    """The payload of the button that asks what is to be added to this ticket."""
    return f"/supplement{json.dumps({'ticket': number})}"


def _meant(session: Session, number: str, pinned: str | None) -> list[Ticket]:
    """For which tickets the words may be meant: the one whose button was pressed, while it goes."""
    ticket = ticket_by_number(session, number)
    for each in with_parts(session, ticket):
        if each.number == pinned and may_add(session, each):
            return [each]
    return to_add_to(session, ticket)


def _wait_for_words(dispatcher: CollectingDispatcher, number: str, slots: Slots) -> Events:
    if slots.get("draft"):
        say(dispatcher, f"您正在填另一份举报。请先提交或取消它，再查进度，给工单 {number} 补充。")
        return []
    text = f"请直接说要补充到工单 {number} 的情况；有照片等材料，也可以现在传。"
    say(dispatcher, text, asks=_ASKS)
    return [SlotSet("adding", {"ticket": number})]


def _ask_which(dispatcher: CollectingDispatcher, meant: list[Ticket], said: _Said) -> Events:
    buttons = [(title_of(ticket), supplement_button(ticket.number)) for ticket in meant]
    say(dispatcher, "这是补充哪一件的？", buttons=buttons)
    return [SlotSet("adding", {"said": {"text": said.text, "told": list(said.told)}})]


def _add(dispatcher: CollectingDispatcher, number: str, said: _Said) -> Events:
    try:
        with services().storage.write() as session:
            rules, now = services().rules, utc_now()
            ticket = supplement_ticket(session, number, said.text, rules, now, told=said.told)
            named = _named(session, ticket)
    except NotAllowed:
        say(dispatcher, f"工单 {number} 已经答复或结束，不能再补充；有新情况可以重新举报。")
        return [SlotSet("adding", None)]
    say(dispatcher, f"已补充到工单 {named}，承办单位会看到。")
    return [SlotSet("adding", {"ticket": number})]


def _named(session: Session, ticket: Ticket) -> str:
    """The number, and what it is about where there are several."""
    alone = len(with_parts(session, parent_of_all(session, ticket))) == 1
    return ticket.number if alone else f"{ticket.number}（{Kind(ticket.kind).label}）"
