"""The life of a ticket in one table: (state, action) → next state, who may, what must be given.

Every pair that is not in the table is refused. What depends on more than state and role (windows,
counts, conflicts) is decided by the steps beside this module; deadlines in `deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from complaints.lifecycle.states import Action, Role, State


class NotAllowed(Exception):
    """A step that is refused. `code` is stable; the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Transition:
    """What one allowed action does.

    `next_state` depends on the given `decision` where it is a mapping: what the clerk decided, or
    whether a bureau is free to have the ticket. `needs` are the names of what must be given: `text`,
    or a fact.
    """

    next_state: State | Mapping[str, State]
    roles: tuple[Role, ...]
    needs: tuple[str, ...] = ()

    def state_after(self, facts: Mapping[str, Any]) -> State:
        """Where the ticket stands afterwards. Raises NotAllowed for an unknown decision."""
        if isinstance(self.next_state, State):
            return self.next_state
        after = self.next_state.get(str(facts.get("decision")))
        if after is None:
            choices = "、".join(self.next_state)
            raise NotAllowed("decision_required", f"请给出决定：{choices}。")
        return after


S, A, R = State, Action, Role
_HOTLINE, _LEAD, _REPORTER, _SYSTEM = (R.HOTLINE,), (R.LEAD,), (R.REPORTER,), (R.SYSTEM,)
_OFFICE = (R.LEAD, R.CO_HANDLER)
_STAY = None  # the state does not change

_NOT_SENT = (S.PENDING, S.ACCEPTED)
_WITH_BUREAU = (S.DISPATCHED, S.HANDLING)
_OWED = (*_NOT_SENT, S.DISPATCHED, S.RETURN_PENDING, S.HANDLING, S.PAUSED)
_SETTLED = (S.ANSWERED, S.CLOSED)
_WITH_TASKS = (*_OWED, *_SETTLED, S.REJECTED, S.WITHDRAWN)  # 风险提示 outlives its ticket
_DONE_AGAIN = {"bureau": S.HANDLING, "hotline": S.ACCEPTED}
_TAKEN_UP = {"bureau": S.DISPATCHED, "hotline": S.ACCEPTED}

