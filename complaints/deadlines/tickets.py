"""The deadlines of one ticket, from its events: always computed, so that a correction recomputes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from complaints.deadlines.clock import Deadline, Mark, deadline
from complaints.deadlines.limits import Deadlines
from complaints.deadlines.marks import TicketEvent, Watched, marks_of
from complaints.deadlines.pauses import PauseLimits, cut
from complaints.workdays import counting, shanghai_date


def ticket_deadline(
    events: Iterable[TicketEvent],
    matter_code: str | None,
    urgent: bool,
    deadlines: Deadlines,
    today: date,
    district: str | None = None,
) -> Deadline | None:
    """When the answer is due, as seen on `today`; None where none is owed (answered, closed …).

    The limit is the one in force on the day the clock began. A pause longer than its limits ends by
    itself, also where no event says so yet.
    """
    return step_deadline("answer", events, matter_code, urgent, deadlines, today, district)


def step_deadline(
    step: Watched,
    events: Iterable[TicketEvent],
    matter_code: str | None,
    urgent: bool,
    deadlines: Deadlines,
    today: date,
    district: str | None = None,
) -> Deadline | None:
    """When a step is due, as seen on `today`; None where its clock does not run."""
    marks: Sequence[Mark] = marks_of(events, step)
    begun = next((mark.at for mark in reversed(marks) if mark.what == "start"), None)
    if begun is None or marks[-1].what == "stop":
        return None
    if any(mark.what == "pause" for mark in marks):
        limits = PauseLimits(deadlines, matter_code, urgent, district)
        marks = tuple(cut(marks, limits, today))
    limit = deadlines.limit(
        matter_code, urgent=urgent, step=step, on=shanghai_date(begun), district=district
    )
    return deadline(limit, marks, deadlines.terms, today)


def begun_to_be_due(
    due_on: date,
    matter_code: str | None,
    deadlines: Deadlines,
    today: date,
    *,
    urgent: bool = False,
    district: str | None = None,
) -> date:
    """The day on which an answer's clock would have begun if the answer were due on `due_on`.

    `today` where a clock that begins today is not due later either.
    """
    limit = deadlines.limit(matter_code, urgent=urgent, on=today, district=district)
    days = counting(limit.unit, deadlines.terms)
    begun = days.nth(due_on, -limit.count)
    if days.nth(begun, limit.count) > due_on:  # a last day that is no workday
        begun = days.nth(begun, -1)
    return min(today, begun)


def last_return_day(
    dispatched_at: datetime,
    matter_code: str | None,
    deadlines: Deadlines,
    *,
    urgent: bool = False,
    district: str | None = None,
) -> date:
    """The last day (Asia/Shanghai) on which an office may return (退单) what it was sent then."""
    return deadlines.last_day(
        "return", dispatched_at, matter_code, urgent=urgent, district=district
    )


def last_day_to_judge(
    answered_at: datetime,
    matter_code: str | None,
    deadlines: Deadlines,
    *,
    urgent: bool = False,
    district: str | None = None,
) -> date:
    """The last day (Asia/Shanghai) on which the reporter may judge (评价) an answer given then."""
    return deadlines.last_day(
        "call_back", answered_at, matter_code, urgent=urgent, district=district
    )
