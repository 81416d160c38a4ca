"""One turn of the report form.

Rasa calls `validate_report_form` once for each message while the form is open; this action reads
the message, files when the parent confirms, and asks for what is missing itself, so a turn costs
one call. The form stays open until the ticket is written: whatever dies on the way, the parent is
still at the read-back and nothing was promised.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.interruptions import interrupt
from actions.policy import follow_up, judge_first
from actions.replies import say
from actions.report.deciding import ASKED, answered, not_understood, question_for
from actions.report.draft import (
    UNKNOWN,
    Draft,
    cleared,
    from_slots,
    is_which_unclear,
    missing,
    parties_of,
    to_slots,
)
from actions.report.filing import file_draft, say_again
from actions.report.fill import fill
from actions.report.kind import named_kind
from actions.report.questions import (
    READ_BACK_BUTTONS,
    ask,
    ask_what_to_change,
    ask_whether_to_drop,
)
from actions.report.wording import (
    asks_for_judgement,
    is_clear_yes,
    is_dropped,
    is_not_yet,
    wishes_to_report,
)
from actions.services import services
from actions.turn import Turn, read_turn, restored
from complaints.reporter.pupils import pupil_words

Events = list[dict[str, Any]]

_CLEAR_CANCEL = 0.5


class ValidateReportForm(SafeAction):
    """Takes a message into the report."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "validate_report_form"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Read the message, act on it, ask for the next thing."""
        turn = read_turn(tracker)
        draft = from_slots(tracker.slots)
        if draft is None:
            return _open(dispatcher, tracker, turn)
        asked = tracker.slots.get("requested_slot") or _next(draft)
        turn = _as_button(turn, asked)
        if draft.taken == turn.message_id and turn.act != "affirm":
            return _ask(dispatcher, draft, asked)
        draft = draft.with_answers(taken=turn.message_id)
        if _is_cancel(turn, asked):
            return _cancel(dispatcher)
        return _go_on(dispatcher, tracker, _about_the_writer(dispatcher, draft, turn), turn, asked)

    def after_failure(self, tracker: Tracker) -> Events:
        """Keep the form where it was: without events Rasa would choose a slot of its own."""
        draft = tracker.slots.get("draft")
        if draft is None:
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        asked = tracker.slots.get("requested_slot")
        return [SlotSet("draft", draft), SlotSet("requested_slot", asked)]


