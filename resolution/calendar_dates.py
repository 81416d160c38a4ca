"""Dates of the calendar in figures: 11月15日, 11.15, 2025年9月, 10月份, 上个月, 15号, 去年.

A year that is not said is the latest that does not put the date ahead; a day up to a month ahead
stays ahead, for parents also report what a school has announced.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from resolution.moment import YEAR, Found, Moment, year_of
from resolution.numerals import parse_int
from resolution.span import ONE_DAY, Span, month_span

_DAY = r"(?:[0-9]{1,2}|[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]|[一二三四五六七八九])"
_NUMBER_OF_A_THING = r"(?![楼线院馆店门室机]|教室)"
_DAY_ENDS = rf"(?:日|号{_NUMBER_OF_A_THING}|(?=$|[ 上下中早晚到至\-、,(]))(?![点时:])"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?![0-9])"
_THIRD = {
    "初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)
}  # fmt: skip
_THIRDS = r"(?P<third>上旬|中旬|下旬|初(?![一二三四五六七八九十])|[底末])"
MONTH_DAY = re.compile(
    rf"(?P<year>{YEAR})?(?<![0-9正腊冬一二三四五六七八九十])(?P<month>{_MONTH})月份?的?"
    rf"(?:{_THIRDS}|(?P<day>{_DAY}){_DAY_ENDS})?"
)
DAY_ONLY = re.compile(
    rf"(?<![0-9.月一二三四五六七八九十])(?P<day>{_DAY})(?:日|号{_NUMBER_OF_A_THING})"
)
_FIGURES = re.compile(
    r"(?<![0-9.])(?P<year>(?:19|20)[0-9]{2})(?:(?P<sign>[-./])(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?P=sign)(?P<day>[0-9]{1,2})(?![0-9]))?(?![0-9])|(?P<mm>[01][0-9])(?P<dd>[0-3][0-9])(?![0-9]))"
)
_SHORT_FIGURES = re.compile(
    r"(?<![0-9.:¥第])(?P<month>1[0-2]|0?[1-9])[./](?P<day>[0-9]{1,2})"
    r"(?![0-9.元块万千百%点:折倍米个课小kw])[日号]?"
)
_RELATIVE_MONTH = re.compile(
    rf"(?P<which>上+|这|本|当|下+)个?月份?(?:{_THIRDS}|(?P<day>{_DAY})[日号])?"
)
_YEAR_ALONE = re.compile(YEAR)
_NOT_YET = timedelta(days=31)


def read_calendar_date(words: str, moment: Moment) -> Found | None:
    """The first date in figures or months in normalised words."""
    for pattern in (_FIGURES, MONTH_DAY, _RELATIVE_MONTH, _SHORT_FIGURES, DAY_ONLY):
        match = pattern.search(words)
        span = days_of(match, moment) if match else None
        if match and span:
            return Found(span, match.end())
    return None


def read_year(words: str, moment: Moment) -> Found | None:
    """All days of the year that the words name."""
    match = _YEAR_ALONE.search(words)
    year = year_of(match.group(), moment) if match else None
    if not match or not year:
        return None
    return Found(Span(date(year, 1, 1), date(year, 12, 31)), match.end())


def days_of(
    match: re.Match[str], moment: Moment, year: int | None = None, month: int | None = None
) -> Span | None:
    """The days that a match of these patterns means; `year`, `month` where it does not say them.

    None for days that no calendar has (2月30日).
    """
    said = {key: value for key, value in match.groupdict().items() if value}
    year = _said_year(said, moment) or year
    day = parse_int(said["day"]) if "day" in said else None
    if "dd" in said:
        month, day = int(said["mm"]), int(said["dd"])
    elif "which" in said:
        steps = {"上": -1, "下": 1}.get(said["which"][0], 0) * len(said["which"])
        return _within(month_span(moment.today.year, moment.today.month + steps), said, day)
    elif "month" in said:
        month = parse_int(said["month"])
    if month is None:
        return _day_of_month(day, moment)
    if year is not None:
        return _within(month_span(year, month), said, day) if 1 <= month <= 12 else None
    return _nearest_year(month, day, said, moment)


def _said_year(said: dict[str, str], moment: Moment) -> int | None:
    year = said.get("year")
    return int(year) if year and year.isdecimal() else year_of(year, moment)


def _nearest_year(month: int, day: int | None, said: dict[str, str], moment: Moment) -> Span | None:
    this = moment.today.year
    spans = [_within(month_span(y, month), said, day) for y in range(this - 3, this + 2)]
    known = [span for span in spans if span and span.start and span.end]
    if moment.ahead:
        return next((s for s in known if s.end and s.end >= moment.today), None)
    latest = moment.today + (_NOT_YET if day else timedelta(0))
    begun = [span for span in known if span.start and span.start <= latest]
    if day and len(moment.weekdays) == 1:
        begun = [s for s in begun if s.start and s.start.weekday() in moment.weekdays] or begun
    return begun[-1] if begun else None


def _within(month: Span, said: dict[str, str], day: int | None) -> Span | None:
    """The day, or the third of the month said (初, 中旬, 底), of a whole month."""
    if month.start is None or month.end is None:
        return month
    if day is not None:
        if not 1 <= day <= month.end.day:
            return None
        return Span(month.start.replace(day=day), month.start.replace(day=day))
    if "third" not in said:
        return month
    first, last = _THIRD[said["third"]]
    return Span(month.start.replace(day=first), month.start.replace(day=min(last, month.end.day)))


def _day_of_month(day: int | None, moment: Moment) -> Span | None:
    """15号: of this month, or if that is still to come and nothing looks ahead, of the last."""
    if day is None or not 1 <= day <= 31:
        return None
    month = moment.today.replace(day=1)
    for _ in range(12):
        span = _within(month_span(month.year, month.month), {}, day)
        if span and span.start and (span.start <= moment.today or moment.ahead):
            return span
        month = (month - ONE_DAY).replace(day=1)
    return None
