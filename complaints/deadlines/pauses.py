"""How long a ticket may wait for its reporter (待补充): each time, and in all while one office has it.

What counts in all are the days that a pause takes from the clock: those at whose end it stood still.
An office that gets the ticket from another may ask anew; so may who does it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from complaints.deadlines.clock import Mark
from complaints.deadlines.limits import Deadlines, Limit
from complaints.deadlines.marks import TicketEvent, marks_of
from complaints.workdays import ONE_DAY, counting, midnight, shanghai_date

_Stood = tuple[date, date]  # the clock stood still after the first day, up to and with the second


@dataclass(frozen=True)
class PauseLimits:
    """The limits of pauses that hold for one ticket."""

    deadlines: Deadlines
    matter_code: str | None
    urgent: bool
    district: str | None = None

    def in_all(self, on: date) -> Limit:
        """How long all pauses may be together, for one that begins on that day."""
        return self.deadlines.limit(
            self.matter_code, urgent=self.urgent, step="pause_total", on=on, district=self.district
        )

    def last_day(self, begun: datetime, before: date, stood: Sequence[_Stood]) -> date:
        """The last day of a pause that begins then, in which the days after `before` are lost.

        `before` itself where the pauses so far (`stood`) have left nothing.
        """
        each = self.deadlines.last_day(
            "pause", begun, self.matter_code, urgent=self.urgent, district=self.district
        )
        total = self.in_all(shanghai_date(begun))
        days = counting(total.unit, self.deadlines.terms)
        left = total.count - sum(days.between(*one) for one in stood)
        return min(each, days.nth(before, left)) if left > 0 else before


def cut(marks: Iterable[Mark], limits: PauseLimits, today: date) -> Iterator[Mark]:
    """The marks, with a resume where a pause reached its limit before `today`.

    A pause for which nothing is left does nothing to the clock.
    """
    last: date | None = None
    for mark, until in _with_last_days(marks, limits):
        day = shanghai_date(mark.at)
        if last is not None and day > last:
            yield Mark(midnight(last + ONE_DAY), "resume")
            last = None
        if mark.what == "pause" and until is not None and until < day:
            continue
        yield mark
        last = until
    if last is not None and last < today:
        yield Mark(midnight(last + ONE_DAY), "resume")


def pause_ends_on(events: Iterable[TicketEvent], limits: PauseLimits) -> date | None:
    """The last day of the pause that a ticket is in, told by its events; None if it is in none.

    On the day after, the clock runs again by itself and the ticket should be resumed.
    """
    untils = [until for _, until in _with_last_days(marks_of(events), limits)]
    return untils[-1] if untils else None


def may_pause(events: Iterable[TicketEvent], limits: PauseLimits, now: datetime) -> bool:
    """Whether the pauses so far have left anything for one that would begin now."""
    *_, (_, until) = _with_last_days((*marks_of(events), Mark(now, "pause")), limits)
    return until is not None and until >= shanghai_date(now)


def _with_last_days(
    marks: Iterable[Mark], limits: PauseLimits
) -> Iterator[tuple[Mark, date | None]]:
    """Each mark with the last day of the pause that the ticket is in then; None if it is in none."""
    stood: list[_Stood] = []
    start = before = date.min
    last: date | None = None
    for mark in marks:
        day = shanghai_date(mark.at)
        if last is not None and (day > last or mark.what not in ("pause", "extend")):
            stood.append((before, min(last, day - ONE_DAY)))
            last = None
        if mark.what in ("start", "moved"):
            stood = []
        if mark.what == "start":
            start = day
        if mark.what == "pause" and last is None:
            before = max(start, day - ONE_DAY)
            last = limits.last_day(mark.at, before, stood)
        yield mark, last
