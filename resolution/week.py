"""Days of the week and repetition: 每周六, 上周日, 周一到周五, 双休日, 天天."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = "一二三四五六日"
_DAY = r"[一二三四五六日1-7]"
# 周六三点 is Saturday at three, not Saturday and Wednesday.
_NOT_CLOCK = r"(?![一二三四五六七八九十]?[点时:刻])"
_MORE = (
    rf"(?:(?:[到至-]周?|[、,和及与或]周?|周){_DAY}{_NOT_CLOCK}"
    rf"|(?<=周一)三五|(?<=周二)四六|(?<=周一)二三四五|(?<=周六)日|(?<=周二)四{_NOT_CLOCK}"
    rf"|(?<=周三)五{_NOT_CLOCK}|(?<=周一)三{_NOT_CLOCK})"
)
_WEEK = re.compile(
    r"(?P<which>上+|这个?|本|下+|每个?逢?|逢)?个?周"
    rf"(?:(?P<days>{_DAY}{_MORE}*)|(?P<weekend>六?末))"
    r"|(?P<whole>上+|这个?|本|下+|每个?)个?周(?![年边围末])"
)
_GENERIC = re.compile(r"双休日?|周末|休息日|(?<!非)(?P<work>工作日)")
_WORKDAYS = re.compile(r"(?<!非)工作日")
_DAILY = re.compile(r"每[天日晚早夜]|[每逐]一天|天天|夜夜|晚晚|日日")
_REPEATED = re.compile(
    r"每(?!节|课|人|个人|个孩子|个学生|位|科|门|张|本|套|份|小时|个小时|班)|逢|天天|夜夜|晚晚|日日|周周|月月|(?<![去今明前])年年(?![底初末])"
    r"|平时|平[常日]|经常|常常|常年|长期|一直|总是|老是"
)
_ALL_OF_THEM = re.compile(
    r"(?:周末|双休日?|休息日|假期|节假日|周[一二三四五六日])(?:上午|下午|晚上)?[都全]"
)


@dataclass(frozen=True)
class Week:
    """Weekdays named (Monday 0); `offset` of the week meant (-1 上周), None if not said."""

    weekdays: frozenset[int]
    recurs: bool
    offset: int | None


def read_week(words: str) -> Week:
    """Weekdays, the week they are in, and whether they repeat, in normalised words.

    Three or more days, or days apart (周一三五), are taken as a repetition even without 每.
    """
    weekdays: set[int] = set()
    offset: int | None = None
    for match in _WEEK.finditer(words):
        weekdays |= _weekdays(match)
        offset = _offset(match) if offset is None else offset
    for match in _GENERIC.finditer(words):
        weekdays |= set(range(5)) if match["work"] else {5, 6}
    repeated = bool(_REPEATED.search(words)) or bool(_WORKDAYS.search(words))
    if _DAILY.search(words) and not weekdays:
        weekdays = set(range(7))
    if offset is None:
        repeated = repeated or bool(_ALL_OF_THEM.search(words)) or _many(weekdays)
    return Week(frozenset(weekdays), repeated, offset)


def without_weekdays(words: str) -> str:
    """`words` with the weekday names blanked, so that no digit in them is read as a date."""
    return _WEEK.sub(" ", words)


def _weekdays(match: re.Match[str]) -> set[int]:
    if match["weekend"]:
        return {5, 6}
    found: set[int] = set()
    until = False
    last = 0
    for sign in match["days"] or "":
        if sign in "到至-":
            until = True
        elif sign in _NAMES or sign in "1234567":
            day = _NAMES.index(sign) if sign in _NAMES else int(sign) - 1
            found |= set(range(last, day + 1)) if until else {day}
            last, until = day, False
    return found


def _offset(match: re.Match[str]) -> int | None:
    which = match["which"] or match["whole"] or ""
    if which.startswith(("上", "下")):
        return -len(which) if which[0] == "上" else len(which)
    return 0 if which.startswith(("这", "本")) else None


def _many(weekdays: set[int]) -> bool:
    apart = bool(weekdays) and max(weekdays) - min(weekdays) + 1 != len(weekdays)
    return len(weekdays) >= 3 or apart