def _open(dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
    answered = _only_a_question(dispatcher, tracker, turn)
    if answered is not None:
        return [*answered, ActiveLoop(None), SlotSet("requested_slot", None)]
    heard = tracker.slots.get("heard") if turn.is_button else None
    said = heard or _told_in_a_question(turn, tracker.slots.get("consulted"))
    if said:
        turn = replace(restored(turn, said), choice={})
    draft = Draft(intake_id=uuid.uuid4().hex, taken=turn.message_id)
    draft = _about_the_writer(dispatcher, draft, turn)
    events = _take(dispatcher, draft, turn, None)
    return [*events, SlotSet("heard", None), SlotSet("consulted", None)]


def _about_the_writer(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn) -> Draft:
    """Note what was taken out of a message; a pupil is told kindly that nothing more is needed."""
    draft = draft.with_answers(told=(*draft.told, *turn.told))
    if not turn.pupil or draft.pupil:
        return draft
    say(dispatcher, pupil_words(in_danger=turn.urgent))
    return draft.with_answers(pupil=True, anonymous=True)


def _only_a_question(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn
) -> Events | None:
    """The answer to what the model took for a report: 那收费呢, or a case that ends in 违规吗."""
    if turn.is_button or wishes_to_report(turn.text):
        return None
    if asks_for_judgement(turn.text):
        return judge_first(dispatcher, turn)
    return follow_up(dispatcher, tracker, turn)


def _told_in_a_question(turn: Turn, consulted: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a question told whose answer offered this report: by its button, a yes, a bare wish."""
    if not consulted:
        return None
    if turn.choice.get("consulted"):
        return dict(consulted["said"])
    wished = turn.act == "affirm" or wishes_to_report(turn.text)
    return dict(consulted["said"]) if consulted["forbidden"] and wished else None


def _go_on(
    dispatcher: CollectingDispatcher, tracker: Tracker, draft: Draft, turn: Turn, asked: str
) -> Events:
    """A message within an open report."""
    if turn.act == "withdraw" and not (turn.ticket or tracker.slots.get("followed")):
        ask_whether_to_drop(dispatcher, asked)
        return _keep(draft, asked)
    rules = services().rules
    told = answered(draft, turn, asked, rules.city, rules.routing)
    if told:
        return _ask(dispatcher, told, _next(told))
    names_a_kind = asked == "kind" and named_kind(turn.text, draft.kinds_offered)
    aside = None if names_a_kind else interrupt(dispatcher, tracker, turn, asked)
    if aside is not None:
        return [*_ask(dispatcher, draft, asked), *aside]
    if turn.choice.get("go_on"):
        return _ask(dispatcher, draft, asked)
    if asked == "confirm":
        return _at_read_back(dispatcher, draft, turn)
    return _take(dispatcher, draft, turn, asked)


def _take(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn, asked: str | None) -> Events:
    rules = services().rules
    filled = fill(draft, turn, asked, rules.city, rules.routing.sure_kind)
    if not filled.understood and asked:
        say(dispatcher, _again(asked))
    draft = filled.draft
    if asked == ASKED and not filled.understood:
        draft = not_understood(draft, rules.city, rules.routing)
    slot = _next(draft)
    counted = {"kind": "kind_asked", "org": "org_asked", "place": "place_asked"}.get(slot)
    if counted and (slot == "kind" or getattr(draft, slot) is not None):
        draft = draft.with_answers(**{counted: getattr(draft, counted) + 1})
    return _ask(dispatcher, draft, slot)


def _ask(dispatcher: CollectingDispatcher, draft: Draft, slot: str) -> Events:
    rules = services().rules
    if slot == ASKED and question_for(draft, rules.city, rules.routing) is None:
        slot = _next(draft)
    ask(dispatcher, slot, draft, rules.city, rules.routing)
    return _keep(draft, slot)


def _keep(draft: Draft, slot: str) -> Events:
    return [*(SlotSet(k, v) for k, v in to_slots(draft).items()), SlotSet("requested_slot", slot)]


def _next(draft: Draft) -> str:
    """The next slot: an unclear name and an unknown place are asked once more.

    What decides who handles it is asked when the report itself is told, before how to be reached.
    """
    rules = services().rules
    city = rules.city
    if not draft.org_asked and is_which_unclear(draft, city):
        return "org"
    unplaced = draft.place not in (None, UNKNOWN) and not city.find_place(str(draft.place))
    if unplaced and not draft.place_asked and len(parties_of(draft, city)) != 1:
        return "place"
    return ASKED if question_for(draft, city, rules.routing) else missing(draft, city) or "confirm"


def _at_read_back(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn) -> Events:
    """Filed is only what is clearly confirmed; anything else changes the draft or is asked back."""
    if turn.act == "affirm" and (turn.is_button or is_clear_yes(turn.text)):
        return _file(dispatcher, draft, turn)
    if not turn.is_button and is_not_yet(turn.text):
        say(dispatcher, "好的，还没有提交。想好了再点“确认提交”，要改哪里直接说。", asks="confirm")
        return _keep(draft, "confirm")
    if turn.act == "deny" and turn.is_button:
        ask_what_to_change(dispatcher, draft)
        return _keep(draft, "confirm")
    rules = services().rules
    filled = fill(draft, turn, "confirm", rules.city, rules.routing.sure_kind)
    if filled.understood:
        return _ask(dispatcher, filled.draft, _next(filled.draft))
    ask_what_to_change(dispatcher, draft)
    return _keep(draft, "confirm")


def _file(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn) -> Events:
    if say_again(dispatcher, turn.metadata):  # it filed an earlier report; this one still waits
        return _ask(dispatcher, draft, "confirm")
    receipt_hash = turn.metadata.get("receipt_hash")
    if not receipt_hash:  # the edge did not know that this message would confirm
        return _ask(dispatcher, draft, "confirm")
    number = file_draft(dispatcher, draft, receipt_hash, turn.sender)
    return [
        *(SlotSet(k, v) for k, v in cleared().items()),
        SlotSet("followed", number),
        SlotSet("requested_slot", None),
    ]


def _as_button(turn: Turn, asked: str) -> Turn:
    """A typed title of a button at the read-back means what the button means."""
    act = READ_BACK_BUTTONS.get(turn.text.strip("。！! ")) if asked == "confirm" else None
    return replace(turn, act=act, is_button=True) if act and not turn.is_button else turn


def _is_cancel(turn: Turn, asked: str) -> bool:
    """Whether the report is to be dropped; "算了，匿名吧" answers how to be reached."""
    if turn.is_button:
        return turn.act == "cancel"
    if is_dropped(turn.text):
        return True
    if asked in ("anonymous", "contact", ASKED):
        return False
    sure = turn.act == "cancel" and turn.act_confidence >= _CLEAR_CANCEL
    return sure and len(turn.text) <= 20


def _cancel(dispatcher: CollectingDispatcher) -> Events:
    say(dispatcher, "好的，已取消，没有提交任何内容。以后想反映，随时再来。")
    return [
        *(SlotSet(k, v) for k, v in cleared().items()),
        ActiveLoop(None),
        SlotSet("requested_slot", None),
    ]


def _again(asked: str) -> str:
    if asked == "detail":
        return "还需要一句话说明发生了什么，才能登记。"
    if asked == "contact":
        return "没有认出手机号。"
    return "抱歉，没太明白。"
