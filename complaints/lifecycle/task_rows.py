"""Tasks of single bureaus within a ticket (子任务), as rows: made, ended, handed on, measured.

Each has its own deadline; both sides' times are kept: asked, signed (报到), done. The steps: `tasks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.deadlines.rules import Step
from complaints.lifecycle.act import enqueue
from complaints.lifecycle.news import announce_task
from complaints.lifecycle.settling import set_task_timer
from complaints.lifecycle.states import Role
from complaints.rules import Rules
from complaints.storage.tables import Barred, Task, Ticket
from complaints.workdays import shanghai_date


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

_HANDED_ON = "工单已转给其他单位办理，本项结束。"


@dataclass(frozen=True)
class TaskTimes:
    """How long both sides took, in hours: until the bureau signed (报到), until it was done.

    `on_time` is None while the task is open and not late.
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


def due_day(task: Task, ticket: Ticket, rules: Rules) -> date:
    """The last day (Asia/Shanghai) of a task, from when it was asked for."""
    return rules.deadlines.last_day(
        TaskKind(task.kind).step,
        task.asked_at,
        ticket.matter_code,
        urgent=ticket.urgent,
        district=ticket.district,
    )


def ask_co_handler(
    session: Session, ticket: Ticket, bureau: str, asked_by: str, rules: Rules, now: datetime
) -> None:
    """Let a bureau help with a new ticket (协办): it sees the ticket and owes its part."""
    enqueue(session, ticket, bureau, Role.CO_HANDLER, now)
    add_task(session, ticket, TaskKind.CO_HANDLING, bureau, asked_by, rules, now)


def co_handlers(session: Session, ticket: Ticket) -> frozenset[str]:
    """The bureaus that help with a ticket, without those that are barred from it."""
    barred = select(Barred.who).where(Barred.ticket_id == ticket.id)
    return frozenset(
        session.scalars(
            select(Task.bureau).where(
                Task.ticket_id == ticket.id,
                Task.kind.in_(HELPING),
                Task.bureau.not_in(barred),
            )
        )
    )


def open_tasks(session: Session, ticket: Ticket, bureau: str | None = None) -> Sequence[Task]:
    """What is still owed within a ticket, by one bureau or by all, in the order of asking."""
    owed = select(Task).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
    if bureau is not None:
        owed = owed.where(Task.bureau == bureau)
    return session.scalars(owed.order_by(Task.id)).all()


def end_tasks(
    session: Session, ticket: Ticket, words: str, now: datetime, bureau: str | None = None
) -> None:
    """Nobody (or this bureau no longer) owes anything within a ticket; `words` say why."""
    for task in open_tasks(session, ticket, bureau):
        task.done_at, task.answer = now, words


def hand_supervision_on(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """督办 goes with the ticket: what a former lead owed is now asked of the present one."""
    for task in open_tasks(session, ticket):
        if task.kind == TaskKind.SUPERVISION and task.bureau != ticket.lead:
            task.done_at, task.answer = now, _HANDED_ON
            kind = TaskKind.SUPERVISION
            add_task(session, ticket, kind, ticket.lead, task.asked_by, rules, now, task.text)


def times_of(task: Task, today: date) -> TaskTimes:
    """How long the task took, seen on `today` (Asia/Shanghai)."""
    end = shanghai_date(task.done_at) if task.done_at else today
    late = task.due_on is not None and end > task.due_on
    return TaskTimes(
        to_sign=_hours(task.asked_at, task.signed_at),
        to_done=_hours(task.asked_at, task.done_at),
        on_time=not late if task.done_at or late else None,
    )


def _hours(begun: datetime, ended: datetime | None) -> float | None:
    return (ended - begun).total_seconds() / 3600 if ended else None
