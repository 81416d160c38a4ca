"""Dates that JioNLP reads well: 昨天, 三天前, 腊月二十六, 教师节, 去年冬天, 年底.

Only phrases of known shapes reach it; its answers are checked. Left to our own readers because
JioNLP fails on them: months (上个月, 九月份), weekends, vacations, ranges of clock times, and
六月二十二, which it takes for the lunar calendar.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from threading import Lock
from types import ModuleType
from typing import Any

from resolution.moment import YEAR, Found, Moment, year_of
from resolution.numerals import NUMBER
from resolution.span import ONE_DAY, Span

_log = logging.getLogger(__name__)
_one_at_a_time = Lock()  # the parser keeps the text it works on in itself

_LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|[廿二]?十[一二三四五六七八九]?|三十|廿[一二三四五六七八九])"
)
_MONTH = r"(?:正|腊|冬|十[一二]?|[二三四五六七八九])月"
_PHRASE = re.compile(
    r"(?P<near>大前天|前天|昨[天日晚夜]|今[天日晚早晨夜]|明[天日晚早]|后天)"
    rf"|(?P<ago>(?:{NUMBER}个?半?(?:天|日|周|月|年)|半年|半个月|半月)[之以]?[前后](?!后))"
    rf"|(?P<lately>(?:最近|近|过去|这)的?(?:{NUMBER}个?(?:天|周|月|年)|半年|半个月))"
    rf"|(?P<feast>(?P<year>{YEAR})?(?:(?:正|腊|冬)月(?:{_LUNAR_DAY})?|{_MONTH}初[一二三四五六七八九十]"
    rf"|大年(?:三十|{_LUNAR_DAY})|除夕|元宵节?|六一(?:儿童节)?|儿童节|教师节|双十一|重阳节?"
    r"|[夏冬]至|立[春夏秋冬]|(?:上|下)半年|(?:(?<=年)|年)[初底末]|[春夏秋冬][天季]|开春))"
)
_EVE = re.compile(r"除夕|大年三十")  # of the wrong year if JioNLP is asked for 去年除夕


def read_by_jionlp(words: str, moment: Moment) -> Found | None:
    """The days of the first such phrase in normalised words; of feasts without a year the last.

    A feast that lies ahead is taken a year earlier, unless the words look ahead.
    """
    match = _PHRASE.search(words)
    if not match:
        return None
    phrase = match.group().replace("开春", "春天").replace("的", "")
    if match["lately"]:
        phrase = "最近" + re.sub(r"^(?:最近|近|过去|这)", "", phrase)
    if match["near"]:
        phrase = phrase[:-1] + "天"  # 今早, 昨夜: the clock is read elsewhere
    eve = bool(_EVE.search(phrase))
    phrase = _EVE.sub("正月初一", phrase)
    span = _days(phrase, moment.said)
    if match["feast"]:
        span = _of_year(span, phrase, match["year"], moment)
    if span and span.start and eve:
        span = Span(span.start - ONE_DAY, span.start - ONE_DAY)
    return Found(span, match.end()) if span else None


def solar_day_of(feast: str, year: int) -> date | None:
    """The day on which a holiday of that name falls in a year, by the (lunar) calendar."""
    span = _days(f"{year}年{feast}", datetime(year, 6, 1))
    return span.start if span else None


def _of_year(span: Span | None, phrase: str, year: str | None, moment: Moment) -> Span | None:
    if not span or not span.start:
        return span
    if year:
        wanted = year_of(year, moment)
        # A winter or a lunar month of a year may reach into the next one, never further.
        return span if wanted in (span.start.year, span.start.year - 1) else None
    if span.start > moment.today and not moment.ahead:
        return _days("去年" + phrase, moment.said)
    return span


def _days(phrase: str, said: datetime) -> Span | None:
    """The first and last day that JioNLP finds in a phrase; None if it fails or talks nonsense."""
    naive = said.replace(tzinfo=None)
    try:
        with _one_at_a_time:
            answer = _parser()(phrase, time_base=naive)
        if answer["type"] not in ("time_point", "time_span"):
            return None
        start, end = (datetime.strptime(t, "%Y-%m-%d %H:%M:%S").date() for t in answer["time"])
    except Exception as failed:  # it raises whatever its depths raise, OverflowError and others
        _log.debug("no date read: %s", type(failed).__name__)
        return None
    sensible = start <= end and abs(start.year - said.year) <= 100
    return Span(start, end) if sensible else None


@cache
def _parser() -> Callable[..., Any]:
    """JioNLP's parser, imported at first use (0.7 s) and without its banner.

    JioNLP imports jiojio, a segmenter under the GPL, for functions that are not used here. It is
    not installed; an empty module stands in for it.
    """
    sys.modules.setdefault("jiojio", ModuleType("jiojio"))
    with contextlib.redirect_stdout(io.StringIO()):
        parse: Callable[..., Any] = importlib.import_module("jionlp").parse_time
    return parse
