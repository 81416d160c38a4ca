"""From when until when on a day: clock times and parts of the day, and whether 20:30 is passed.

A time whose half of the day is not said (九点半) is read only if one reading alone is plausible
between 07:00 and 22:30; else it stays unread. What goes on past midnight ends at 23:59 here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from itertools import product

from resolution.clock_times import CONNECTED, Spoken, clock_times, undotted
from resolution.day_parts import (
    AFTERNOON,
    ANY_PART,
    DAY_ENDS,
    EVENING,
    MORNING,
    hour_of_day,
    part_at,
    part_kinds,
    parts_of,
    tells_half,
)

# Offline training must end by 20:30 (facts R-TR-04); an end at 20:30 sharp keeps the rule.
LATEST_END = time(20, 30)

_MIDNIGHT = DAY_ENDS * 60
_PLAUSIBLE = range(7 * 60, 22 * 60 + 31)
_LONGEST = 12 * 60
_ENDS_BEFORE = re.compile(r"(?:(?<!不)[到至]|拖|才|-)(?:大概|大约)?$")
_ENDS_AFTER = re.compile(
    r"^(?:才|都|就|准时)*(?:放(?!假)|下(?![午周面个月次来去单])|下学|结束|散|回家|到家|关门|收工|睡)|^才|^[之以]?前"
)
_PART_LAST = re.compile(rf"{ANY_PART}$")
_STILL = re.compile(r"^(?:多|半)?(?:还|仍)")
_LATE = re.compile(r"还|才|睡|仍|熬|拖|写")


@dataclass(frozen=True)
class Clock:
    """Times of a day. `rough_end`: the end is "…多" or "…左右"."""

    start: time | None = None
    end: time | None = None
    parts: frozenset[str] = frozenset()
    rough_end: bool = False


@dataclass(frozen=True)
class Phrase:
    """Normalised words of an entity, with a few of the same clause before and after it."""

    before: str
    words: str
    after: str


def read_clock(phrase: Phrase) -> Clock:
    """The times of a day that the phrase states; the words around it only help to tell them."""
    text = undotted(phrase.words)
    whole = phrase.before + text + phrase.after
    inside = range(len(phrase.before), len(phrase.before) + len(text))
    times = [said for said in clock_times(whole) if said.begin in inside]
    kinds = {kind for _, kind in part_kinds(text)}
    times = [_governed(said, kinds, whole) for said in times]
    starts, ends, rough = _roles(times, whole)
    start = min(starts) if starts else None
    end = max(ends) if ends else None
    if start is not None and end is not None and end < start:
        end = None
    return Clock(
        _time(start), _time(end), parts_of(kinds) | _implied(start, end), rough and end is not None
    )


def after_2030(clock: Clock) -> bool | None:
    """True if the times reach past 20:30 for certain, False if they do not, None if unknown."""
    if clock.start is not None and clock.start >= LATEST_END:
        return True
    if clock.end is not None:
        if clock.end > LATEST_END:
            return True
        return None if clock.rough_end and clock.end >= time(20, 0) else False
    return False if clock.parts and EVENING not in clock.parts else None


def _governed(said: Spoken, kinds: set[str], whole: str) -> Spoken:
    """`said` under its part word; if the entity has none, under the one the clause has."""
    if said.exact or said.kind or kinds:
        return said
    near = {kind for _, kind in part_kinds(whole) if tells_half(kind)}
    if len(near) == 1:
        return said.with_kind(near.pop())
    around = whole[max(0, said.begin - 4) : said.end + 5]
    return said.with_kind("evening") if 6 <= said.hour and _LATE.search(around) else said


def _roles(times: list[Spoken], whole: str) -> tuple[list[int], list[int], bool]:
    """Minutes of the day at which something begins, and ends; whether an end is rough."""
    starts: list[int] = []
    ends: list[int] = []
    rough = False
    rest = list(times)
    while rest:
        said = rest.pop(0)
        if rest and CONNECTED.match(whole[said.end : rest[0].begin]):
            until = rest.pop(0)
            pair = _pair(said, until)
            if pair:
                starts.append(pair[0])
                ends.append(pair[1])
                rough = rough or until.rough
            continue
        ending = _is_end(said, whole)
        minutes = _alone(said, ending)
        if minutes is not None:
            (ends if ending else starts).append(minutes)
            rough = rough or (ending and said.rough)
    return starts, ends, rough


def _is_end(said: Spoken, whole: str) -> bool:
    before, after = _PART_LAST.sub("", whole[: said.begin]), whole[said.end :]
    if _STILL.match(after):
        return False
    return bool(_ENDS_BEFORE.search(before) or _ENDS_AFTER.match(after))


def _alone(said: Spoken, ending: bool) -> int | None:
    if said.kind:
        minutes = _minutes(hour_of_day(said.kind, said.hour), said)
        night = said.kind in ("small_hours", "evening")
        return _MIDNIGHT if ending and night and minutes < 5 * 60 else minutes
    if said.exact:
        return _minutes(said.hour, said)
    if said.hour == 12:
        return _minutes(12, said)
    return _minutes(said.hour + 12, said) if 1 <= said.hour <= 5 else None


def _pair(since: Spoken, until: Spoken) -> tuple[int, int] | None:
    """Begin and end of a range in minutes; the end's part word may tell the beginning."""
    if since.kind and not until.kind and not until.exact:
        until = until.with_kind(since.kind)
    begins, ends = _readings(since), _readings(until)
    if len(begins) == 1 and len(ends) == 1:
        begin, end = begins[0], ends[0]
        if end <= begin and not until.exact and begin < end + 12 * 60 < _MIDNIGHT:
            return begin, end + 12 * 60
        return begin, end if end > begin else _MIDNIGHT
    fitting = [(b, e) for b, e in product(begins, ends) if b < e]
    if len(begins) > 1 and len(ends) == 1:
        return max(fitting, default=None)
    plausible = [
        (b, e) for b, e in fitting if b in _PLAUSIBLE and e in _PLAUSIBLE and e - b <= _LONGEST
    ]
    if len(begins) == 1:
        return min(plausible, default=None)
    return plausible[0] if len(plausible) == 1 else None


def _readings(said: Spoken) -> list[int]:
    if said.kind:
        return [_minutes(hour_of_day(said.kind, said.hour), said)]
    if said.exact:
        return [_minutes(said.hour, said)]
    return [_minutes(said.hour, said), _minutes(said.hour % 12 + 12, said)][: 1 + (said.hour < 12)]


def _minutes(hour: int, said: Spoken) -> int:
    return min(hour * 60 + said.minute, _MIDNIGHT)


def _time(minutes: int | None) -> time | None:
    if minutes is None:
        return None
    return time(23, 59) if minutes >= _MIDNIGHT else time(minutes // 60, minutes % 60)


def _implied(start: int | None, end: int | None) -> frozenset[str]:
    """The parts of the day that known times lie in."""
    ends = [part_at(start // 60)] if start is not None else []
    ends += [part_at((end - 1) // 60)] if end is not None else []
    if {MORNING, EVENING} <= set(ends):
        ends.append(AFTERNOON)
    return frozenset(ends)
