"""When something happens or happened, from the words of a parent.

Decides days, times, parts of the day and repetition. A bare weekday (周六上午) may be a habit or
one day: it gets the latest such day that has begun and `recurs` False, for the dialogue to ask.
Left unread: 期中, 期末, 第二天, 当晚 and other words that lean on an earlier sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from resolution.clock import Clock, Phrase, after_2030, read_clock
from resolution.days import types_of_days
from resolution.moment import Moment, looks_ahead
from resolution.period import read_period
from resolution.span import ONE_DAY, Span
from resolution.terms import SchoolTerms
from resolution.week import Week, read_week, without_weekdays
from resolution.wording import normalise

SHANGHAI = ZoneInfo("Asia/Shanghai")

_LAST_MOMENT = time(23, 59, 59)
_HOURS = {  # part of the day → its bounds
    "morning": (time(5), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), _LAST_MOMENT),
}
_CLAUSE_ENDS = re.compile(r"[,，。；;！!？?\n]")
_LONGEST = 120  # signs of an entity that are read; a time takes no more
_BEFORE, _AFTER = 20, 8  # signs of the clause around the entity that may help

_YEARLY = re.compile(r"每年|每[逢到]|逢")  # 每年六月 is no one June

# Words that name days by their type alone.
_TYPED = (
    (re.compile(r"寒暑假|每年.{0,2}[寒暑]假"), {"vacation"}),
    (re.compile(r"非工作日"), {"weekend", "holiday"}),
    (re.compile(r"节假日|法定假|公休"), {"holiday"}),
    (re.compile(r"(?:假期|放假|假日)(?![之以]?前)"), {"holiday", "vacation"}),
)


@dataclass(frozen=True)
class When:
    """What is known of a time.

    `start`, `end`: first and last possible instant in Asia/Shanghai, None where open; `weekdays`:
    Monday is 0, empty if any; `parts`: morning, afternoon, evening. `day_types` (workday, weekend,
    holiday, vacation): types that all the days have in common, else all that occur; in a vacation
    no day is a `workday`, so without `workday` in it, and not empty, no school day is meant.
    `after_2030`: whether the times reach past 20:30; None if the words do not tell.
    """

    text: str
    start: datetime | None = None
    end: datetime | None = None
    weekdays: frozenset[int] = frozenset()
    recurs: bool = False
    start_time: time | None = None
    end_time: time | None = None
    parts: frozenset[str] = frozenset()
    day_types: frozenset[str] = frozenset()
    after_2030: bool | None = None
    resolved: bool = False


def resolve_when(text: str, said_at: datetime, terms: SchoolTerms, sentence: str = "") -> When:
    """Read `text`, said at an aware time; `sentence` around it tells e.g. an end: 上到[九点].

    Never raises for any text: what cannot be read is `resolved=False`.
    """
    phrase = _phrase(text[:_LONGEST], sentence)
    words = phrase.words
    clock, week = read_clock(phrase), read_week(words)
    said = said_at.astimezone(SHANGHAI)
    moment = Moment(said, terms, looks_ahead(words), week.weekdays)
    found = read_period(without_weekdays(words), moment)
    labels, typed = found.labels if found else frozenset(), _typed(words)
    if found:
        span = None if _YEARLY.search(words) else found.span
    else:
        span = None if typed else _span_of(week, clock, moment)
    recurs = week.recurs or (found is None and bool(typed))
    weekdays = _weekdays(week, span)
    types = types_of_days(span, weekdays, labels or (frozenset() if found else typed), terms)
    start, end = _instants(span, clock, recurs)
    known = (start, end, clock.start, clock.end)
    return When(
        text=text,
        start=start,
        end=end,
        weekdays=weekdays,
        recurs=recurs,
        start_time=clock.start,
        end_time=clock.end,
        parts=clock.parts,
        day_types=types,
        after_2030=after_2030(clock),
        resolved=any(k is not None for k in known)
        or bool(weekdays or recurs or clock.parts or types),
    )


def _phrase(text: str, sentence: str) -> Phrase:
    before, found, after = sentence.partition(text) if text else ("", "", "")
    if not found:
        return Phrase("", normalise(text), "")
    return Phrase(
        normalise(_CLAUSE_ENDS.split(before)[-1])[-_BEFORE:],
        normalise(text),
        normalise(_CLAUSE_ENDS.split(after)[0])[:_AFTER],
    )


def _typed(words: str) -> frozenset[str]:
    for pattern, types in _TYPED:
        if pattern.search(words):
            return frozenset(types)
    return frozenset()


def _span_of(week: Week, clock: Clock, moment: Moment) -> Span | None:
    """The days that weekdays alone mean: of the week said, or the latest; none if they repeat."""
    monday = moment.today - moment.today.weekday() * ONE_DAY
    if week.offset is not None:
        monday += 7 * week.offset * ONE_DAY
        first, last = min(week.weekdays, default=0), max(week.weekdays, default=6)
        return Span(monday + first * ONE_DAY, monday + last * ONE_DAY)
    if week.recurs or not week.weekdays:
        return None
    first, last = min(week.weekdays), max(week.weekdays)
    start = monday + first * ONE_DAY
    if _instant(start, _earliest(clock)) > moment.said:
        start -= 7 * ONE_DAY
    return Span(start, start + (last - first) * ONE_DAY)


def _weekdays(week: Week, span: Span | None) -> frozenset[int]:
    """Weekdays said, but of dates shorter than a week the days themselves."""
    dates = list(span.days(most=7)) if span else []
    own = frozenset(day.weekday() for day in dates)
    if dates and len(dates) < 7:
        return own & week.weekdays or own
    return week.weekdays


def _instants(
    span: Span | None, clock: Clock, recurs: bool
) -> tuple[datetime | None, datetime | None]:
    if span is None:
        return None, None
    start = _instant(span.start, _earliest(clock)) if span.start else None
    latest = _latest(clock)
    if span.single and not recurs and clock.start and not clock.end:
        latest = clock.start  # one point of time: 昨晚八点
    end = _instant(span.end, latest) if span.end else None
    if start and end and end < start:
        end = _instant(span.end or start.date(), _LAST_MOMENT)
    return start, end


def _earliest(clock: Clock) -> time:
    begins = [_HOURS[part][0] for part in clock.parts]
    return clock.start or min([*begins, *([clock.end] if clock.end else [])], default=time(0))


def _latest(clock: Clock) -> time:
    return clock.end or max((_HOURS[part][1] for part in clock.parts), default=_LAST_MOMENT)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)
