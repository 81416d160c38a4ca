"""What a bureau is asked for (子任务): 协办, 吹哨报到, 督办单, 通报, 风险提示.

A task shows what was asked, never the ticket's story: a bureau may owe a receipt for a notice of a
ticket that it has no part in, and then it is not even told which ticket that is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import NotFound, is_barred
from complaints.lifecycle.tasks import TaskKind
from complaints.offices.bureau_queue import BadCursor
from complaints.rules import Rules
from complaints.storage.tables import Barred, Delivery, Task, Ticket

_CURSOR = re.compile(r"[0-9]{1,18}")  # fits a database's 64-bit integers


@dataclass(frozen=True)
class TaskPage:
    """One page of a bureau's open tasks. `next_after` continues behind its last one."""

    tasks: list[dict[str, Any]]
    next_after: str | None
    has_more: bool


def open_tasks(
    session: Session, rules: Rules, bureau: str, after: str | None, limit: int
) -> TaskPage:
    """The next `limit` open tasks of a bureau, in the order in which they were asked for.

    Tasks are made by writers that wait for each other (`storage.clock`), so one that commits late
    never has an earlier number than one that was handed out. Raises BadCursor.
    """
    if after and not _CURSOR.fullmatch(after):
        raise BadCursor("after 不是本接口给出的游标。")
    rows = session.execute(
        select(Task, Ticket.number)
        .outerjoin(
            Delivery,
            (Delivery.ticket_id == Task.ticket_id)
            & (Delivery.bureau == Task.bureau)
            & Delivery.ended_at.is_(None),
        )
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(Task.bureau == bureau, Task.done_at.is_(None), Task.id > int(after or 0))
        .where(~exists().where(Barred.ticket_id == Task.ticket_id, Barred.who == bureau))
        .order_by(Task.id)
        .limit(limit + 1)
    ).all()
    page = rows[:limit]
    return TaskPage(
        tasks=[task_view(task, number, rules) for task, number in page],
        next_after=str(page[-1][0].id) if page else after,
        has_more=len(rows) > limit,
    )


def ticket_shown(session: Session, task: Task) -> str | None:
    """The number of a task's ticket where the bureau has that ticket itself; else None."""
    return session.scalar(
        select(Ticket.number)
        .join(Delivery, Delivery.ticket_id == Ticket.id)
        .where(
            Ticket.id == task.ticket_id,
            Delivery.bureau == task.bureau,
            Delivery.ended_at.is_(None),
        )
    )


def own_task(session: Session, task_id: int, bureau: str) -> Task:
    """A task of this bureau, done or not, from whose ticket it need not keep out. Raises NotFound."""
    task = session.get(Task, task_id)
    if task is None or task.bureau != bureau:
        raise NotFound("本单位没有这项子任务。")
    if is_barred(session, session.get_one(Ticket, task.ticket_id), bureau):
        raise NotFound("本单位没有这项子任务。")
    return task


def task_view(task: Task, ticket: str | None, rules: Rules) -> dict[str, Any]:
    """A task as its bureau sees it; `ticket` is the number that it may know, if any."""
    party = rules.city.parties.get(task.party_id or "")
    return {
        "id": task.id,
        "kind": task.kind,
        "kind_label": TaskKind(task.kind).label,
        "ticket": ticket,
        "text": task.text,
        "party_id": task.party_id,
        "party": party.name if party else None,
        "asked_by": task.asked_by if task.asked_by in rules.city.bureaus else None,
        "asked_at": task.asked_at.isoformat(),
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "signed_at": task.signed_at.isoformat() if task.signed_at else None,
        "done_at": task.done_at.isoformat() if task.done_at else None,
        "answer": task.answer,
    }
