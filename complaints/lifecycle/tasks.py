"""Steps with tasks of single bureaus: 吹哨–报到 (D29), 督办单 (D21), 接单, 反馈.

What a task is and how long both sides took: `task_rows`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, NotFound, act, is_barred, put_in_queue
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.task_kinds import TaskKind
from complaints.lifecycle.task_rows import (
    TaskTimes,
    add_task,
    ask_co_handler,
    end_tasks,
    hand_supervision_on,
    times_of,
)
from complaints.rules import Rules
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Task, Ticket

__all__ = [
    "TaskKind",
    "TaskTimes",
    "add_task",
    "ask_co_handler",
    "end_tasks",
    "finish_task",
    "hand_supervision_on",
    "sign_task",
    "supervise_ticket",
    "times_of",
    "whistle",
]


def whistle(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    bureau: str,
    text: str,
    rules: Rules,
    now: datetime,
) -> Task:
    """A street office calls a department (吹哨), which must report in (报到) within its time.

    Raises NotAllowed with `street_only`, `unknown_bureau` or `reported_unit`.
    """
    caller = rules.city.bureaus.get(actor.id)
    if caller is None or caller.function != "street_office":
        raise NotAllowed("street_only", "只有镇街可以吹哨。")
    called = rules.city.bureaus.get(bureau)
    if called is None or called.function in ("hotline", "street_office"):
        raise NotAllowed("unknown_bureau", "请选择一个部门。")
    if is_barred(session, ticket, bureau):
        raise NotAllowed("reported_unit", "被举报单位不能参与办理，请选其他单位。")
    event = act(session, ticket, Action.WHISTLE, actor, now, text, {"to": bureau})
    if bureau != ticket.lead:  # who leads goes on leading
        put_in_queue(session, ticket, bureau, Role.CO_HANDLER, now)
    task = add_task(session, ticket, TaskKind.WHISTLE, bureau, actor.id, rules, now, text)
    settle(session, ticket, rules, now, event)
    return task


def supervise_ticket(
    session: Session, ticket: Ticket, actor: Actor, text: str, rules: Rules, now: datetime
) -> Task:
    """Put a ticket under supervision (督办): the lead owes a written reply in time."""
    event = act(session, ticket, Action.SUPERVISE, actor, now, text)
    task = add_task(session, ticket, TaskKind.SUPERVISION, ticket.lead, actor.id, rules, now, text)
    settle(session, ticket, rules, now, event)
    return task


def sign_task(session: Session, task_id: int, bureau: str, rules: Rules, now: datetime) -> Task:
    """The bureau takes its task on (接单, 报到). Raises NotFound, NotAllowed."""
    task, ticket = _own_task(session, task_id, bureau)
    if task.signed_at is not None:
        raise NotAllowed("already_signed", "这项子任务已经接单。")
    actor = Actor(bureau, _role(ticket, bureau))
    event = act(session, ticket, Action.TASK_SIGN, actor, now, facts={"task": task.id})
    task.signed_at = now
    settle(session, ticket, rules, now, event)
    return task


def finish_task(
    session: Session, task_id: int, bureau: str, text: str, rules: Rules, now: datetime
) -> Task:
    """The bureau says what it did (反馈, 回执). Raises NotFound, NotAllowed."""
    task, ticket = _own_task(session, task_id, bureau)
    actor = Actor(bureau, _role(ticket, bureau))
    event = act(session, ticket, Action.TASK_DONE, actor, now, text, {"task": task.id})
    task.signed_at = task.signed_at or now
    task.done_at, task.answer = now, text.strip()
    settle(session, ticket, rules, now, event)
    return task


def _role(ticket: Ticket, bureau: str) -> Role:
    return Role.LEAD if ticket.lead == bureau else Role.CO_HANDLER


def _own_task(session: Session, task_id: int, bureau: str) -> tuple[Task, Ticket]:
    lock_clock(
        session
    )  # before task and ticket are read, so that two at once do not undo each other
    task = session.get(Task, task_id)
    if task is None or task.bureau != bureau or task.done_at is not None:
        raise NotFound("本单位没有这项子任务。")
    ticket = session.get_one(Ticket, task.ticket_id)
    if is_barred(session, ticket, bureau):
        raise NotFound("本单位没有这项子任务。")
    return task, ticket
