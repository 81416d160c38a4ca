"""A person instead of the bot; and what the bot says when it understood only half."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.policy import follow_up
from actions.replies import say
from actions.report.draft import cleared
from actions.report.filing import say_again
from actions.report.wording import is_question
from actions.services import services
from actions.turn import Turn, as_heard, read_turn
from complaints.model import Kind

Events = list[dict[str, Any]]

_SHORTEST_CASE = 10  # characters


class ActionHandOver(SafeAction):
    """Names the way to a person."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_hand_over"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say where a person can be reached."""
        hand_over(dispatcher)
        return []


class ActionClarify(SafeAction):
    """Offers the likely meanings of a message that was understood only half."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_clarify"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Keep what was said, so that a button is enough to go on with it."""
        turn = read_turn(tracker)
        if tracker.slots.get("draft"):
            return [FollowupAction("report_form")]
        followed = follow_up(dispatcher, tracker, turn)
        if followed is not None:
            return followed
        if _tells_a_case(turn):
            return [FollowupAction("report_form")]
        about_education = turn.kinds and turn.kinds[0][0] != Kind.NOT_EDUCATION
        if len(turn.text) < 4 or not about_education:
            say(
                dispatcher,
                "抱歉，没太明白。您是想反映问题、问政策，还是查进度？",
                buttons=[("我要举报", "/report"), ("问政策", "/question"), ("查进度", "/progress")],
            )
            return [SlotSet("heard", None)]
        say(
            dispatcher,
            "您是想请人来查处，还是想问规定？",
            buttons=[("请人查处", "/report"), ("只问规定", "/question"), ("转人工", "/human")],
        )
        return [SlotSet("heard", as_heard(turn))]


def _tells_a_case(turn: Turn) -> bool:
    """A plain statement about a sure matter of education: the form takes it and reads it back.

    "某某班每周六上数学课" asks for nothing, yet nobody says it to a complaint desk without reason.
    """
    if len(turn.text) < _SHORTEST_CASE or is_question(turn.text) or not turn.kinds:
        return False
    kind, confidence = turn.kinds[0]
    return kind != Kind.NOT_EDUCATION and confidence >= services().rules.routing.sure_kind


class ActionAffirm(SafeAction):
    """A yes outside of a report: idle, or the confirmation whose answer got lost."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_affirm"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say a filing again when the edge sends its confirmation a second time.

        A report that was left open before a long pause goes on where it was; after an answer that
        something is not allowed, yes takes up the offer to report it.
        """
        if say_again(dispatcher, read_turn(tracker).metadata):
            return []
        if tracker.slots.get("draft") or (tracker.slots.get("consulted") or {}).get("forbidden"):
            return [FollowupAction("report_form")]
        say(dispatcher, "好的。有情况要反映，或者想问规定，直接说就行。")
        return []


class ActionCancel(SafeAction):
    """Drops what was left open before a long pause, or says that there is nothing."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_cancel"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Clear the report."""
        say(dispatcher, "好的，没有提交任何内容。需要时随时再说。")
        return [*(SlotSet(k, v) for k, v in cleared().items()), SlotSet("requested_slot", None)]


def hand_over(dispatcher: CollectingDispatcher) -> None:
    """Say where a person can be reached."""
    say(
        dispatcher,
        "人工服务请拨打 12345（7×24 小时）。您在这里说过的举报内容不会丢，随时可以接着说。",
    )
