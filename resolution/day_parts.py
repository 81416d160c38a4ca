"""Words for the parts of a day, and what hour o'clock they make of a spoken one."""

from __future__ import annotations

import re
from collections.abc import Callable

MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
DAY_ENDS = 24  # the hour that closes a day; what lies beyond is cut off there

_EARLY = r"(?<![提趁及最更尽太])早(?!一?点(?!钟|半))"
_LATE = r"(?<![太很最较更不])晚(?![了些]|一?点(?!钟|半))"

# Kind → its words. The small hours count as the evening before.
_WORDS = {
    "small_hours": r"凌晨|后半夜",
    "morning": (
        r"[大清]早|早[上晨间]|一早|今[早晨]|每早|上午|早高峰|早自?习|早读"
        rf"|{_EARLY}(?=[0-9零一二三四五六七八九十两]+[点:到至-]|$|[、到至-])"
    ),
    "noon": r"[中正]午|午间|午休|午托|午饭",
    "afternoon": r"下午|午后",
    "after_school": r"放了?学[之以]?后|课后",
    "dusk": r"傍晚",
    "evening": rf"晚上|晚间|夜晚|夜[里间]|半夜|深夜|通宵|夜|睡[前觉]|天黑|{_LATE}",
    "daytime": r"白天",
    "all_day": r"[全整]天|从早到晚",
}
ANY_PART = "(?:" + "|".join(_WORDS.values()) + ")"
_PART_WORD = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items()))

_PARTS = {
    "small_hours": {EVENING},
    "morning": {MORNING},
    "noon": {AFTERNOON},
    "afternoon": {AFTERNOON},
    "after_school": {AFTERNOON, EVENING},
    "dusk": {EVENING},
    "evening": {EVENING},
    "daytime": {MORNING, AFTERNOON},
    "all_day": {MORNING, AFTERNOON, EVENING},
}

# A spoken hour of 1 to 12 after a word of that kind → the hour of the day.
_HOURS: dict[str, Callable[[int], int]] = {
    "small_hours": lambda hour: hour % 12,
    "morning": lambda hour: hour,
    "noon": lambda hour: hour if hour >= 10 else hour + 12,
    "afternoon": lambda hour: hour % 12 + 12,
    "after_school": lambda hour: hour % 12 + 12,
    "dusk": lambda hour: hour % 12 + 12,
    "evening": lambda hour: hour + 12 if hour >= 4 else hour,
}
_TOLD_APART = frozenset(_HOURS)  # the kinds that say which half of the day is meant


def parts_of(kinds: set[str]) -> frozenset[str]:
    """The parts of the day that words of these kinds name."""
    return frozenset(part for kind in kinds for part in _PARTS[kind])


def part_at(hour: int) -> str:
    """The part of the day in which an hour of 0 to 24 lies."""
    if hour < 5 or hour >= 18:
        return EVENING
    return MORNING if hour < 12 else AFTERNOON


def hour_of_day(kind: str, hour: int) -> int:
    """The hour of the day (0 to 24) of a spoken hour after a part word; 13 to 24 stay."""
    return _HOURS[kind](hour) if 1 <= hour <= 12 else hour


def part_kinds(text: str) -> list[tuple[int, str]]:
    """Where part words begin in `text`, and of which kind they are."""
    return [(word.start(), str(word.lastgroup)) for word in _PART_WORD.finditer(text)]


def tells_half(kind: str) -> bool:
    """Whether a word of that kind says if a spoken hour is before or after noon."""
    return kind in _TOLD_APART
