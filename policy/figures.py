"""Numbers that a rule states but the articles that it cites do not: 60分钟, 20:30, 3个月, 1至3倍.

A hint for whoever checks a rule against the text, never a proof: a rule may sum up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from policy.model import Rule
from policy.official import OfficialText, passages
from resolution.numerals import NUMBER, parse_number

_Figure = tuple[Decimal, str]

# How each unit is compared: 1小时 is 60分钟. Bare 月 and 号 belong to dates.
_UNITS: dict[str, tuple[str, int]] = {
    "分钟": ("分钟", 1), "小时": ("分钟", 60), "个月": ("月", 1), "个工作日": ("工作日", 1),
    "天": ("日", 1), "日": ("日", 1), "周岁": ("岁", 1), "岁": ("岁", 1), "周": ("周", 1),
    "年": ("年", 1), "元": ("元", 1), "倍": ("倍", 1), "%": ("%", 1), "课时": ("课时", 1),
    "平方米": ("平方米", 1),
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNTED = re.compile(
    rf"(?<![第月年.0-9:])(?:(?P<lower>{NUMBER})(?:{_UNIT})?(?:以上|以内)?[至到~～—-])?"
    rf"(?P<number>{NUMBER})(?P<unit>{_UNIT})(?!级|度)"
)
_TIME = re.compile(
    rf"(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-5][0-9])"
    rf"|(?<!第)(?P<said>{NUMBER})[时点](?:(?P<past>{NUMBER})分|(?P<half>半)|(?!间))"
)
_PER_CENT = re.compile(rf"百分之({NUMBER})")
_WRITTEN = str.maketrans("０１２３４５６７８９：∶％〇", "0123456789::%零")
_HALF_DAY = 12 * 60  # 晚八点半 is 20:30
_FIRST_YEAR = 1900


def absent_figures(rule: Rule, official: Mapping[str, OfficialText]) -> list[str]:
    """The numbers in what the rule says that none of its sources has, as the rule writes them.

    None unless the text of every source is there: the number may stand in the other document.
    """
    texts = list(_sources(rule, official))
    if None in texts:
        return []
    known = {figure for text in texts if text for figure, _ in _figures(text)}
    said = "\n".join([rule.statement, *(case.say for case in rule.cases)])
    return list(dict.fromkeys(words for figure, words in _figures(said) if figure not in known))


def _sources(rule: Rule, official: Mapping[str, OfficialText]) -> Iterator[str | None]:
    """The words of each article that the rule cites; of a whole document, if it cites none."""
    for source in rule.sources:
        text = official.get(source.document.id)
        if text is None:
            yield None
        elif source.article is None:
            yield "\n".join(text.articles.values())
        else:
            yield from (said for _, said in passages(text, source.article))


def _figures(text: str) -> Iterator[tuple[_Figure, str]]:
    """Each number that has a unit, and each time of day, with its words."""
    plain = _PER_CENT.sub(r"\1%", text.translate(_WRITTEN))
    for match in _COUNTED.finditer(plain):
        for numeral in filter(None, (match["lower"], match["number"])):
            value = parse_number(numeral)
            if value is not None and not (match["unit"] == "年" and value >= _FIRST_YEAR):
                name, size = _UNITS[match["unit"]]
                yield (value * size, name), match[0]
    for match in _TIME.finditer(plain):
        minutes = _minutes(match)
        if minutes is not None:
            yield (minutes % _HALF_DAY, "时刻"), match[0]


def _minutes(match: re.Match[str]) -> Decimal | None:
    hour = parse_number(match["hour"] or match["said"])
    minute = parse_number(match["minute"] or match["past"] or "0")
    if hour is None or minute is None:
        return None
    return hour * 60 + (30 if match["half"] else minute)
