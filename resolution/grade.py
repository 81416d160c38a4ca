"""School stage and grades: 五年级, 初一至初三, 小升初, 大班, 高中."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from resolution.numerals import parse_int
from resolution.wording import normalise

Stage = Literal["kindergarten", "primary", "junior", "senior"]

_FIRST = {"小": 1, "小学": 1, "初": 7, "初中": 7, "高": 10, "高中": 10}
_N = r"(?:1[0-2]|十[一二]?|[1-9一二三四五六七八九])"
_SEP = r"[、,和及或]?"
_TO = r"[到至-]"
_YEARS = re.compile(
    rf"(?<![初高中老])(?:(?P<from>{_N})(?:年级)?{_TO}(?P<to>{_N})年级|(?P<list>{_N}(?>(?:{_SEP}{_N}){{0,8}}))年级(?!组?长)"
    rf"|(?P<class>{_N})(?:年?\([0-9]{{1,2}}\)班|年[0-9一二三四五六七八九十]{{1,2}}班))"
)
# 高一点 is "a bit higher"; 大年初一 a day; 初一 may follow 新, 准 and the like.
_STAGED = re.compile(
    r"(?<![年月大最提很更])(?P<stage>小学?|初中?|高中?)(?P<first>[一二三四五六1-6])(?![点些0-9:%]|直)(?!个|所|名)(?!(?<=[学中]一)(?:学[期年]|周|[天次般样起共定张科]|门课))"
    rf"(?:{_SEP}(?P<more>[二三四五六2-6])(?=年级|$|[、,的]))?"
)
_STAGED_RANGE = re.compile(
    rf"(?P<s1>小学?|初中?|高中?)(?P<n1>[一二三四五六1-6]){_TO}(?P<s2>小学?|初中?|高中?)?(?P<n2>[一二三四五六1-6])"
)
_STEPS = (
    (re.compile(r"小升初|升初中"), {6}),
    (re.compile(r"初升高|升高中|(?<![期初高])中考"), {9}),
    (re.compile(r"高考"), {12}),
    (re.compile(r"小学毕业"), {6}),
    (re.compile(r"初中毕业"), {9}),
    (re.compile(r"高中毕业"), {12}),
    (re.compile(r"毕业班"), {6, 9, 12}),
)
_KINDERGARTEN = re.compile(
    r"幼儿园|(?<!放)学前|幼升小|幼小衔接|学龄前"
    r"|(?<![0-9精晚午课])(?:[大中小托]|中[、和]?小|大[、和]?中)班(?![课制化教额型上授]|[0-9一二两三四五六七八九十几]+个?人)"
)
_STAGE_WORDS: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    ("primary", re.compile(r"(?<!中)小学(?!化)")),
    ("junior", re.compile(r"初中|初20[0-9]{2}级")),
    ("senior", re.compile(r"高中|高20[0-9]{2}级")),
)
_BOTH = (
    (re.compile(r"中小学"), frozenset(range(1, 13))),
    (re.compile(r"(?<![大小])中学|中学生"), frozenset(range(7, 13))),
)


@dataclass(frozen=True)
class GradeStage:
    """A stage (None if several) and the grades 1 to 12 meant; none named means the whole stage."""

    stage: Stage | None
    grades: frozenset[int] = frozenset()

    @property
    def grade(self) -> int | None:
        """The grade, if exactly one is meant."""
        return next(iter(self.grades)) if len(self.grades) == 1 else None


def resolve_grade(text: str) -> GradeStage | None:
    """The stage and grades that `text` names; None for none, for 大三, and for class sizes (小班课).

    A six-year primary and three-year junior school are assumed. 中学 and 毕业班 alone have no
    stage, but the grades they may be.
    """
    words = normalise(text)
    grades = _years(words) | _staged(words)
    if not grades:
        grades = next((set(found) for step, found in _STEPS if step.search(words)), set())
    if grades:
        return _of_grades(frozenset(grades))
    stages: list[Stage] = ["kindergarten"] if _KINDERGARTEN.search(words) else []
    stages += [stage for stage, word in _STAGE_WORDS if word.search(words)]
    if len(stages) == 1:
        return GradeStage(stages[0])
    both = next((found for word, found in _BOTH if word.search(words)), frozenset())
    return GradeStage(None, both) if stages or both else None


def _of_grades(grades: frozenset[int]) -> GradeStage:
    stages: set[Stage] = {
        "primary" if grade <= 6 else "junior" if grade <= 9 else "senior" for grade in grades
    }
    return GradeStage(stages.pop() if len(stages) == 1 else None, grades)


def _years(words: str) -> set[int]:
    found: set[int] = set()
    for match in _YEARS.finditer(words):
        if match["list"]:
            found |= {parse_int(one) or 0 for one in re.findall(_N, match["list"])}
        elif match["class"]:
            found.add(parse_int(match["class"]) or 0)
        else:
            first, last = parse_int(match["from"]) or 0, parse_int(match["to"]) or 0
            found |= set(range(first, last + 1))
    return {grade for grade in found if 1 <= grade <= 12}


def _staged(words: str) -> set[int]:
    found: set[int] = set()
    for match in _STAGED_RANGE.finditer(words):
        first = _grade(match["s1"], match["n1"])
        last = _grade(match["s2"] or match["s1"], match["n2"])
        found |= set(range(first, last + 1)) if first and last else set()
    for match in _STAGED.finditer(words):
        numbers = [match["first"]] + ([match["more"]] if match["more"] else [])
        found |= {_grade(match["stage"], number) for number in numbers}
    return found - {0}


def _grade(stage: str, number: str) -> int:
    """小三 is 3, 初二 is 8, 高一 is 10; 0 for what no school has (初五)."""
    place = parse_int(number) or 0
    most = 6 if stage.startswith("小") else 3
    return _FIRST[stage] + place - 1 if 1 <= place <= most else 0
