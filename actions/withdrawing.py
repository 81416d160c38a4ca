"""A reporter takes a ticket back (撤回), or one of its parts: asked once, then done."""

from __future__ import annotations

import json

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.replies import Button, say
from actions.services import services
from actions.tickets import ASK_RECEIPT, Events, Slots, about_a_ticket, number_in_sight, title_of
from actions.turn import Turn, read_turn
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.parts import parent_of_all
from complaints.lifecycle.reporting import may_withdraw, to_withdraw, withdraw_ticket
from complaints.lifecycle.table import NotAllowed
from complaints.storage.tables import Ticket
from complaints.workdays import utc_now

_LEAVE: Button = ("先不撤", "/keep")


class ActionWithdraw(SafeAction):
    """Withdraws a ticket, after asking once."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_withdraw"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask first, withdraw when the button says so."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), withdraw)


def withdraw(dispatcher: CollectingDispatcher, turn: Turn, slots: Slots) -> Events:
    """Ask which one and whether to withdraw it, or do it when that was confirmed.

    A button names the ticket it was shown for, whatever was looked at since.
    """
    chosen = turn.choice.get("ticket")
    number = chosen or number_in_sight(turn, slots)
    if number is None:
        say(dispatcher, f"想撤回已提交的举报，{ASK_RECEIPT}")
    elif chosen and turn.choice.get("sure"):
        _take_back(dispatcher, str(number))
    else:
        with services().storage.read() as session:
            ticket = ticket_by_number(session, str(number))
            left = to_withdraw(session, ticket)
            if chosen:
                left = [ticket] if may_withdraw(session, ticket) else []
        _ask(dispatcher, str(number), left)
    return []


def withdraw_button(number: str) -> str:
    """The payload of the button that asks whether to withdraw this ticket."""
    return f"/withdraw{json.dumps({'ticket': number})}"


def _ask(dispatcher: CollectingDispatcher, number: str, left: list[Ticket]) -> None:
    if not left:
        say(dispatcher, _too_late(number))
    elif len(left) == 1:
        sure = f"/withdraw{json.dumps({'ticket': left[0].number, 'sure': True})}"
        text = f"确定撤回工单 {left[0].number} 吗？撤回后不再办理。"
        say(dispatcher, text, buttons=[("确定撤回", sure), _LEAVE])
    else:
        which = [(title_of(ticket), withdraw_button(ticket.number)) for ticket in left]
        say(dispatcher, "要撤回哪一件？其他的照常办理。", buttons=[*which, _LEAVE])


def _take_back(dispatcher: CollectingDispatcher, number: str) -> None:
    try:
        with services().storage.write() as session:
            ticket = withdraw_ticket(session, number, services().rules, utc_now())
            others = to_withdraw(session, parent_of_all(session, ticket))
    except NotAllowed:
        say(dispatcher, _too_late(number))
        return
    rest = "".join(f"工单 {other.number} 照常办理，仍用原来的查询码查看。" for other in others)
    say(dispatcher, f"工单 {number} 已撤回。{rest}")


def _too_late(number: str) -> str:
    return f"工单 {number} 已经答复、办结或撤回过，不用再撤了。"
