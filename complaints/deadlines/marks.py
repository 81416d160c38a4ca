"""What the events of a ticket do to the clock of a step.

| step      | begins                                             | ends                             |
|-----------|----------------------------------------------------|----------------------------------|
| answer    | filed, redone, reopened, taken out of a merge      | answered, closed, refused, …     |
| accept    | the same, where the ticket then waits to be taken on | accepted or sent, refused, …   |
| sign      | sent to an office (派单、指定、移交、提级、驳回退单) | signed, returned, …              |
| arbitrate | returned (退单)                                    | decided, sent, refused, …        |
| call_back | answered                                           | called back, closed, taken up    |

Only the answer's clock stands still in a pause (待补充), which ends when another office gets the
ticket, and can be extended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from complaints.deadlines.clock import Mark, What
from complaints.lifecycle.states import Action, State
from complaints.workdays import midnight

Watched = Literal["answer", "accept", "sign", "arbitrate", "call_back"]
"""The steps whose clock follows from a ticket's events."""


class TicketEvent(Protocol):
    """What is read of an event; `state` is the ticket's state after it."""

    @property
    def at(self) -> datetime:
        """When it happened, with its zone."""

    @property
    def action(self) -> str:
        """An action of the life cycle, or `file`."""

    @property
    def state(self) -> str:
        """The state after it."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was given with it."""


@dataclass(frozen=True)
class _Watch:
    """What begins and ends a step; `freezes` tells whether a pause stops its clock."""

    begins: Callable[[TicketEvent], bool]
    ends: frozenset[str]
    freezes: bool = False


_FILE = "file"
_ANEW = frozenset({_FILE, Action.REDO, Action.REOPEN, Action.SPLIT})
_SENT = frozenset({Action.DISPATCH, Action.DESIGNATE, Action.TRANSFER, Action.ESCALATE})
_OVER = frozenset({Action.CLOSE, Action.WITHDRAW, Action.REJECT, Action.MERGE})


def _waits_to_be_signed(event: TicketEvent) -> bool:
    if event.action == Action.ARBITRATE:
        return event.facts.get("decision") == "refused"
    return event.action in _SENT or (event.action in _ANEW and event.state == State.DISPATCHED)


_WATCHES: Mapping[Watched, _Watch] = {
    "answer": _Watch(lambda event: event.action in _ANEW, _OVER | {Action.ANSWER}, freezes=True),
    "accept": _Watch(
        lambda event: event.action in _ANEW and event.state == State.PENDING,
        _OVER | _SENT | {Action.ACCEPT, Action.ANSWER},
    ),
    "sign": _Watch(_waits_to_be_signed, _OVER | {Action.SIGN, Action.RETURN, Action.ANSWER}),
    "arbitrate": _Watch(
        lambda event: event.action == Action.RETURN, _OVER | _SENT | {Action.ARBITRATE}
    ),
    "call_back": _Watch(
        lambda event: event.action == Action.ANSWER,
        _OVER | {Action.CALL_BACK, Action.REDO, Action.REOPEN},
    ),
}
_FREEZING: Mapping[str, What] = {
    Action.PAUSE: "pause",
    Action.RESUME: "resume",
    Action.EXTEND: "extend",
}


def marks_of(events: Iterable[TicketEvent], step: Watched = "answer") -> tuple[Mark, ...]:
    """The marks on a step's clock, from a ticket's events in the order of time.

    Raises ValueError for an event whose time has no zone.
    """
    watch = _WATCHES[step]
    marks: list[Mark] = []
    running = False
    for event in events:
        what = _mark(watch, event, running)
        if what is None:
            continue
        running = what != "stop"
        workdays = int(event.facts.get("workdays", 0)) if what == "extend" else 0
        marks.append(Mark(_began(event) if what == "start" else event.at, what, workdays))
    return tuple(marks)


def _began(event: TicketEvent) -> datetime:
    """From when a clock counts that begins with an event: whoever takes the place of a withdrawn
    main ticket (并单) goes on with what was left of its time."""
    since = event.facts.get("since")
    return midnight(date.fromisoformat(since)) if since else event.at


def _mark(watch: _Watch, event: TicketEvent, running: bool) -> What | None:
    if event.action in watch.ends:
        return "stop" if running else None
    if watch.begins(event):
        # 拆单 is two things: taken out of a merge, where no clock runs, and one matter of two
        # made a ticket of its own, which changes nothing for the one that stays.
        return None if running and event.action == Action.SPLIT else "start"
    if not watch.freezes or not running:
        return None
    if event.action == Action.SUPPLEMENT and event.state == State.HANDLING:
        return "resume"  # changes nothing unless the ticket was paused
    if event.action in _SENT:
        return "moved"
    return _FREEZING.get(event.action)
