"""A reporter's own tickets: progress, additions, withdrawal. The edge has checked the receipt."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.replies import say
from actions.services import services
from actions.turn import Turn, read_turn
from complaints.handling import Actor, act, supplement_ticket, ticket_by_number
from complaints.lifecycle import Action, NotAllowed, Role
from complaints.reporter_view import progress
from complaints.workdays import utc_now

Events = list[dict[str, Any]]

_ASK_RECEIPT = "请把 16 位查询码发给我（举报成功时给您的那一串数字）。"
_REPORTER = Actor("reporter", Role.REPORTER)


class ActionShowProgress(SafeAction):
    """Shows where a ticket stands."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_show_progress"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Show the ticket of the receipt that came with the message."""
        number = show_progress(dispatcher, read_turn(tracker))
        return [SlotSet("followed", number)] if number else []


class ActionSupplement(SafeAction):
    """Adds what a reporter says to the ticket."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_supplement"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add the text to the ticket that this conversation follows."""
        turn = read_turn(tracker)
        number = turn.metadata.get("ticket") or tracker.slots.get("followed")
        if number is None:
            say(dispatcher, f"想补充已提交的举报，{_ASK_RECEIPT}")
            return []
        try:
            with services().storage.write() as session:
                supplement_ticket(session, number, turn.text.replace("〔查询码〕", ""), utc_now())
        except NotAllowed as refused:
            say(dispatcher, str(refused))
        else:
            say(dispatcher, "已补充到您的工单里，承办单位会看到。")
        return [SlotSet("followed", number)]


class ActionWithdraw(SafeAction):
    """Withdraws a ticket, after asking once."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_withdraw"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask first, withdraw when the button says so."""
        number = withdraw(dispatcher, read_turn(tracker), tracker.slots.get("followed"))
        return [SlotSet("followed", number)] if number else []


def show_progress(dispatcher: CollectingDispatcher, turn: Turn) -> str | None:
    """Say the progress of the ticket that the edge found; returns its number."""
    if turn.metadata.get("receipt") == "wrong":
        say(dispatcher, "没有查到这个查询码，请核对 16 位数字后再试。")
        return None
    if turn.metadata.get("receipt") == "wait":
        seconds = turn.metadata["wait_seconds"]
        say(dispatcher, f"查询码输错次数较多，请 {seconds} 秒后再试。")
        return None
    number = turn.metadata.get("ticket")
    if not number:
        say(dispatcher, _ASK_RECEIPT)
        return None
    with services().storage.read() as session:
        shown = progress(session, number, services().rules.city)
    lines = [
        f"工单 {shown.number}（{shown.kind}）：{shown.state}",
        f"办理单位：{shown.lead_name}",
        *(f"· {line}" for line in shown.history),
    ]
    if shown.is_open:
        day = shown.promised_on
        lines.append(f"答复时间：{day.year}年{day.month}月{day.day}日前")
    say(dispatcher, "\n".join(lines))
    return str(number)


def withdraw(dispatcher: CollectingDispatcher, turn: Turn, followed: str | None) -> str | None:
    """Ask whether to withdraw, or do it when the button was pressed; returns the number."""
    number = turn.metadata.get("ticket") or followed
    if number is None:
        say(dispatcher, f"想撤回已提交的举报，{_ASK_RECEIPT}")
        return None
    if not turn.choice.get("confirmed"):
        say(
            dispatcher,
            f"确定撤回工单 {number} 吗？撤回后不再办理。",
            buttons=[("确定撤回", '/withdraw{"confirmed": true}'), ("先不撤", "/deny")],
        )
        return number
    try:
        with services().storage.write() as session:
            act(session, ticket_by_number(session, number), Action.WITHDRAW, _REPORTER, utc_now())
    except NotAllowed as refused:
        say(dispatcher, str(refused))
    else:
        say(dispatcher, f"工单 {number} 已撤回。")
    return number
