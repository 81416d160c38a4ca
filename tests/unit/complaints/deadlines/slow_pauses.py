"""Pauses that may not last: walked day by day and as plainly as possible, beside `slow_clock`."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.complaints.deadlines.slow_clock import EAST, latest_start, works


def slow_deadline_with_limits(count, unit, each, in_all, marks, today):
    """The last day and how many days were frozen where a pause lasts at most `each` workdays after
    its first day, and all of one office together take at most `in_all` workdays; or None."""
    begun, since = latest_start(marks)
    if since is None:
        return None
    extended = sum(mark.workdays for mark in since if mark.what == "extend")
    counted, lost = 0, 0
    for day, held in days_with_pauses(begun, since, each, in_all, today):
        if day == begun or (unit == "workdays" and not works(day)):
            continue
        if held:
            lost += 1
        elif counted < count or works(day):  # an extension is in workdays
            counted += 1
        if counted == count + extended:
            return day, lost
    return None


def days_with_pauses(begun, since, each, in_all, today):
    """Day after day, and whether the clock stood still at its end."""
    ends_open = open_at_the_end(since, each, in_all, begun)
    day, spent, asked = begun, 0, None
    while True:
        for mark in since:
            if mark.at.astimezone(EAST).date() == day:
                asked, spent = after(mark, day, asked, spent, each, in_all)
        held = is_held(day, asked, spent, each, in_all)
        if asked == ends_open and day >= today:
            held = False  # what would be if the clock ran again from today on
        spent += held and works(day) and day != begun
        yield day, held
        day += timedelta(days=1)


def after(mark, day, asked, spent, each, in_all):
    """Since when the reporter is asked, and what the pauses of this office have taken so far."""
    if asked and not is_held(day, asked, spent, each, in_all):
        asked = None
    if mark.what == "pause":
        asked = asked or day
    elif mark.what == "resume":
        asked = None
    elif mark.what == "moved":
        asked, spent = None, 0
    return asked, spent


def is_held(day, asked, spent, each, in_all):
    if asked is None or spent >= in_all:
        return False
    return sum(works(asked + timedelta(days=n)) for n in range(1, (day - asked).days)) < each


def open_at_the_end(marks, each, in_all, begun):
    """On which day the pause began that no mark ended."""
    asked, spent, day = None, 0, begun
    for mark in marks:
        on = mark.at.astimezone(EAST).date()
        while day < on:
            spent += is_held(day, asked, spent, each, in_all) and works(day) and day != begun
            day += timedelta(days=1)
        asked, spent = after(mark, on, asked, spent, each, in_all)
    return asked
