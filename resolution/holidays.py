"""The seven public holidays by name: which days 国庆, 五一 or 小长假 mean."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from chinese_calendar.constants import holidays as official

from resolution.days import known_years
from resolution.jionlp_dates import solar_day_of
from resolution.moment import YEAR, Found, Moment, year_of
from resolution.span import Span
from resolution.terms import SchoolTerms

_CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
}
_SPOKEN = {"五一": "劳动节", "劳动节": "劳动节", "十一": "国庆", "过年": "春节", "年假": "春节"}
_HOLIDAY = re.compile(
    rf"(?P<year>{YEAR})?(?:(?P<name>元旦|春节|清明|劳动节|五一|端午|中秋|国庆|过年|(?<![今去明前后每本])年假"
    r"|(?<![0-9双二三四五六七八九])十一(?![点月号日时岁个块元人节次年周天]|十|[0-9])"
    r")|(?P<long>小长假|长假|黄金周))节?(?:小?长假|假期|假日|放假|黄金周)?(?:期间|(?P<feast>当天)|那几天)?"
)
_LONG_BREAK = {"小长假": 3, "长假": 5, "黄金周": 7}
_HOLIDAY_LABEL = frozenset({"holiday"})


def read_holiday(words: str, moment: Moment) -> Found | None:
    """The break of the first holiday named: of the year said, else the latest that has begun.

    If the words look ahead (即将, 马上), the next one that is not over.
    """
    match = _HOLIDAY.search(words)
    if not match:
        return None
    year = year_of(match["year"], moment)
    if match["long"]:
        span = _long_break(_LONG_BREAK[match["long"]], year, moment)
    else:
        name = _SPOKEN.get(match["name"], match["name"])
        span = _named_break(name, year, moment)
        if match["feast"] and span and span.end:
            feast = solar_day_of(name, span.end.year)
            span = Span(feast, feast) if feast else span
    return Found(span, match.end(), _HOLIDAY_LABEL) if span else None


def _named_break(name: str, year: int | None, moment: Moment) -> Span | None:
    if year is not None:
        return break_of(name, year, moment.terms)
    this = moment.today.year
    spans = [break_of(name, y, moment.terms) for y in (this - 1, this, this + 1)]
    return _chosen([span for span in spans if span], moment)


def _long_break(days: int, year: int | None, moment: Moment) -> Span | None:
    this = year or moment.today.year
    years = (this,) if year else (this - 1, this, this + 1)
    spans = [
        span
        for name in _CHINESE.values()
        for y in years
        if (span := break_of(name, y, moment.terms)) and len(list(span.days(most=31))) >= days
    ]
    return _chosen(sorted(spans, key=lambda span: str(span.start)), moment)


def _chosen(spans: list[Span], moment: Moment) -> Span | None:
    """Of breaks in order: the latest that has begun, or looking ahead the first not over."""
    if moment.ahead:
        return next((s for s in spans if s.end and s.end >= moment.today), None)
    begun = [span for span in spans if span.start and span.start <= moment.today]
    return begun[-1] if begun else None


def break_of(name: str, year: int, terms: SchoolTerms) -> Span | None:
    """The days off of a holiday (元旦 may begin in the year before); None if unknown.

    Source: the official calendar; for years it lacks the operator's list, else the feast alone.
    """
    if year in known_years() and (name, year) in _official_breaks():
        return _official_breaks()[name, year]
    own = sorted(d for d, holiday in terms.extra_holidays.items() if holiday == name)
    days = [day for day in own if day.year == year]
    if days:
        return Span(days[0], days[-1])
    day = solar_day_of(name, year)
    return Span(day, day) if day else None


@cache
def _official_breaks() -> dict[tuple[str, int], Span]:
    """(Chinese name, year of the last day) → the break.

    国庆 takes in a 中秋 that falls within it; 中秋 then is its own day alone.
    """
    breaks: dict[str, list[tuple[date, date]]] = {name: [] for name in _CHINESE.values()}
    for day, english in sorted(official.items()):
        runs = breaks[_CHINESE[english]] if english in _CHINESE else []
        if runs and (day - runs[-1][1]).days <= 2:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return {
        (name, last.year): Span(first, last)
        for name, runs in breaks.items()
        for first, last in runs
    }
