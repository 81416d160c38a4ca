"""One turn of the report form.

Rasa calls `validate_report_form` once for each message while the form is open; this action reads
the message, files when the parent confirms, and asks for what is missing itself, so a turn costs
one call. The form stays open until the ticket is written: whatever dies on the way, the parent is
still at the read-back and nothing was promised.
"""

from __future__ import annotations

import uuid
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.interruptions import interrupt
from actions.replies import say
from actions.report.draft import (
    UNKNOWN,
    Draft,
    cleared,
    from_slots,
    missing,
    parties_of,
    to_slots,
)
from actions.report.filing import file_draft
from actions.report.fill import fill
from actions.report.questions import ask, ask_what_to_change
from actions.services import services
from actions.turn import Turn, read_turn
from complaints.regions import City

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
        asked = tracker.slots.get("requested_slot")
        if draft.taken == turn.message_id and turn.act != "affirm":
            return _go_on(dispatcher, draft)
        draft = draft.with_answers(taken=turn.message_id)
        if turn.act == "cancel" and (turn.is_button or _is_cancel(turn, asked)):
            return _cancel(dispatcher)
        if interrupt(dispatcher, tracker, turn, asked):
            return _go_on(dispatcher, draft)
        if asked == "confirm":
            return _at_read_back(dispatcher, draft, turn)
        return _take(dispatcher, draft, turn, asked)

    def after_failure(self, tracker: Tracker) -> Events:
        """Keep the form where it was: without events Rasa would choose a slot of its own."""
        draft = tracker.slots.get("draft")
        if draft is None:
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        asked = tracker.slots.get("requested_slot")
        return [SlotSet("draft", draft), SlotSet("requested_slot", asked)]


def _open(dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events:
    heard = tracker.slots.get("heard")
    if turn.is_button and heard:
        turn = Turn(
            text=heard["text"],
            act="report",
            kinds=tuple(map(tuple, heard["kinds"])),
            entities=tuple(map(tuple, heard["entities"])),
            urgent=turn.urgent or heard["urgent"],
            metadata=turn.metadata,
        )
    draft = Draft(intake_id=uuid.uuid4().hex, taken=turn.message_id)
    events = _take(dispatcher, draft, turn, None)
    return [*events, SlotSet("heard", None)]


def _take(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn, asked: str | None) -> Events:
    rules = services().rules
    filled = fill(draft, turn, asked, rules.city, rules.routing.sure_kind)
    if not filled.understood and asked:
        say(dispatcher, _again(asked))
    return _go_on(dispatcher, filled.draft, asked)


def _go_on(dispatcher: CollectingDispatcher, draft: Draft, asked: str | None = None) -> Events:
    city = services().rules.city
    slot = _next(draft, city, asked)
    if slot == "kind":
        draft = draft.with_answers(kind_asked=draft.kind_asked + 1)
    if slot == "org":
        draft = draft.with_answers(org_asked=draft.org_asked + (draft.org is not None))
    if slot == "place":
        draft = draft.with_answers(place_asked=draft.place_asked + (draft.place is not None))
    ask(dispatcher, slot, draft, city)
    return [*(SlotSet(k, v) for k, v in to_slots(draft).items()), SlotSet("requested_slot", slot)]


def _next(draft: Draft, city: City, asked: str | None) -> str:
    """The next slot: a name that fits several parties and an unknown place are asked once more."""
    parties = parties_of(draft, city)
    if len(parties) > 1 and not draft.org_asked:
        return "org"
    unplaced = draft.place not in (None, UNKNOWN) and not city.find_place(str(draft.place))
    if unplaced and not draft.place_asked and len(parties) != 1:
        return "place"
    return missing(draft, city) or "confirm"


def _at_read_back(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn) -> Events:
    if turn.act == "affirm":
        return _file(dispatcher, draft, turn)
    rules = services().rules
    filled = fill(draft, turn, "confirm", rules.city, rules.routing.sure_kind)
    if filled.understood:
        return _go_on(dispatcher, filled.draft)
    ask_what_to_change(dispatcher)
    return [SlotSet("draft", to_slots(draft)["draft"]), SlotSet("requested_slot", "confirm")]


def _file(dispatcher: CollectingDispatcher, draft: Draft, turn: Turn) -> Events:
    receipt_hash = turn.metadata.get("receipt_hash")
    if not receipt_hash:  # the edge did not know that this message would confirm
        return _go_on(dispatcher, draft)
    file_draft(dispatcher, draft, receipt_hash)
    return [
        *(SlotSet(k, v) for k, v in cleared().items()),
        SlotSet("last_filed", draft.intake_id),
        SlotSet("requested_slot", None),
    ]


def _is_cancel(turn: Turn, asked: str | None) -> bool:
    """Whether words mean to drop the report; "算了，匿名吧" answers how to be reached."""
    if asked in ("anonymous", "contact") and len(turn.text) > 3:
        return False
    return turn.act_confidence >= _CLEAR_CANCEL and len(turn.text) <= 20


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
