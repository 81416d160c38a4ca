"""What a report's words mean: dates, times, sums, counts, stage. For clerks and for the read-back.

Computed from the words whenever they are shown, so nothing is stored that a correction would leave
behind. What cannot be read is left out; the words themselves always stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time

from resolution.amount import Amount, resolve_amount
from resolution.counts import find_counts
from resolution.grade import GradeStage, resolve_grade
from resolution.terms import SchoolTerms
from resolution.when import SHANGHAI, When, resolve_when

SEVERAL = "，"
"""Between the words of one field when a report named several (周六上午，周日)."""

_RELATIVE = re.compile(r"昨|前[天晚]|今[天早晚晨]|[上这本]个?(?:周|星期|礼拜)|[天日]前|当天")
_WEEKDAYS = "一二三四五六日"
_DAY_TYPES = {
    "workday": "工作日",
    "weekend": "周末",
    "holiday": "法定节假日",
    "vacation": "寒暑假",
}
_PARTS = {"morning": "上午", "afternoon": "下午", "evening": "晚上"}
_STAGES = {"kindergarten": "幼儿园", "primary": "小学", "junior": "初中", "senior": "高中"}
_PER = {
    "lesson": "每节课",
    "month": "每月",
    "term": "每学期",
    "year": "每年",
    "hour": "每小时",
    "person": "每人",
}


def meanings(
    *,
    when: str | None,
    amount: str | None,
    grade: str | None,
    detail: str,
    said_at: datetime,
    terms: SchoolTerms,
) -> tuple[tuple[str, str], ...]:
    """(name, meaning) of what can be read in a report's words, said at an aware time."""
    times = [when_words(part, said_at, terms, detail) for part in _parts(when)]
    stage = resolve_grade(grade or "")
    found = (
        ("时间推算", "；".join(dict.fromkeys(words for words in times if words))),
        ("金额", "、".join(_sums(amount, detail))),
        ("期限与课时", "、".join(_counts(detail))),
        ("学段", _stage(stage) if stage else ""),
    )
    return tuple((name, words) for name, words in found if words)


def sums_in_figures(amount: str | None, detail: str) -> str | None:
    """The sums that a report's words mean, to be kept where no words may stay; None if there are none.

    Read again by `meanings` they mean the same.
    """
    return SEVERAL.join(_sums(amount, detail)) or None


def when_words(text: str, said_at: datetime, terms: SchoolTerms, sentence: str = "") -> str:
    """A time in figures: `11月21日（周六）21:30，周末，超过20:30`; empty if it cannot be read."""
    when = resolve_when(text, said_at, terms, sentence)
    if not when.resolved:
        return ""
    parts = [_days(when, said_at) + _clock(when)]
    # A span of months has days of every type; naming them all says nothing.
    if len(when.day_types) < len(_DAY_TYPES) - 1:
        parts += [label for name, label in _DAY_TYPES.items() if name in when.day_types]
    if when.after_2030:
        parts.append("超过20:30")
    return "，".join(dict.fromkeys(part for part in parts if part))


def exact_day(text: str, said_at: datetime, terms: SchoolTerms) -> str:
    """The date that words like 昨晚 or 上周日 mean (11月21日); empty for a habit or a date in figures.

    A bare 周六上午 may be every Saturday, so it is left as it is.
    """
    when = resolve_when(text, said_at, terms)
    one_day = when.start and when.end and when.start.date() == when.end.date() and not when.recurs
    if not one_day or not when.start or not _RELATIVE.search(text):
        return ""
    return _day(when.start, said_at)


def _parts(words: str | None) -> list[str]:
    return [part for part in (words or "").split(SEVERAL) if part]


def _days(when: When, said_at: datetime) -> str:
    week = "、".join(_WEEKDAYS[day] for day in sorted(when.weekdays))
    if when.recurs and when.weekdays and len(when.weekdays) < 7:
        return f"每周{week}"
    if not (when.start and when.end):
        return "经常" if when.recurs else ""
    first, last = _day(when.start, said_at), _day(when.end, said_at)
    if first == last:
        return f"{first}（周{_WEEKDAYS[when.start.weekday()]}）"
    return f"{first}至{last}" + ("，经常" if when.recurs else "")


def _day(moment: datetime, said_at: datetime) -> str:
    year = "" if moment.year == said_at.astimezone(SHANGHAI).year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def _clock(when: When) -> str:
    begins, ends = when.start_time, when.end_time
    if begins and ends:
        return f"{_time(begins)}–{_time(ends)}"
    if ends:
        return f"到{_time(ends)}"
    return _time(begins) if begins else "、".join(_PARTS[p] for p in _PARTS if p in when.parts)


def _time(moment: time) -> str:
    return f"{moment:%H:%M}"


def _sums(amount: str | None, detail: str) -> list[str]:
    found = (resolve_amount(part, detail) for part in _parts(amount))
    return list(dict.fromkeys(_sum(one) for one in found if one))


def _sum(amount: Amount) -> str:
    per = _PER[amount.per] if amount.per else ""
    return f"{per}{amount.yuan:,}元" + ("以上" if amount.at_least else "")


def _counts(detail: str) -> Iterator[str]:
    counts = find_counts(detail)
    for number, unit in (
        (counts.months, "个月"),
        (counts.terms, "个学期"),
        (counts.lessons, "课时"),
    ):
        if number is not None:
            yield f"{number}{unit}"


def _stage(found: GradeStage) -> str:
    return _STAGES.get(found.stage or "", "")
