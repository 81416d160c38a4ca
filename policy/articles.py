"""How articles are numbered and cited: 第三十三条 is 第33条; 第13条、第32条至第34条; 第三部分第（三）项.

Pure words and numbers; whether a text has the article is `official`'s business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from resolution.numerals import parse_int

NUMERAL = "[0-9０-９〇零一二三四五六七八九十百千]{1,9}"
LARGEST = 9999

_OLD_NOUGHT = str.maketrans("〇", "零")
_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_BETWEEN = re.compile(r"\s*[、，,；;及和]\s*")
_UNTIL = re.compile(
    rf"^(第[（(]?{NUMERAL}[）)]?)(条|部分)?[至到—-](第?[（(]?{NUMERAL}[）)]?)(条|部分)$"
)
_CITED = re.compile(
    rf"^(?:第[（(]?({NUMERAL})[）)]?(条|部分|章|节|编)(?:之({NUMERAL}))?)?"
    rf"(?:第({NUMERAL})款)?(?:第?[（(]?({NUMERAL})[）)]?项)?$"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One article as a rule cites it. `words`: as written; `unit`: 条, 部分, 章, 节 or 编.

    `branch`: the 1 of 第10条之一, else 0; `paragraph` (款) and `item` (项) where cited.
    """

    words: str
    unit: str
    number: int
    branch: int = 0
    paragraph: int | None = None
    item: int | None = None


def read_number(numeral: str) -> int | None:
    """三十三, 一百〇三, 33 or ３３ as a number from 1 to LARGEST; None for anything else."""
    if numeral.isdecimal():
        value: int | None = int(numeral)
    else:
        value = parse_int(numeral.translate(_OLD_NOUGHT))
    return value if value is not None and 1 <= value <= LARGEST else None


def in_chinese(number: int) -> str:
    """33 as 三十三, 103 as 一百零三. Raises ValueError outside of 1 to LARGEST."""
    if not 1 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 1 and {LARGEST}")
    signs = ""
    for place, digit in enumerate(map(int, reversed(str(number)))):
        if digit:
            signs = _DIGITS[digit] + _UNITS[place] + signs
        elif signs and not signs.startswith("零"):
            signs = "零" + signs
    return signs.removeprefix("一") if 10 <= number < 20 else signs


def article_key(number: int, branch: int = 0) -> str:
    """第33条, 第10条之一: as rules write it."""
    return f"第{number}条" + (f"之{in_chinese(branch)}" if branch else "")


def read_references(cited: str) -> list[Reference] | None:
    """All articles in the `article` of a rule; a span such as 第32条至第34条 is written out.

    None if a part of it cannot be read.
    """
    found: list[Reference] = []
    for part in _BETWEEN.split(cited.strip()):
        span = _UNTIL.match(part)
        read = _span(part, span) if span else _single(part, found[-1] if found else None)
        if not read:
            return None
        found += read
    return found


def _span(part: str, span: re.Match[str]) -> list[Reference]:
    since, _, until, unit = span.groups()
    first, last = (read_number(end.strip("第（()）")) for end in (since, until))
    if first is None or last is None or not first < last <= first + 100:
        return []
    return [Reference(part, unit, number) for number in range(first, last + 1)]


def _single(part: str, before: Reference | None) -> list[Reference]:
    """第33条第3款; a mere 第4款 or （七）项 belongs to the article cited before it."""
    match = _CITED.match(part)
    if not match or not part:
        return []
    said, unit, *rest = match.groups()
    branch, paragraph, item = (read_number(numeral) if numeral else None for numeral in rest)
    if said is None:
        return [replace(before, words=part, paragraph=paragraph, item=item)] if before else []
    number = read_number(said)
    if number is None:
        return []
    return [Reference(part, unit, number, branch or 0, paragraph, item)]
