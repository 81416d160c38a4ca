"""The days a text means: one of the readers of dates, a range of two dates, 从9月到现在, 国庆前."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from resolution.calendar_dates import DAY_ONLY, MONTH_DAY, days_of, read_calendar_date, read_year
from resolution.holidays import read_holiday
from resolution.jionlp_dates import read_by_jionlp
from resolution.moment import Found, Moment
from resolution.school_year import read_school_year
from resolution.span import ONE_DAY, Span, month_span

_READERS: tuple[Callable[[str, Moment], Found | None], ...] = (
    read_school_year,
    read_holiday,
    read_by_jionlp,
    read_calendar_date,
    read_year,
)
_TO = re.compile(r"[到至-]")
_AND = re.compile(r"[和与及、]")
_MOST_SIGNS = 4  # of a range that are tried
_SINCE = re.compile(
    r"^(?:那天)?(?:一直)?(?:以来|至今|[到至](?:现在|今天?|目前|如今|这会儿?)|起|开始|就开始)"
)
_AFTER = re.compile(r"^(?:之后|以后|过?后)(?![天年面])")
_DAY_BEFORE = re.compile(r"^的?前一天")
_BEFORE = re.compile(r"^(?:之前|以前|前)(?![天年面几])")
_LATELY = re.compile(r"最近|近期|近日|近来|这段时间|前段时间|前一?阵|这一?阵|目前|现在|一直")
_FEW_DAYS = re.compile(r"[这前]几[天日]|[这前][两三][天日]")


def read_period(words: str, moment: Moment) -> Found | None:
    """The days that normalised words (weekday names blanked) mean; None if they name none."""
    return _range(words, moment) or _one(words, moment) or _vague(words, moment)


def _one(words: str, moment: Moment) -> Found | None:
    """What the first reader finds, or a later one's within it: 国庆10月3日 is that day."""
    best: Found | None = None
    for reader in _READERS:
        found = reader(words, moment)
        if found and best and found.span.within(best.span):
            best = Found(found.span, max(found.end, best.end), best.labels)
        best = best or found
    return _with_ending(words, best, moment) if best else None


def _with_ending(words: str, found: Found, moment: Moment) -> Found:
    """`found`, changed by what follows it: 以来 and 起 reach until today, 前 and 后 open a side."""
    rest, span = words[found.end :], found.span
    if _DAY_BEFORE.match(rest) and span.start:
        return Found(Span(span.start - ONE_DAY, span.start - ONE_DAY), len(words))
    if _SINCE.match(rest):
        open_end = span.start is None or span.start > moment.today
        return Found(Span(span.start, None if open_end else moment.today), len(words))
    if _BEFORE.match(rest) and span.start:
        late = words[: found.end].endswith(("底", "末"))
        return Found(Span(None, span.end if late else span.start - ONE_DAY), len(words))
    if _AFTER.match(rest) and span.end:
        return Found(Span(span.end + ONE_DAY, None), len(words))
    return found


def _range(words: str, moment: Moment) -> Found | None:
    """Two dates with 到, 至 or a dash between them; the second may leave out year and month."""
    for sign in islice(_TO.finditer(words), _MOST_SIGNS):
        right = words[sign.end() :]
        dated = [m for m in MONTH_DAY.finditer(words[: sign.start()]) if m.end() == sign.start()]
        if dated:
            span = _second_of(dated[-1], right, moment)
        else:
            span = _other_range(words[: sign.start()], right, moment)
        if span:
            return Found(span, len(words))
    return _two_days(words, moment)


def _two_days(words: str, moment: Moment) -> Found | None:
    """5月4号和5号: only two days that follow each other are a span."""
    for sign in islice(_AND.finditer(words), _MOST_SIGNS):
        dated = [m for m in MONTH_DAY.finditer(words[: sign.start()]) if m.end() == sign.start()]
        span = _second_of(dated[-1], words[sign.end() :], moment) if dated else None
        if span and len(list(span.days(most=3))) == 2:
            return Found(span, len(words))
    return None


def _second_of(first: re.Match[str], right: str, moment: Moment) -> Span | None:
    begin = days_of(first, moment)
    second = MONTH_DAY.match(right) or (DAY_ONLY.match(right) if first["day"] else None)
    if not begin or not begin.start or not second:
        return None
    start = begin.start
    until = days_of(second, moment, year=start.year, month=start.month)
    if until and until.end and until.end < start and "month" in second.groupdict():
        until = days_of(second, moment, year=start.year + 1)
    if not until or not until.end or until.end < start:
        return None
    return Span(start, until.end)


def _other_range(left: str, right: str, moment: Moment) -> Span | None:
    """国庆到中秋, 去年暑假到今年寒假, 1号到3号, 五到八月, 2019年到2021年."""
    shared = re.fullmatch(r".*?([一二三四五六七八九十]{1,2}|[0-9]{1,2})", left)
    if shared and MONTH_DAY.match(right) and "日" not in right and "号" not in right:
        return _months(MONTH_DAY.match(shared[1] + "月"), MONTH_DAY.match(right), moment)
    first, second = _one(left, moment), _one(right, moment)
    if not first or not second or first.end != len(left):
        return None
    if first.span.start and second.span.end and first.span.start <= second.span.end:
        return Span(first.span.start, second.span.end)
    return None


def _months(
    first: re.Match[str] | None, second: re.Match[str] | None, moment: Moment
) -> Span | None:
    begin = days_of(first, moment) if first else None
    if not begin or not begin.start or not second:
        return None
    until = days_of(second, moment, year=begin.start.year)
    if not until or not until.start or not until.end or until.end < begin.start:
        return None
    return Span(begin.start, month_span(until.start.year, until.start.month).end)


def _vague(words: str, moment: Moment) -> Found | None:
    """最近 is open at its beginning; 前几天 is the last week."""
    few = _FEW_DAYS.search(words)
    if few:
        return Found(Span(moment.today - 7 * ONE_DAY, moment.today), few.end())
    lately = _LATELY.search(words)
    return Found(Span(None, moment.today), lately.end()) if lately else None
