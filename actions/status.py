"""A reporter's own tickets: progress, additions, withdrawal. The edge has checked the receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.feedback import feedback_button
from actions.replies import say
from actions.services import services
from actions.turn import Turn, read_turn
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.reporting import may_withdraw, supplement_ticket, withdraw_ticket
from complaints.lifecycle.states import Role
from complaints.lifecycle.table import NotAllowed
from complaints.protection.readings import note_reading
from complaints.protection.receipts import wait_in_words
from complaints.reporter.view import Can, progress
from complaints.workdays import utc_now

Events = list[dict[str, Any]]

_ASK_RECEIPT = "请把 16 位查询码发给我（举报成功时给您的那一串数字）。"
_MASKED = re.compile(r"〔[^〕]*〕")
_SAYS_NOTHING = re.compile(
    r"(我想|我要|再|我)*(补充|追加)(一下|说明|材料|一点|情况)*[吧。，,：:！!\s]*"
)


class ActionShowProgress(SafeAction):
    """Shows where a ticket stands."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_show_progress"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Show the ticket of the receipt, or the one this conversation follows."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), show_progress)


class ActionSupplement(SafeAction):
    """Adds what a reporter says to the ticket."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_supplement"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Add the text to the ticket that this conversation follows."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), supplement)


class ActionWithdraw(SafeAction):
    """Withdraws a ticket, after asking once."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_withdraw"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask first, withdraw when the button says so."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), withdraw)


_Step = Callable[[CollectingDispatcher, Turn, str | None], str | None]


def about_a_ticket(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, step: _Step
) -> Events:
    """Do `step` on the ticket of this turn or conversation, and follow that ticket from now on."""
    if receipt_problem(dispatcher, turn):
        return []
    number = step(dispatcher, turn, tracker.slots.get("followed"))
    return [SlotSet("followed", number)] if number else []


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
        say(dispatcher, f"这是工单号，查进度要用查询码。{_ASK_RECEIPT}")
    else:
        return False
    return True


def show_progress(dispatcher: CollectingDispatcher, turn: Turn, followed: str | None) -> str | None:
    """Say how a ticket stands; returns its number, or None when it is not known which one."""
    number = turn.ticket or followed
    if number is None:
        say(dispatcher, _ASK_RECEIPT)
        return None
    with services().storage.write() as session:
        shown = progress(session, number, services().rules, utc_now())
        read = ticket_by_number(session, number).id
        note_reading(session, [read], Role.REPORTER, "reporter", "receipt", utc_now())
    lines = [
        f"工单 {shown.number}（{shown.kind}）：{shown.state}",
        f"办理单位：{shown.lead_name}",
        *(f"· {line}" for line in shown.history),
    ]
    if shown.promise_note:
        lines.append(shown.promise_note)
    elif shown.is_owed:
        day = shown.promised_on
        lines.append(f"答复时间：{day.year}年{day.month}月{day.day}日前")
    lines += [f"· 另立工单 {part.number}（{part.kind}）：{part.state}" for part in shown.parts]
    judge = [("评价这次答复", feedback_button(number))] if Can.FEEDBACK in shown.can else []
    say(dispatcher, "\n".join(lines), buttons=judge)
    return number


def supplement(dispatcher: CollectingDispatcher, turn: Turn, followed: str | None) -> str | None:
    """Add what was said to a ticket; returns its number."""
    number = turn.ticket or followed
    if number is None:
        say(dispatcher, f"想补充已提交的举报，{_ASK_RECEIPT}")
        return None
    text = _MASKED.sub("", turn.text) if turn.is_button else turn.text
    if not text or _SAYS_NOTHING.fullmatch(text.strip()):
        say(dispatcher, "要补充什么？请连着说，例如“补充：他们周日晚上也上课”。")
        return number
    try:
        with services().storage.write() as session:
            supplement_ticket(
                session,
                number,
                text.strip("，,。 "),
                services().rules,
                utc_now(),
                told=[ref for ref in (turn.metadata.get("told_ref"),) if ref],
            )
    except NotAllowed:
        say(dispatcher, f"工单 {number} 已经答复或结束，不能再补充；有新情况可以重新举报。")
    else:
        say(dispatcher, f"已补充到工单 {number}，承办单位会看到。")
    return number


def withdraw(dispatcher: CollectingDispatcher, turn: Turn, followed: str | None) -> str | None:
    """Ask whether to withdraw, or do it when the button was pressed; returns the number.

    The button names the ticket it was shown for, whatever was looked at since.
    """
    number = turn.choice.get("ticket") or turn.ticket or followed
    if number is None:
        say(dispatcher, f"想撤回已提交的举报，{_ASK_RECEIPT}")
        return None
    with services().storage.read() as session:
        if not may_withdraw(ticket_by_number(session, str(number))):
            say(dispatcher, f"工单 {number} 已经答复、办结或撤回过，不用再撤了。")
            return str(number)
    if not turn.choice.get("ticket"):
        sure = f"/withdraw{json.dumps({'ticket': number})}"
        text = f"确定撤回工单 {number} 吗？撤回后不再办理。"
        say(dispatcher, text, buttons=[("确定撤回", sure), ("先不撤", "/keep")])
        return str(number)
    try:
        with services().storage.write() as session:
            withdraw_ticket(session, number, services().rules, utc_now())
    except NotAllowed:
        say(dispatcher, f"工单 {number} 已经答复、办结或撤回过，不用再撤了。")
    else:
        say(dispatcher, f"工单 {number} 已撤回。")
    return str(number)
