"""The deadlines of one ticket, from its events: always computed, so that a correction recomputes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time

from complaints.deadlines.clock import Deadline, Mark, deadline
from complaints.deadlines.limits import Deadlines
from complaints.deadlines.marks import TicketEvent, Watched, marks_of
from complaints.workdays import ONE_DAY, SHANGHAI, shanghai_date


def ticket_deadline(
    events: Iterable[TicketEvent],
    matter_code: str | None,
    urgent: bool,
    deadlines: Deadlines,
    today: date,
    district: str | None = None,
) -> Deadline | None:
    """When the answer is due, as seen on `today`; None where none is owed (answered, closed …).

    The limit is the one in force on the day the clock began. A pause longer than its limit ends by
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
        marks = list(_cut(marks, matter_code, urgent, deadlines, today, district))
    limit = deadlines.limit(
        matter_code, urgent=urgent, step=step, on=shanghai_date(begun), district=district
    )
    return deadline(limit, marks, deadlines.terms, today)


def _cut(
    marks: Sequence[Mark],
    matter_code: str | None,
    urgent: bool,
    deadlines: Deadlines,
    today: date,
    district: str | None,
) -> Iterator[Mark]:
    """The marks, with a resume where a pause reached its limit before `today`."""
    runs_again: datetime | None = None
    for mark in marks:
        if runs_again and runs_again <= mark.at:
            yield Mark(runs_again, "resume")
            runs_again = None
        if mark.what == "pause" and runs_again is None:
            last = deadlines.last_day(
                "pause", mark.at, matter_code, urgent=urgent, district=district
            )
            runs_again = datetime.combine(last + ONE_DAY, time.min, SHANGHAI).astimezone(UTC)
        elif mark.what not in ("pause", "extend"):
            runs_again = None
        yield mark
    if runs_again and shanghai_date(runs_again) <= today:
        yield Mark(runs_again, "resume")


def pause_ends_on(
    events: Iterable[TicketEvent],
    matter_code: str | None,
    urgent: bool,
    deadlines: Deadlines,
    district: str | None = None,
) -> date | None:
    """The last day of the pause that a ticket is in, told by its events; None if it is in none.

    On the day after, the clock runs again by itself and the ticket should be resumed.
    """
    paused_at: datetime | None = None
    for mark in marks_of(events):
        if mark.what == "pause":
            paused_at = paused_at or mark.at
        elif mark.what != "extend":
            paused_at = None
    if paused_at is None:
        return None
    return deadlines.last_day("pause", paused_at, matter_code, urgent=urgent, district=district)


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
