"""Days the school year names: 暑假, 去年寒假, 这学期, 上学期, 开学以来."""

from __future__ import annotations

import re

from resolution.moment import YEAR, Found, Moment, year_of
from resolution.numerals import NUMBER, parse_int
from resolution.span import ONE_DAY, Span
from resolution.terms import Season, Vacation

_VACATION = re.compile(
    rf"(?P<every>每年)?(?P<year>{YEAR})?(?<!寒)(?P<season>[寒暑])[假期]期?(?:期间)?"
)
_SEMESTER = re.compile(
    rf"(?P<year>{YEAR})?(?:(?P<which>上上|[这本上下]|[春秋]季)个?学期|(?P<season>[春秋]季)?(?P<opening>开学)"
    rf"(?:(?P<day>第一天|当天|那天)|第(?P<week>{NUMBER})周|(?P<since>[之以]?后))?)"
)
_MOST_WEEKS = 25  # of a school term
_SEASONS: dict[str, Season] = {"寒": "winter", "暑": "summer"}
_VACATION_LABEL = frozenset({"vacation"})


def read_school_year(words: str, moment: Moment) -> Found | None:
    """The vacation or school term that normalised words name first; a vacation goes before."""
    match = _VACATION.search(words)
    if match and "寒暑假" not in words and not match["every"]:
        season = _SEASONS[match["season"]]
        year = year_of(match["year"], moment)
        vacation = moment.terms.vacation(season, year) if year else _latest(season, moment)
        return Found(vacation.span, match.end(), _VACATION_LABEL)
    match = _SEMESTER.search(words)
    span = _semester(match, moment) if match else None
    return Found(span, match.end()) if match and span else None


def _latest(season: Season, moment: Moment) -> Vacation:
    """The latest vacation that has begun; looking ahead the first that is not over."""
    vacations = [v for v in moment.terms.around(moment.today.year) if v.season == season]
    if moment.ahead:
        return next(v for v in vacations if v.end >= moment.today)
    return [v for v in vacations if v.start <= moment.today][-1]


def _semester(match: re.Match[str], moment: Moment) -> Span | None:
    year = year_of(match["year"], moment)
    season = match["season"] or match["which"]
    if season in ("春季", "秋季"):
        return _by_season(season, year or moment.today.year, moment)
    if match["opening"] and not year:
        return _at_opening(match, moment)
    if year:
        return None  # 去年上学期 may be its spring or its autumn
    steps = {"上": -1, "上上": -2, "下": 1}.get(match["which"], 0)
    semesters = moment.terms.semesters(moment.today.year)
    now = _current(semesters, moment)
    between = moment.today > (semesters[now].end or moment.today)
    if between and steps < 0:
        steps += 1  # said in the vacation, 上学期 is the one just over
    return semesters[now + steps] if 0 <= now + steps < len(semesters) else None


def _current(semesters: list[Span], moment: Moment) -> int:
    """The index of the term that runs, or in a vacation of the one just over."""
    begun = [i for i, term in enumerate(semesters) if term.start and term.start <= moment.today]
    return begun[-1] if begun else 0


def _at_opening(match: re.Match[str], moment: Moment) -> Span | None:
    """开学第一天, 开学第三周, 开学后 (until today); 开学 alone is the first week."""
    semesters = moment.terms.semesters(moment.today.year)
    start = semesters[_current(semesters, moment)].start
    week = parse_int(match["week"]) if match["week"] else 1
    if start is None or week is None or not 1 <= week <= _MOST_WEEKS:
        return None
    if match["since"]:
        return Span(start, max(start, moment.today))
    if match["day"]:
        return Span(start, start)
    first = start + 7 * (week - 1) * ONE_DAY
    return Span(first, first + 6 * ONE_DAY)


def _by_season(season: str, year: int, moment: Moment) -> Span:
    terms = moment.terms
    winter, summer = terms.vacation("winter", year), terms.vacation("summer", year)
    if season == "春季":
        return Span(winter.end + ONE_DAY, summer.start - ONE_DAY)
    return Span(summer.end + ONE_DAY, terms.vacation("winter", year + 1).start - ONE_DAY)
