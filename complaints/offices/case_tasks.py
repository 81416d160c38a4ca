"""What bureaus owe within a ticket, with both sides' times (协办、吹哨、督办单、通报、风险提示)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from complaints.lifecycle.tasks import TaskKind, times_of
from complaints.offices.names import Names
from complaints.storage.tables import Task


@dataclass(frozen=True)
class TaskLine:
    """One task. `to_sign` and `to_done` say how long it took after it was asked for.

    `signing`: what the bureau does first (接单, 报到); `owed`: what is due on the last day. `done`:
    by the bureau itself; what merely ended was not.
    """

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
    done: bool
    signing: str
    owed: str
    answer: str | None


def task_lines(
    tasks: Iterable[Task], done: Collection[int], names: Names, today: date
) -> tuple[TaskLine, ...]:
    """The tasks of a ticket, in the order in which they were asked for; `done` are ids of those
    that their bureaus did."""
    return tuple(_line(task, task.id in done, names, today) for task in tasks)


def _line(task: Task, done: bool, names: Names, today: date) -> TaskLine:
    times, is_open = times_of(task, today), task.done_at is None
    whistled = task.kind == TaskKind.WHISTLE
    signing = "报到" if whistled else "接单"
    return TaskLine(
        kind=TaskKind(task.kind).label,
        bureau=names.bureau(task.bureau),
        asked_by=names.asker(task.asked_by),
        asked_at=task.asked_at,
        due_on=task.due_on,
        text=task.text,
        to_sign=_length(times.to_sign, f"未{signing}"),
        to_done=_length(times.to_done if done else None, "未反馈"),
        late=times.on_time is False,
        is_open=is_open,
        done=done,
        signing=signing,
        owed="报到" if whistled else "反馈",
        answer=task.answer,
    )


def _length(hours: float | None, missing: str) -> str:
    """A length of time as people say it."""
    if hours is None:
        return missing
    if hours < 1:
        return f"{max(1, round(hours * 60))} 分钟后"
    return f"{hours:.0f} 小时后" if hours < 48 else f"{hours / 24:.1f} 天后"
