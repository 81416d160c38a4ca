"""How a reporter's ticket stands, and each part that was split off it (拆单), with its buttons."""

from __future__ import annotations

from collections.abc import Iterator

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.adding import supplement_button
from actions.base import SafeAction
from actions.feedback import feedback_button
from actions.replies import Button, say
from actions.services import services
from actions.tickets import ASK_RECEIPT, Events, Slots, about_a_ticket, number_in_sight
from actions.turn import Turn, read_turn
from actions.withdrawing import withdraw_button
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.parts import with_parts
from complaints.lifecycle.states import Role
from complaints.protection.readings import note_reading
from complaints.reporter.history import day_name
from complaints.reporter.view import Can, Progress, progress
from complaints.workdays import utc_now


class ActionShowProgress(SafeAction):
    """Shows where a ticket stands."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_show_progress"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Show the ticket of the receipt, or the one this conversation follows."""
        return about_a_ticket(dispatcher, tracker, read_turn(tracker), show_progress)


def show_progress(dispatcher: CollectingDispatcher, turn: Turn, slots: Slots) -> Events:
    """Say how a ticket and its parts stand, a bubble each."""
    number = number_in_sight(turn, slots)
    if number is None:
        say(dispatcher, ASK_RECEIPT)
        return []
    with services().storage.write() as session:
        shown = progress(session, number, services().rules, utc_now())
        read = [each.id for each in with_parts(session, ticket_by_number(session, number))]
        note_reading(session, read, Role.REPORTER, "reporter", "receipt", utc_now())
    _show(dispatcher, shown, "工单")
    for part in _parts(shown):
        _show(dispatcher, part, "另立工单", several=True)
    return [SlotSet("adding", None)]


def _parts(shown: Progress) -> Iterator[Progress]:
    for part in shown.parts:
        yield part
        yield from _parts(part)


def _show(
    dispatcher: CollectingDispatcher, shown: Progress, called: str, *, several: bool = False
) -> None:
    lines = [
        f"{called} {shown.number}（{shown.kind}）：{shown.state}",
        f"办理单位：{shown.lead_name}",
        *(f"· {line}" for line in shown.history),
    ]
    if shown.promise_note:
        lines.append(shown.promise_note)
    elif shown.is_owed:
        lines.append(f"答复时间：{day_name(shown.promised_on)}前")
    buttons = list(_buttons(shown, several=several or bool(shown.parts)))
    say(dispatcher, "\n".join(lines), buttons=buttons)


def _buttons(shown: Progress, *, several: bool) -> Iterator[Button]:
    """What can be pressed under one ticket; each button names it, whatever is looked at later."""
    if shown.is_asked:
        yield "补充情况", supplement_button(shown.number)
    if Can.FEEDBACK in shown.can:
        yield "评价这次答复", feedback_button(shown.number)
    if several and Can.WITHDRAW in shown.can:  # of a single one it is said
        yield "撤回这一件", withdraw_button(shown.number)
