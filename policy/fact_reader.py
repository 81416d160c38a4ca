"""Reads from a parent's message the facts on which a rule may turn.

Words come from facts.yml; grades, days, times, sums and counts from the resolution package. What
is not said stays out: a rule never turns on a guess of this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from policy.clock_facts import read_times
from policy.conditions import FactValue
from policy.features import any_of
from policy.model import REGION, Choice, FactWords, Flag
from resolution.amount import resolve_amount
from resolution.counts import find_counts
from resolution.days import day_type
from resolution.grade import GradeStage, resolve_grade
from resolution.numerals import NUMBER, parse_number
from resolution.terms import SchoolTerms
from resolution.week import read_week
from resolution.when import SHANGHAI, resolve_when
from resolution.wording import normalise

MONTHS_OF_A_TERM = 4.5
LEAST_BARE_SUM = 100  # yuan; a smaller number without a mark of money is more likely a count

_ANY_DAY = datetime(2025, 11, 19, 12, tzinfo=SHANGHAI)
"""An ordinary Wednesday: what 昨晚 is to the search must not change with the day of asking."""

_CLAUSES = re.compile(r"[,，。；;！!？?\n、]|但是|结果")
_MARKS = re.compile(r"[\W_]+")
_DATE = re.compile(
    r"[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号]"
    r"|昨[天晚]|前天|今[天晚]|明[天晚]|[上这本下]个?周[一二三四五六日1-6末]"
)
_NUMBERS = re.compile(
    r"(?<![第初高大小0-9])(?:[0-9.]+|[一二两三四五六七八九十百千万零]+)[多余来]?[wk万千百]?"
    r"(?:[元块][0-9一二两三四五六七八九]?钱?)?"
)
_COUNTED = re.compile(
    r"[年点课节分个月日号次回人名位岁班小周天%场种页遍张套本米平楼班条门道届级型秒]|来个|多个"
)
_MARK = re.compile(r"[元块]")
_WHOLE_YEAR = re.compile(r"年卡|全年|整年|年费|按年|包年|一年的|两学期|两个学期|半年卡")
_LARGE = re.compile(r"[0-9百千万]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?=[年级)〕\]])")
_TIMES = re.compile(rf"(?<![第上这那每下多高初])(?P<number>{NUMBER})[次回场](?!性|课|[交收付缴拿])")
_LESSONS = re.compile(rf"(?<![每第0-9.])(?P<number>{NUMBER})(?:多|来|几)?(?:个?课时|[节堂次]课)")
LEAST_LESSONS = 10  # fewer, next to a price, are what the price is for
_PERCENT = re.compile(rf"百分之(?P<words>{NUMBER})|(?P<figures>[0-9.]+)%")
_ONLY_WORKDAY = ("调休", "补班", "要上班", "上班日")
_LUMP = frozenset({None, "person", "term", "year", "month"})

Matcher = tuple[re.Pattern[str], dict[str, frozenset[str]]]


class FactReader:
    """Turns a text into facts."""

    def __init__(self, words: FactWords, terms: SchoolTerms) -> None:
        self._terms = terms
        self._choices = {
            name: (_matcher(choice, choice.words), _matcher(choice, choice.weak))
            for name, choice in words.choices.items()
        }
        self._flags = {name: _flag_matcher(flag) for name, flag in words.flags.items()}
        self._places = {
            word: place.all_of for place in words.places.values() for word in place.words
        }
        self._place = any_of(self._places)
        sayings = [word for (_, said), _ in self._choices.values() for word in said]
        self._stating = any_of([*sayings, *self._places])

    def read(self, text: str, said_at: datetime | None = None) -> dict[str, FactValue]:
        """The facts that `text`, said at an aware time (default: now), states. Never raises."""
        now = (said_at or datetime.now(SHANGHAI)).astimezone(SHANGHAI)
        plain = normalise(text)
        found: dict[str, FactValue] = {}
        for name, (words, weak) in self._choices.items():
            said = _values(words, plain) or _values(weak, plain)
            if said:
                found[name] = said
        for name, (pattern, truths) in self._flags.items():
            told = {truths[match[0]] for match in pattern.finditer(plain)} - {None}
            if told:
                found[name] = False not in told  # 说是自愿其实逼着交: the denial counts
        places = [self._places[match[0]] for match in self._place.finditer(plain)]
        if places:
            found[REGION] = frozenset().union(*places)
        _read_stage(plain, found)
        self._read_days(plain, now, found)
        _read_numbers(plain, found)
        found.update(read_times(plain))
        return found

    def rest(self, text: str) -> str:
        """`text` in one spelling, without punctuation and without the words that state facts."""
        return _MARKS.sub("", self._stating.sub("", normalise(text)))

    def named(self, text: str) -> list[str]:
        """The facts of `text` as names for the search: `stage=junior`, `paid=True`, `months`.

        The same on every day, so that what the search learns of the same phrasings is the same.
        """
        names: list[str] = []
        for name, value in self.read(text, _ANY_DAY).items():
            if isinstance(value, frozenset):
                names += [f"{name}={one}" for one in sorted(value)]
            else:
                names.append(f"{name}={value}" if isinstance(value, bool) else name)
        return names

    def _read_days(self, plain: str, now: datetime, found: dict[str, FactValue]) -> None:
        """A date in the text decides by the calendar; else weekdays and the words for days."""
        if any(word in plain for word in _ONLY_WORKDAY) and "放假" not in plain:
            found["day"] = frozenset({"workday"})
            return
        dated = [clause for clause in _CLAUSES.split(plain) if _DATE.search(clause)]
        types: set[str] = set()
        for clause in dated:
            when = resolve_when(clause, now, self._terms)
            if when.start and when.end and when.start.date() == when.end.date():
                types.add(day_type(when.start.date(), self._terms))
        named = found.get("day")
        if types and not (isinstance(named, frozenset) and "vacation" in named):
            found["day"] = frozenset(types)
            return
        weekdays = read_week(plain).weekdays
        if weekdays and len(weekdays) < 7:
            of_week = {"weekend" if day >= 5 else "workday" for day in weekdays}
            found["day"] = frozenset(of_week | (named if isinstance(named, frozenset) else set()))


def _matcher(choice: Choice, sayings: Mapping[str, frozenset[str]]) -> Matcher:
    values = {
        normalise(word): choice.groups.get(value, frozenset({value}))
        for value, words in sayings.items()
        for word in words
    }
    return any_of(values), values


def _values(matcher: Matcher, plain: str) -> frozenset[str]:
    pattern, values = matcher
    return frozenset().union(*(values[match[0]] for match in pattern.finditer(plain)))


def _flag_matcher(flag: Flag) -> tuple[re.Pattern[str], dict[str, bool | None]]:
    truths = {normalise(word): truth for word, truth in flag.words.items()}
    return any_of(truths), truths


def _read_stage(plain: str, found: dict[str, FactValue]) -> None:
    """Grades that are named say more than 小学 or 中小学."""
    grade = resolve_grade(plain)
    if grade is None or not grade.grades or len(grade.grades) > 6:
        if grade and grade.stage and "stage" not in found:
            found["stage"] = _STAGES[grade.stage]
        return
    found["stage"] = frozenset(map(_stage_of, grade.grades))
    if "final_year" not in found and _is_named(grade):
        found["final_year"] = grade.grade in (6, 9, 12)


_STAGES = {
    "kindergarten": frozenset({"preschool"}),
    "primary": frozenset({"lower_primary", "upper_primary"}),
    "junior": frozenset({"junior"}),
    "senior": frozenset({"senior"}),
}


def _is_named(grade: GradeStage) -> bool:
    return grade.grade is not None


def _stage_of(grade: int) -> str:
    if grade <= 6:
        return "lower_primary" if grade <= 2 else "upper_primary"
    return "junior" if grade <= 9 else "senior"


def _read_numbers(plain: str, found: dict[str, FactValue]) -> None:
    counts = find_counts(plain)
    if counts.months is not None:
        found["months"] = float(counts.months)
    elif counts.terms is not None:
        found["months"] = float(counts.terms) * MONTHS_OF_A_TERM
    elif _WHOLE_YEAR.search(plain):
        found["months"] = 12.0
    lessons = _lessons(plain) if counts.lessons is None else float(counts.lessons)
    if lessons is not None:
        found["lessons"] = lessons
    if counts.hours is not None:
        found["minutes"] = float(round(counts.hours * 60))
    for name, read in _READERS.items():
        number = read(plain)
        if number is not None:
            found[name] = number


def _sum(plain: str) -> float | None:
    """The largest sum paid at once; a price per lesson or hour is none."""
    sums = []
    for clause in _CLAUSES.split(_YEAR.sub("", plain)):
        for said in _NUMBERS.finditer(clause):
            amount = resolve_amount(said[0], clause)
            if amount is None or amount.per not in _LUMP or _COUNTED.match(clause[said.end() :]):
                continue
            large = amount.yuan >= LEAST_BARE_SUM and _LARGE.search(said[0])
            if _MARK.search(said[0]) or large:
                sums.append(float(amount.yuan) + (1 if amount.at_least else 0))
    return max(sums, default=None)


def _lessons(plain: str) -> float | None:
    most = _largest(_LESSONS, plain)
    return most if most is not None and most >= LEAST_LESSONS else None


def _count_of_times(plain: str) -> float | None:
    return _largest(_TIMES, plain)


def _largest(pattern: re.Pattern[str], plain: str) -> float | None:
    counts = [parse_number(match["number"]) for match in pattern.finditer(plain)]
    return max((float(count) for count in counts if count is not None), default=None)


def _percentage(plain: str) -> float | None:
    found = _PERCENT.search(plain)
    number = parse_number(found["words"] or found["figures"]) if found else None
    return None if number is None else float(number)


_READERS: Mapping[str, Callable[[str], float | None]] = {
    "yuan": _sum,
    "times": _count_of_times,
    "percent": _percentage,
}
