"""What a reader of dates must know beside the words, and what it hands back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from resolution.numerals import parse_int
from resolution.span import Span
from resolution.terms import SchoolTerms

_AHEAD = re.compile(r"明年|后年|即将|马上|将要|快[到要]|就要|要到了|打算|计划|准备")
YEAR = r"(?:大前年|前年|去年|今年|本年|明年|后年|(?:[0-9]{4}|[0-9]{2}|[零一二三四五六七八九]{4}|[零一二三四五六七八九]{2})年(?!级))的?"
_RELATIVE = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_FIRST, _LAST = 1950, 2100


@dataclass(frozen=True)
class Moment:
    """When it was said (a time of Asia/Shanghai), the school year, and if the words look ahead.

    `weekdays` are those the words name; they tell the year of 4月12日周六.
    """

    said: datetime
    terms: SchoolTerms
    ahead: bool
    weekdays: frozenset[int] = frozenset()

    @property
    def today(self) -> date:
        """The day on which it was said."""
        return self.said.date()


@dataclass(frozen=True)
class Found:
    """Days that words mean. `end`: where those words end; `labels`: day types they name."""

    span: Span
    end: int
    labels: frozenset[str] = frozenset()


def looks_ahead(words: str) -> bool:
    """Whether the words speak of what is still to come."""
    return bool(_AHEAD.search(words))


def year_of(words: str | None, moment: Moment) -> int | None:
    """The year that `words` (去年, 2025年, 二五年的 …) name; None if none or far off."""
    if not words:
        return None
    plain = words.rstrip("的")
    if plain in _RELATIVE:
        return moment.today.year + _RELATIVE[plain]
    digits = plain.rstrip("年")
    year = parse_int(digits)
    if year is None:
        return None
    if len(digits) == 2:
        year += 2000 if year <= (moment.today.year + 5) % 100 else 1900
    return year if _FIRST <= year <= _LAST else None
