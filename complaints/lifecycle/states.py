"""The words of a ticket's life: states, actions, and who acts."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a ticket stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPATCHED = "dispatched"
    RETURN_PENDING = "return_pending"
    HANDLING = "handling"
    PAUSED = "paused"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """What people read."""
        return _STATES[self][0]

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return _STATES[self][1]

    @property
    def is_owed(self) -> bool:
        """Whether the answer is still to come."""
        return self.is_open and self is not State.ANSWERED


_OPEN, _CLOSED = True, False
_STATES = {
    State.PENDING: ("待受理", _OPEN),
    State.ACCEPTED: ("已受理", _OPEN),
    State.REJECTED: ("不予受理", _CLOSED),
    State.DISPATCHED: ("已派单", _OPEN),
    State.RETURN_PENDING: ("退单待审", _OPEN),
    State.HANDLING: ("办理中", _OPEN),
    State.PAUSED: ("待补充（暂停）", _OPEN),
    State.ANSWERED: ("已答复待回访", _OPEN),
    State.CLOSED: ("已办结", _CLOSED),
    State.WITHDRAWN: ("已撤回", _CLOSED),
    State.MERGED: ("已并单", _CLOSED),
}
OWED = tuple(state for state in State if state.is_owed)
"""The states in which the answer is still to come."""


class Action(StrEnum):
    """What can be done with a ticket."""

    ACCEPT = "accept"
    REJECT = "reject"
    RECLASSIFY = "reclassify"
    CORRECT = "correct"
    DISPATCH = "dispatch"
    DESIGNATE = "designate"
    ARBITRATE = "arbitrate"
    REDACT = "redact"
    SIGN = "sign"
    RETURN = "return"
    TRANSFER = "transfer"
    ESCALATE = "escalate"
    WHISTLE = "whistle"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    ANSWER = "answer"
    TASK_SIGN = "task_sign"
    TASK_DONE = "task_done"
    NOTIFY = "notify"
    CALL_BACK = "call_back"
    REDO = "redo"
    CLOSE = "close"
    REOPEN = "reopen"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    SPLIT = "split"
    WARN = "warn"
    OVERDUE = "overdue"
    SUPERVISE = "supervise"
    ERASE = "erase"

    @property
    def label(self) -> str:
        """What people read."""
        return _ACTIONS[self]


_ACTIONS = {
    Action.ACCEPT: "受理",
    Action.REJECT: "不予受理",
    Action.RECLASSIFY: "改定事项类别",
    Action.CORRECT: "更正对象和地点",
    Action.DISPATCH: "派单",
    Action.DESIGNATE: "指定承办",
    Action.ARBITRATE: "审定退单",
    Action.REDACT: "改正承办单位看到的文字",
    Action.SIGN: "签收",
    Action.RETURN: "退单",
    Action.TRANSFER: "跨区移交",
    Action.ESCALATE: "提级办理",
    Action.WHISTLE: "吹哨",
    Action.PAUSE: "请举报人补充（暂停计时）",
    Action.RESUME: "恢复办理",
    Action.EXTEND: "延期",
    Action.ANSWER: "答复",
    Action.TASK_SIGN: "子任务接单（报到）",
    Action.TASK_DONE: "子任务反馈",
    Action.NOTIFY: "通报",
    Action.CALL_BACK: "回访",
    Action.REDO: "退回重办",
    Action.CLOSE: "办结",
    Action.REOPEN: "重新办理",
    Action.SUPPLEMENT: "补充情况",
    Action.WITHDRAW: "撤回",
    Action.MERGE: "并单",
    Action.SPLIT: "拆单",
    Action.WARN: "到期预警",
    Action.OVERDUE: "记为逾期",
    Action.SUPERVISE: "督办",
    Action.ERASE: "到期清除",
}


class Role(StrEnum):
    """Relation of the actor to the ticket."""

    HOTLINE = "hotline"
    LEAD = "lead"
    CO_HANDLER = "co_handler"
    REPORTER = "reporter"
    SYSTEM = "system"