# action, from, to, who, what must be given
_ROWS: tuple[tuple[Any, ...], ...] = (
    # hotline: take it on, send it
    (A.ACCEPT, (S.PENDING,), S.ACCEPTED, (R.HOTLINE, R.SYSTEM)),
    (A.REJECT, (*_NOT_SENT, S.RETURN_PENDING), S.REJECTED, _HOTLINE, "reason", "text"),
    (A.RECLASSIFY, _OWED, _STAY, _HOTLINE, "to"),
    (A.CORRECT, (*_OWED, S.ANSWERED), _STAY, _HOTLINE, "changed"),
    (A.DISPATCH, (S.ACCEPTED, S.DISPATCHED), S.DISPATCHED, (R.HOTLINE, R.SYSTEM), "to"),
    (A.DESIGNATE, (S.ACCEPTED, S.DISPATCHED, S.RETURN_PENDING), S.DISPATCHED,
     (R.HOTLINE, R.SYSTEM), "to", "text"),
    (A.DESIGNATE, (S.HANDLING, S.PAUSED), S.DISPATCHED, _HOTLINE, "to", "text"),
    (A.ARBITRATE, (S.RETURN_PENDING,), {"agreed": S.ACCEPTED, "refused": S.DISPATCHED}, _HOTLINE,
     "decision", "text"),
    (A.REDACT, (*_OWED, *_SETTLED, S.MERGED), _STAY, _HOTLINE),
    # bureau: take it, give it back, pass it on
    (A.SIGN, (S.DISPATCHED,), S.HANDLING, (R.LEAD, R.SYSTEM)),
    (A.RETURN, _WITH_BUREAU, S.RETURN_PENDING, _LEAD, "text", "basis"),
    (A.TRANSFER, _WITH_BUREAU, S.DISPATCHED, (R.LEAD, R.HOTLINE), "to", "text"),
    (A.ESCALATE, _WITH_BUREAU, S.DISPATCHED, (R.LEAD, R.HOTLINE), "to", "text"),
    (A.WHISTLE, _WITH_BUREAU, _STAY, _OFFICE, "to", "text"),
    # bureau: handle it
    (A.PAUSE, (S.HANDLING,), S.PAUSED, _LEAD, "text"),
    (A.RESUME, (S.PAUSED,), S.HANDLING, (R.LEAD, R.HOTLINE, R.SYSTEM)),
    (A.EXTEND, (S.HANDLING,), _STAY, _LEAD, "text", "workdays"),
    (A.ANSWER, (S.HANDLING,), S.ANSWERED, _LEAD, "text"),
    (A.TASK_SIGN, _WITH_TASKS, _STAY, _OFFICE, "task"),
    (A.TASK_DONE, _WITH_TASKS, _STAY, _OFFICE, "task", "text"),
    # after the answer
    (A.NOTIFY, _SETTLED, _STAY, (R.HOTLINE, R.SYSTEM), "task"),
    (A.CALL_BACK, (*_SETTLED, S.MERGED), _STAY, (R.HOTLINE, R.REPORTER),
     "reached", "solved", "satisfied"),
    (A.REDO, (S.ANSWERED,), _DONE_AGAIN, _HOTLINE, "text"),
    (A.CLOSE, (S.ANSWERED,), S.CLOSED, (R.HOTLINE, R.SYSTEM), "result"),
    (A.REOPEN, (S.ANSWERED, S.CLOSED, S.MERGED), _TAKEN_UP, (R.HOTLINE, R.REPORTER), "text"),
    (A.REOPEN, (S.REJECTED,), S.PENDING, _HOTLINE, "text"),
    # reporter
    (A.SUPPLEMENT, (*_NOT_SENT, S.DISPATCHED, S.RETURN_PENDING, S.HANDLING, S.MERGED), _STAY,
     (R.REPORTER, R.HOTLINE), "text"),
    (A.SUPPLEMENT, (S.PAUSED,), S.HANDLING, (R.REPORTER, R.HOTLINE), "text"),
    (A.WITHDRAW, (*_OWED, S.MERGED), S.WITHDRAWN, _REPORTER),
    # one matter told twice, two matters told at once
    (A.MERGE, _OWED, S.MERGED, (R.HOTLINE, R.SYSTEM), "into"),
    (A.SPLIT, (S.MERGED,), S.ACCEPTED, (R.HOTLINE, R.SYSTEM)),
    (A.SPLIT, _OWED, _STAY, _HOTLINE, "into"),
    # time
    (A.WARN, _WITH_TASKS, _STAY, _SYSTEM, "workdays_left"),
    (A.OVERDUE, _OWED, _STAY, _SYSTEM),
    (A.SUPERVISE, _OWED, _STAY, (R.HOTLINE, R.SYSTEM), "text"),
    (A.ERASE, tuple(state for state in S if not state.is_open), _STAY, _SYSTEM, "rule"),
)  # fmt: skip


def _transitions(
    rows: Iterable[tuple[Any, ...]],
) -> Iterator[tuple[tuple[State, Action], Transition]]:
    for action, states, after, roles, *needs in rows:
        for state in states:
            yield (state, action), Transition(after or state, roles, tuple(needs))


TRANSITIONS: dict[tuple[State, Action], Transition] = dict(_transitions(_ROWS))


def transition(
    state: State,
    action: Action,
    role: Role,
    text: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Transition:
    """The transition of `action` in `state` by `role`, with what was given.

    Raises NotAllowed with code `wrong_state`, `wrong_role`, `text_required` or `fact_required`.
    """
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        raise NotAllowed("wrong_state", f"工单当前状态为“{state.label}”，不能{action.label}。")
    if role not in allowed.roles:
        raise NotAllowed("wrong_role", "这一步不归本单位办理，请由主办单位或热线操作。")
    for name in allowed.needs:
        if name == "text" and not (text or "").strip():
            raise NotAllowed("text_required", "请写明内容或理由。")
        if name != "text" and (facts or {}).get(name) in (None, ""):
            raise NotAllowed("fact_required", f"请给出{FACT_LABELS[name]}。")
    return allowed


FACT_LABELS = {
    "reason": "不予受理的理由",
    "to": "去向",
    "decision": "决定",
    "basis": "退单依据",
    "workdays": "延期的工作日数",
    "task": "子任务",
    "reached": "是否联系到举报人",
    "solved": "是否解决",
    "satisfied": "是否满意",
    "result": "办理结果",
    "into": "并入或拆出的工单",
    "workdays_left": "剩余工作日",
    "rule": "保留期限规则",
    "changed": "要更正的内容",
}
"""What people read for a fact that must be given."""
