"""What bureaus owe within a ticket, with both sides' times (协办、吹哨、督办单、通报、风险提示)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from complaints.lifecycle.tasks import TaskKind, times_of
from complaints.offices.names import Names
from complaints.storage.tables import Task


@dataclass(frozen=True)
class TaskLine:
    """One task. `to_sign` and `to_done` say how long it took after it was asked for."""

    kind: str
    bureau: str
    asked_by: str
    asked_at: datetime
    due_on: date | None
    text: str | None
    to_sign: str
    to_done: str
    late: bool
    is_open: bool
    answer: str | None


def task_lines(tasks: Iterable[Task], names: Names, today: date) -> tuple[TaskLine, ...]:
    """The tasks of a ticket, in the order in which they were asked for."""
    return tuple(_line(task, names, today) for task in tasks)


def _line(task: Task, names: Names, today: date) -> TaskLine:
    times, is_open = times_of(task, today), task.done_at is None
    return TaskLine(
        kind=TaskKind(task.kind).label,
        bureau=names.bureau(task.bureau),
        asked_by=names.asker(task.asked_by),
        asked_at=task.asked_at,
        due_on=task.due_on,
        text=task.text,
        to_sign=_length(times.to_sign, "未接单" if is_open else "未单独接单"),
        to_done=_length(times.to_done, "未反馈"),
        late=times.on_time is False,
        is_open=is_open,
        answer=task.answer,
    )


def _length(hours: float | None, missing: str) -> str:
    """A length of time as people say it."""
    if hours is None:
        return missing
    if hours < 1:
        return f"{max(1, round(hours * 60))} 分钟后"
    return f"{hours:.0f} 小时后" if hours < 48 else f"{hours / 24:.1f} 天后"
