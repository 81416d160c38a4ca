"""Until when the answer of a ticket is owed, why, and what law and local rules say beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from complaints.deadlines.clock import Deadline, state_on
from complaints.deadlines.legal import LegalLimit
from complaints.deadlines.marks import marks_of
from complaints.deadlines.pauses import PauseLimits, pause_ends_on
from complaints.deadlines.tickets import ticket_deadline
from complaints.lifecycle.returning import return_by, sign_by
from complaints.lifecycle.states import State
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket
from complaints.workdays import counting, shanghai_date


@dataclass(frozen=True)
class DeadlineNote:
    """The clock of a ticket in words. `due_on` is None while it stands still or has ended.

    `standing`: running, warn_2, warn_1, overdue, frozen, or over. `length`, `status` and `source`
    tell which limit holds (法定 or 系统默认); `legal` what else is prescribed for the matter.
    """

    standing: str
    says: str
    due_on: date | None
    length: str
    status: str
    source: str
    extended: str | None
    paused_days: int
    sign_by: date | None
    return_by: date | None
    legal: tuple[LegalLimit, ...]


def deadline_note(
    ticket: Ticket, events: Sequence[Event], rules: Rules, today: date
) -> DeadlineNote:
    """The deadline of a ticket as seen on `today` (Asia/Shanghai)."""
    about = ticket.matter_code, ticket.urgent, rules.deadlines
    due = ticket_deadline(events, *about, today, ticket.district)
    limit = rules.deadlines.limit(
        ticket.matter_code,
        urgent=ticket.urgent,
        on=_begun(events, ticket),
        district=ticket.district,
    )
    standing = state_on(due, today) if due else "over"
    return DeadlineNote(
        standing=standing,
        says=_says(ticket, events, due, rules, today),
        due_on=due.due_on if due and not due.frozen else None,
        length=limit.text,
        status=limit.status,
        source=limit.source,
        extended=_extended(ticket, due),
        paused_days=due.paused if due else 0,
        sign_by=sign_by(ticket, rules),
        return_by=return_by(ticket, rules),
        legal=rules.legal.legal_limits(ticket.matter_code, today, rules.city.name),
    )


def _begun(events: Sequence[Event], ticket: Ticket) -> date:
    """The day on which the clock began last: filed, redone or reopened."""
    starts = [mark.at for mark in marks_of(events) if mark.what == "start"]
    return shanghai_date(starts[-1] if starts else ticket.filed_at)


def _says(
    ticket: Ticket, events: Sequence[Event], due: Deadline | None, rules: Rules, today: date
) -> str:
    if due is None:
        return "已答复" if ticket.state == State.ANSWERED else "不再计时"
    if due.frozen:
        about = rules.deadlines, ticket.matter_code, ticket.urgent, ticket.district
        last = pause_ends_on(events, PauseLimits(*about))
        until = f"，最迟到 {last}" if last else ""
        return f"暂停计时，等举报人补充{until}"
    workdays = counting("workdays", rules.city.terms)
    if today > due.due_on:
        return f"已逾期 {max(1, workdays.between(due.due_on, today))} 个工作日"
    left = workdays.between(today, due.due_on)
    return f"还剩 {left} 个工作日" if left else "今天到期"


def _extended(ticket: Ticket, due: Deadline | None) -> str | None:
    if not ticket.extensions:
        return None
    by = f"，共 {due.extended_by} 个工作日" if due else ""
    return f"{ticket.extensions} 次{by}"
