"""How long and how much a course runs: months, lessons, terms, hours named in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from resolution.numerals import NUMBER, parse_number, plain
from resolution.wording import normalise

# Not counts but points of time (三个月前, 最近一年) or rates (每周两节, 一节课200元).
_NOT_AGO = r"(?![之以]?[前后])"
_NOT_LATELY = r"(?<!最近)(?<!过去)(?<![0-9.第近])"
_NOT_RATE = (
    r"(?<!每天)(?<!每周)(?<!每月)(?<!每日)(?<!每晚)(?<!一天)(?<!一周)(?<!一月)(?<!每)(?<!每年)"
)
_RATE_AFTER = r"(?!(?:要|收|才|是|就|也|卖|得|价)*[0-9一二两三四五六七八九十百千¥])"
_HALF_AFTER = r"(?P<half>半)?"

_MONTHS = re.compile(
    rf"{_NOT_LATELY}(?P<number>{NUMBER})个(?P<more>多|来)?{_HALF_AFTER}月{_NOT_AGO}"
    rf"|{_NOT_LATELY}(?P<quarters>{NUMBER})个?季度{_NOT_AGO}"
    rf"|{_NOT_LATELY}(?<!上)(?<!下)(?<!大)(?P<half_month>半个?月){_NOT_AGO}"
)
_YEARS = re.compile(
    rf"{_NOT_LATELY}(?<![初高大零一二三四五六七八九十月])(?P<number>[1-9]|10|十|[一二两三四五六七八九])"
    rf"个?(?:学)?年(?P<half>半)?(?![级制多来度代纪龄前后])(?!(?:\(?[0-9一二三四五六七八九]\)?)班){_NOT_AGO}"
    rf"|{_NOT_LATELY}(?<![上下前后大])(?P<half_year>半年){_NOT_AGO}"
)
_LESSONS = re.compile(
    rf"(?<![第.0-9]){_NOT_RATE}(?P<number>{NUMBER})(?:多|余|来|几)?"
    rf"(?:个?课时|[节堂次]课|课次|节(?![假日目省约奏课])){_RATE_AFTER}"
)
_TERMS = re.compile(
    rf"(?P<half>半)个?学期|{_NOT_LATELY}(?<![第])(?P<number>{NUMBER})个?学期{_NOT_AGO}"
)
_HOURS = re.compile(
    rf"(?<![.0-9第])(?P<number>{NUMBER})(?:多|来)?个?(?P<half>半)?(?:多|来)?(?:小时|钟头)"
    rf"(?:零?(?P<and_minutes>{NUMBER})分钟?)?{_NOT_AGO}"
    r"|(?<!一个)(?P<half_hour>半个?(?:小时|钟头))"
    rf"|(?<![.0-9第点:])(?P<minutes>{NUMBER})(?:多|来)?分钟{_NOT_AGO}"
)
_TWO_FIGURES = re.compile(r"[一二两三四五六七八九]{2}")
_HALF = Decimal("0.5")
_MOST = Decimal(10000)


@dataclass(frozen=True)
class Counts:
    """What a sentence says of months (a year is 12), lessons, school terms and hours."""

    months: Decimal | None = None
    lessons: Decimal | None = None
    terms: Decimal | None = None
    hours: Decimal | None = None


def find_counts(sentence: str) -> Counts:
    """The counts in a sentence, the largest of each; None where it says none.

    Month names (三月), grades (一年级), times ago (三个月前) and rates (每周两节) are no counts.
    """
    words = normalise(sentence)
    months = [_months(match) for match in _MONTHS.finditer(words)]
    months += [_years(match) for match in _YEARS.finditer(words)]
    return Counts(
        months=_largest(months),
        lessons=_largest([_number(match["number"]) for match in _LESSONS.finditer(words)]),
        terms=_largest([_halves(match) for match in _TERMS.finditer(words)]),
        hours=_largest([_hours(match) for match in _HOURS.finditer(words)]),
    )


def _largest(values: list[Decimal | None]) -> Decimal | None:
    return max((value for value in values if value and value < _MOST), default=None)


def _halves(match: re.Match[str]) -> Decimal | None:
    """The number, with half more if 半 is said; half alone without a number."""
    half = _HALF if match["half"] else Decimal(0)
    if not match["number"]:
        return half or None
    number = _number(match["number"])
    return None if number is None else plain(number + half)


def _number(said: str) -> Decimal | None:
    """三五个: of two figures side by side the first."""
    return parse_number(said[0] if _TWO_FIGURES.fullmatch(said) else said)


def _months(match: re.Match[str]) -> Decimal | None:
    if match["half_month"]:
        return _HALF
    if match["quarters"]:
        quarters = parse_number(match["quarters"])
        return None if quarters is None else quarters * 3
    return _halves(match)


def _years(match: re.Match[str]) -> Decimal | None:
    if match["half_year"]:
        return Decimal(6)
    years = _halves(match)
    return None if years is None else plain(years * 12)


def _hours(match: re.Match[str]) -> Decimal | None:
    if match["half_hour"]:
        return _HALF
    if match["minutes"]:
        minutes = parse_number(match["minutes"])
        return None if minutes is None else plain((minutes / 60).quantize(Decimal("0.01")))
    whole = _halves(match)
    more = parse_number(match["and_minutes"]) if match["and_minutes"] else None
    if whole is None or more is None:
        return whole
    return plain((whole + more / 60).quantize(Decimal("0.01")))
