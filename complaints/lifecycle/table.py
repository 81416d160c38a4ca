"""The life of a ticket: one table of (state, action) → next state, who may, what must be given.

Every pair that is not in the table is refused. Deadlines and storage are not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a ticket stands."""

    PENDING = "pending"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    RETURN_PENDING = "return_pending"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What people read."""
        return _STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self not in (State.CLOSED, State.WITHDRAWN)


_STATE_LABELS = {
    State.PENDING: "待受理",
    State.DISPATCHED: "已派单",
    State.HANDLING: "办理中",
    State.RETURN_PENDING: "退单待审",
    State.ANSWERED: "已答复待回访",
    State.CLOSED: "已办结",
    State.WITHDRAWN: "已撤回",
}


class Action(StrEnum):
    """What can be done with a ticket."""

    DISPATCH = "dispatch"
    RECLASSIFY = "reclassify"
    SIGN = "sign"
    ANSWER = "answer"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    CLOSE = "close"


class Role(StrEnum):
    """Relation of the actor to the ticket."""

    HOTLINE = "hotline"
    LEAD = "lead"
    CO_HANDLER = "co_handler"
    REPORTER = "reporter"
    SYSTEM = "system"


class NotAllowed(Exception):
    """A transition the table does not have. `code` is stable; the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Transition:
    """What one allowed action does."""

    next_state: State
    role: Role
    needs_text: bool = False


_OPEN_BEFORE_ANSWER = (State.PENDING, State.DISPATCHED, State.HANDLING, State.RETURN_PENDING)
_IN_HOTLINE_HANDS = (State.PENDING, State.RETURN_PENDING, State.DISPATCHED)

TRANSITIONS: dict[tuple[State, Action], Transition] = {
    (State.DISPATCHED, Action.SIGN): Transition(State.HANDLING, Role.LEAD),
    (State.HANDLING, Action.ANSWER): Transition(State.ANSWERED, Role.LEAD, needs_text=True),
    (State.DISPATCHED, Action.RETURN): Transition(State.RETURN_PENDING, Role.LEAD, needs_text=True),
    (State.HANDLING, Action.RETURN): Transition(State.RETURN_PENDING, Role.LEAD, needs_text=True),
    (State.ANSWERED, Action.CLOSE): Transition(State.CLOSED, Role.HOTLINE),
    **{
        (state, Action.DISPATCH): Transition(State.DISPATCHED, Role.HOTLINE)
        for state in _IN_HOTLINE_HANDS
    },
    **{(state, Action.RECLASSIFY): Transition(state, Role.HOTLINE) for state in _IN_HOTLINE_HANDS},
    **{
        (state, Action.SUPPLEMENT): Transition(state, Role.REPORTER, needs_text=True)
        for state in _OPEN_BEFORE_ANSWER
    },
    **{
        (state, Action.WITHDRAW): Transition(State.WITHDRAWN, Role.REPORTER)
        for state in _OPEN_BEFORE_ANSWER
    },
}


def transition(state: State, action: Action, role: Role, text: str | None) -> Transition:
    """The transition of `action` in `state` by `role`.

    Raises NotAllowed with code `wrong_state`, `wrong_role` or `text_required`.
    """
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        raise NotAllowed("wrong_state", f"工单当前状态为“{state.label}”，不能执行这一步。")
    if allowed.role != role:
        raise NotAllowed("wrong_role", "这一步不归本单位办理，请由主办单位或热线操作。")
    if allowed.needs_text and not (text or "").strip():
        raise NotAllowed("text_required", "请写明内容或理由。")
    return allowed
