"""What single bureaus are asked for within a ticket (子任务), and in which states it is watched."""

from __future__ import annotations

from enum import StrEnum

from complaints.deadlines.rules import Step
from complaints.lifecycle.states import State


class TaskKind(StrEnum):
    """What a bureau is asked for."""

    CO_HANDLING = "co_handling"
    WHISTLE = "whistle"
    SUPERVISION = "supervision"
    NOTICE = "notice"
    RISK = "risk"

    @property
    def label(self) -> str:
        """What people read."""
        return _KINDS[self][0]

    @property
    def step(self) -> Step:
        """The step of `deadlines.yml` that says when it is due."""
        return _KINDS[self][1]


_KINDS: dict[TaskKind, tuple[str, Step]] = {
    TaskKind.CO_HANDLING: ("协办", "co_answer"),
    TaskKind.WHISTLE: ("吹哨报到", "report_in"),
    TaskKind.SUPERVISION: ("督办单", "supervise"),
    TaskKind.NOTICE: ("通报", "co_answer"),
    TaskKind.RISK: ("风险提示", "co_answer"),
}
HELPING = (TaskKind.CO_HANDLING, TaskKind.WHISTLE)
"""The tasks of those who help with a ticket."""
WITH_THE_TICKET = (*HELPING, TaskKind.SUPERVISION)
"""The tasks whose bureaus have the ticket itself in their queues."""
OF_THE_TICKET = (*WITH_THE_TICKET, TaskKind.NOTICE)
"""The tasks that end with their ticket; a risk is the party's, and goes on at another ticket."""


def is_watched(kind: str, state: str, *, signed: bool) -> bool:
    """Whether somebody waits for an open task while its ticket is in this state.

    What helps towards an answer is not waited for after it; a receipt is, whatever became of the
    ticket. Who was whistled for is late with 报到 alone: how long its work takes is only measured.
    """
    if kind == TaskKind.WHISTLE and signed:
        return False
    return kind not in HELPING or State(state).is_owed
