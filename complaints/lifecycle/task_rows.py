"""Tasks of single bureaus within a ticket (子任务), as rows: made, ended, handed on, measured.

Each has its own deadline; both sides' times are kept: asked, signed (报到), done. The steps: `tasks`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import enqueue
from complaints.lifecycle.news import announce_task
from complaints.lifecycle.settling import set_task_timer
from complaints.lifecycle.states import Role
from complaints.lifecycle.task_days import due_day
from complaints.lifecycle.task_kinds import OF_THE_TICKET, WITH_THE_TICKET, TaskKind
from complaints.rules import Rules
from complaints.storage.tables import Task, Ticket
from complaints.workdays import shanghai_date

_HANDED_ON = "工单已转给其他单位办理，本项结束。"


@dataclass(frozen=True)
class TaskTimes:
    """How long both sides took, in hours: until the bureau signed (报到), until it was done.

    `on_time` is None while what is due is open and not late.
    """

    to_sign: float | None
    to_done: float | None
    on_time: bool | None


def add_task(
    session: Session,
    ticket: Ticket,
    kind: TaskKind,
    bureau: str,
    asked_by: str,
    rules: Rules,
    now: datetime,
    text: str | None = None,
    party_id: str | None = None,
) -> Task:
    """Ask a bureau for something, with a deadline of its own."""
    task = Task(
        ticket_id=ticket.id,
        kind=kind.value,
        bureau=bureau,
        party_id=party_id,
        asked_by=asked_by,
        asked_at=now,
        text=text,
    )
    task.due_on = due_day(task, ticket, rules)
    session.add(task)
    if kind not in WITH_THE_TICKET:  # the others see their ticket change
        announce_task(session, ticket, task, rules, now)
    if kind is TaskKind.RISK:  # raised beside the steps, so nothing else winds its clock
        set_task_timer(session, ticket, now)
    return task


def ask_co_handler(
    session: Session, ticket: Ticket, bureau: str, asked_by: str, rules: Rules, now: datetime
) -> None:
    """Let a bureau help with a new ticket (协办): it sees the ticket and owes its part."""
    enqueue(session, ticket, bureau, Role.CO_HANDLER, now)
    add_task(session, ticket, TaskKind.CO_HANDLING, bureau, asked_by, rules, now)


def open_tasks(session: Session, ticket: Ticket) -> Sequence[Task]:
    """What is still owed within a ticket, in the order of asking."""
    owed = select(Task).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
    return session.scalars(owed.order_by(Task.id)).all()


def end_tasks(
    session: Session,
    ticket: Ticket,
    words: str,
    now: datetime,
    kinds: Collection[TaskKind] = OF_THE_TICKET,
) -> None:
    """Nobody owes tasks of these kinds within a ticket any longer; `words` say why."""
    for task in open_tasks(session, ticket):
        if task.kind in kinds:
            task.done_at, task.answer = now, words


def hand_supervision_on(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """督办 goes with the ticket: what a former lead owed is now asked of the present one.

    What was asked of the hotline ends with its decision: its lateness is not the bureau's.
    """
    for task in open_tasks(session, ticket):
        if task.kind == TaskKind.SUPERVISION and task.bureau != ticket.lead:
            task.done_at, task.answer = now, _HANDED_ON
            if task.bureau != rules.city.hotline.id:
                kind = TaskKind.SUPERVISION
                add_task(session, ticket, kind, ticket.lead, task.asked_by, rules, now, task.text)


def times_of(task: Task, today: date) -> TaskTimes:
    """How long the task took, seen on `today` (Asia/Shanghai).

    Who is whistled for must report in (报到) on time; its work after that has no day of its own.
    """
    came = task.signed_at if task.kind == TaskKind.WHISTLE else None
    ended = came or task.done_at
    late = task.due_on is not None and (shanghai_date(ended) if ended else today) > task.due_on
    return TaskTimes(
        to_sign=_hours(task.asked_at, task.signed_at),
        to_done=_hours(task.asked_at, task.done_at),
        on_time=not late if ended or late else None,
    )


def _hours(begun: datetime, ended: datetime | None) -> float | None:
    return (ended - begun).total_seconds() / 3600 if ended else None
