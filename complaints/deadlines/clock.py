"""When a step of a ticket is due, computed from what happened: a pure function of marks in time.

Days are days in Asia/Shanghai. The day of the start does not count. A day counts towards the limit
when at its end (24:00) the clock was running; in a pause no day counts. A ticket that changes hands
(`moved`) runs on, out of its pause. An extension is in workdays (facts C1) and comes after the limit,
also after one that counts every day of the calendar. A start after an earlier one begins anew and keeps nothing.
Source: facts C ("期限起算日通常不计当日"), issue 5 (pauses freeze).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from complaints.deadlines.rules import Limit
from complaints.workdays import ONE_DAY, Count, counting, shanghai_date
from resolution.terms import SchoolTerms

What = Literal["start", "pause", "resume", "moved", "extend", "stop"]
DeadlineState = Literal["running", "warn_2", "warn_1", "overdue", "frozen"]


@dataclass(frozen=True)
class Mark:
    """What happened to the clock, and when (an aware time). `workdays`: by how many extended.

    Raises ValueError for a time without a zone and for less than no workdays.
    """

    at: datetime
    what: What
    workdays: int = 0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a mark's time needs its zone")
        if self.workdays < 0:
            raise ValueError("an extension cannot shorten a limit")


@dataclass(frozen=True)
class Deadline:
    """The last day of a step, and the two workdays before it on which people are warned.

    `paused`: days frozen so far (before the last day was reached), in the limit's unit.
    `extended_by`: workdays granted. `frozen`: the clock stands still; then `due_on` is what it
    would be if the clock ran again from today on.
    """

    due_on: date
    warn_on: tuple[date, date]
    paused: int
    extended_by: int
    frozen: bool


@dataclass
class _Pause:
    first: date
    back: date | None = None


@dataclass
class _Run:
    """A clock since its latest start."""

    begun: date
    pauses: list[_Pause] = field(default_factory=list)
    extended_by: int = 0

    def take(self, mark: Mark) -> None:
        """Let a mark after the start have its effect; what changes nothing is passed over."""
        paused = bool(self.pauses) and self.pauses[-1].back is None
        if mark.what == "extend":
            self.extended_by += mark.workdays
        elif mark.what == "pause" and not paused:
            self.pauses.append(_Pause(shanghai_date(mark.at)))
        elif mark.what in ("resume", "moved") and paused:
            self.pauses[-1].back = shanghai_date(mark.at)


def deadline(
    limit: Limit, marks: Iterable[Mark], terms: SchoolTerms, today: date
) -> Deadline | None:
    """The deadline that follows from `marks`, given in the order of time, as seen on `today`.

    None where no clock runs: never started, or stopped since.
    """
    run = _latest(marks)
    if run is None:
        return None
    days, workdays = counting(limit.unit, terms), counting("workdays", terms)
    left: _Left = ((days, limit.count), (workdays, run.extended_by))
    at, paused, frozen = run.begun, 0, False  # `at`: the last day that is accounted for
    for pause in run.pauses:
        ran_until = pause.first - ONE_DAY
        left_then = _left_after(left, at, ran_until)
        if not left_then:
            break
        left = left_then
        back = pause.back or max(today, pause.first)
        paused += days.between(max(at, ran_until), back - ONE_DAY)
        at = max(at, back - ONE_DAY)
        frozen = pause.back is None
    due_on = at
    for count, n in left:
        due_on = count.nth(due_on, n)
    warn_on = (workdays.nth(due_on, -2), workdays.nth(due_on, -1))
    return Deadline(due_on, warn_on, paused, run.extended_by, frozen)


_Left = tuple[tuple[Count, int], ...]
"""What is left of a limit: how many days of which sort, one part after the other."""


def _left_after(left: _Left, at: date, until: date) -> _Left:
    """What is left when the clock ran on the days after `at`, up to and including `until`."""
    while left:
        (count, n), *others = left
        ran = count.between(at, until)
        if ran < n:
            return ((count, n - ran), *others)
        at, left = count.nth(at, n), tuple(others)
    return left


def _latest(marks: Iterable[Mark]) -> _Run | None:
    run: _Run | None = None
    for mark in marks:
        if mark.what == "start":
            run = _Run(shanghai_date(mark.at))
        elif mark.what == "stop":
            run = None
        elif run is not None:
            run.take(mark)
    return run


def state_on(deadline: Deadline, day: date) -> DeadlineState:
    """How a deadline stands on a day: on its last day it is still `warn_1`, then `overdue`."""
    if deadline.frozen:
        return "frozen"
    if day > deadline.due_on:
        return "overdue"
    if day >= deadline.warn_on[1]:
        return "warn_1"
    return "warn_2" if day >= deadline.warn_on[0] else "running"
