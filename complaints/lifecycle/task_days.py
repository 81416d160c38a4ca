"""Until when a bureau has its task: computed, as promised days are, so that a correction recomputes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.task_kinds import TaskKind
from complaints.rules import Rules
from complaints.storage.tables import Task, Ticket


def due_day(task: Task, ticket: Ticket, rules: Rules) -> date:
    """The last day (Asia/Shanghai) of a task, from when it was asked for.

    What kind of ticket it is decides, but not for a risk: that is the party's, wherever it hangs.
    """
    kind = TaskKind(task.kind)
    is_risk = kind is TaskKind.RISK
    return rules.deadlines.last_day(
        kind.step,
        task.asked_at,
        None if is_risk else ticket.matter_code,
        urgent=ticket.urgent and not is_risk,
        district=ticket.district,
    )


def keep_task_days(session: Session, ticket: Ticket, rules: Rules) -> None:
    """Make the days of all open tasks what follows from the ticket and today's data."""
    owed = select(Task).where(Task.ticket_id == ticket.id, Task.done_at.is_(None))
    for task in session.scalars(owed).all():
        task.due_on = due_day(task, ticket, rules)
    session.flush()
