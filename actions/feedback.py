"""After an answer: three questions to the reporter, one button each; and following a known case."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.replies import say
from actions.services import services
from actions.turn import read_turn
from complaints.duplicates.offer import offer_to_follow
from complaints.duplicates.search import candidate_of
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.merging import follow_case
from complaints.lifecycle.table import NotAllowed
from complaints.reporter.feedback import give_feedback
from complaints.storage.tables import Ticket
from complaints.workdays import utc_now

Events = list[dict[str, Any]]

_JOINED = "好的，已和在办的工单一起跟进。您的工单号和查询码不变，有结果一样告诉您。"

_QUESTIONS = (
    ("reached", "承办单位联系过您吗？", ("联系过", "没有联系")),
    ("solved", "反映的事情解决了吗？", ("解决了", "没有解决")),
    ("satisfied", "对办理满意吗？", ("满意", "不满意")),
)


class ActionFeedback(SafeAction):
    """Asks the three questions, one after the other, and notes the answers."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_feedback"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask the next question, or note all three; the buttons carry what was answered."""
        judge(dispatcher, read_turn(tracker).choice)
        return []


class ActionFollow(SafeAction):
    """The reporter follows a case that is on its way already."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_follow"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Join the reporter's ticket to the known one."""
        follow(dispatcher, read_turn(tracker).choice)
        return []


def judge(dispatcher: CollectingDispatcher, choice: dict[str, Any]) -> None:
    """Ask what is not answered yet in `choice`, else note the judgement."""
    for name, question, (yes, no) in _QUESTIONS:
        if name not in choice:
            buttons = [(yes, _button(choice, name, "yes")), (no, _button(choice, name, "no"))]
            say(dispatcher, question, buttons=buttons, asks="feedback")
            return
    reached, solved, satisfied = (choice[name] == "yes" for name, _, _ in _QUESTIONS)
    try:
        with services().storage.write() as session:
            given = give_feedback(
                session,
                str(choice["ticket"]),
                reached,
                solved,
                satisfied,
                services().rules,
                utc_now(),
            )
    except NotAllowed as refused:
        say(dispatcher, str(refused))
    else:
        say(dispatcher, given.text)


def follow(dispatcher: CollectingDispatcher, choice: dict[str, Any]) -> None:
    """Join one's own ticket to the one that it is like; the receipt stays the reporter's own."""
    rules = services().rules
    with services().storage.write() as session:
        ticket = ticket_by_number(session, str(choice["ticket"]))
        offer = offer_to_follow(session, candidate_of(ticket), rules)
        main = session.get(Ticket, offer.ticket_id) if offer else None
        joined = main is not None and follow_case(session, ticket, main, rules, utc_now())
    say(dispatcher, _JOINED if joined else "您的工单照常单独办理。")


def offer_known_case(dispatcher: CollectingDispatcher, number: str) -> None:
    """Offer to follow the case that several have told of already; see `duplicates.offer`."""
    with services().storage.read() as session:
        ticket = ticket_by_number(session, number)
        offer = offer_to_follow(session, candidate_of(ticket), services().rules)
    if offer:
        text = f"{offer.text}要和它一起跟进吗？不选也会照常办理。"
        say(dispatcher, text, buttons=[("一起跟进", follow_button(number))])


def feedback_button(number: str) -> str:
    """The payload of the button that begins the three questions."""
    return f"/feedback{json.dumps({'ticket': number})}"


def follow_button(number: str) -> str:
    """The payload of the button that joins a ticket to the known one."""
    return f"/follow{json.dumps({'ticket': number})}"


def _button(choice: dict[str, Any], name: str, value: str) -> str:
    return f"/feedback{json.dumps({**choice, name: value})}"
