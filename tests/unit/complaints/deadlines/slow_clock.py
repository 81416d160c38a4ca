"""The same deadline, walked day by day and as plainly as possible; shares no code with the product.

Beyond the official calendar (2027) it knows only the days in `FREE` and `WORKED`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import chinese_calendar

EAST = timezone(timedelta(hours=8))
FREE = {date(2027, 1, 1), *(date(2027, 2, n) for n in range(5, 13)), date(2027, 4, 5)}
WORKED = {date(2027, 2, 13), date(2027, 2, 20)}


def works(day):
    if day.year < 2027:
        return chinese_calendar.is_workday(day)
    return day in WORKED or (day.weekday() < 5 and day not in FREE)


def slow_deadline(count, unit, marks, today):
    """(last day, (two workdays before, one before), days frozen, extended, frozen), or None."""
    begun, since = latest_start(marks)
    if since is None:
        return None
    extended = sum(mark.workdays for mark in since if mark.what == "extend")
    still_paused_since = paused_since(since, None)
    day, counted, lost = begun, 0, 0
    while True:
        day += timedelta(days=1)
        if unit == "workdays" and not works(day):
            continue
        in_extension = counted >= count  # which is in workdays, whatever the limit counts
        midnight = datetime(day.year, day.month, day.day, tzinfo=EAST) + timedelta(days=1)
        held = paused_since(since, midnight)
        supposed_to_run = still_paused_since and held == still_paused_since and day >= today
        if held and not supposed_to_run:
            lost += 1
            continue
        if in_extension and not works(day):
            continue
        counted += 1
        if counted == count + extended:
            frozen = bool(still_paused_since) and still_paused_since < midnight
            return day, warnings(day), lost, extended, frozen


def latest_start(marks):
    """The day of the latest start and the marks after it; no marks (None) where it was stopped."""
    begun, since = None, None
    for mark in marks:
        if mark.what == "start":
            begun, since = mark.at.astimezone(EAST).date(), []
        elif mark.what == "stop":
            since = None
        elif since is not None:
            since.append(mark)
    return begun, since


def paused_since(marks, moment):
    """Since when the clock stands still at `moment` (None: after all marks); None if it runs."""
    since = None
    for mark in marks:
        if moment and mark.at >= moment:
            break
        if mark.what == "pause" and since is None:
            since = mark.at
        if mark.what in ("resume", "moved"):
            since = None
    return since


def warnings(due):
    found = []
    day = due
    while len(found) < 2:
        day -= timedelta(days=1)
        if works(day):
            found.append(day)
    return found[1], found[0]
