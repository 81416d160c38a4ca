"""Sums of money as people write them: 三千六百元, 一万二, 3千8, 1.2万元, 两千多, ￥4,980."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from resolution.numerals import NUMBER, parse_number, plain
from resolution.wording import normalise

Per = Literal["lesson", "month", "term", "year", "hour", "person"]

_CURRENCY = r"(?:元|块钱?|钱|蚊|rmb|人民币)"
_MORE = r"多|余|来|几|好几|出头|以上|把"
_COUNTED = r"(?:节|学|季|课|堂|次|个|人|名|位|年|岁|点|月|号|日|天|周|分钟|小时|级|班|%|折|期|门|科|张|本|套|份|页|道|:)"
_SUM = re.compile(
    rf"(?P<sign>[¥$]|人民币|rmb)?(?P<over>超过?|不止|不低于|至少)?(?P<number>{NUMBER})"
    rf"(?P<letter>[kw](?![a-z]))?(?P<more>{_MORE})?(?P<unit>[百千万亿]+)?(?P<more_after>{_MORE})?"
    rf"(?:(?P<currency>{_CURRENCY})(?P<coins>[0-9一二两三四五六七八九]{{1,2}}(?![0-9]|十|百|千|万|{_COUNTED})"
    rf"[毛角]?)?|(?P<dimes>[毛角]钱?))?(?P<more_last>{_MORE})?"
)
_UP_TO = re.compile(r"[上成](?P<unit>[百千万亿]+)(?P<currency>元|块钱?)?")
_SEVERAL = re.compile(r"(?:几|(?<!人)数)$")
_TWO_DIGITS = re.compile(r"([一二三四五六七八九])([二两三四五六七八九])(?=[十百千万]|$)")
_LETTERS = {"k": Decimal(1000), "w": Decimal(10**4)}
_SIZES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MOST = Decimal(10**11)
_CLAUSE_ENDS = re.compile(r"[,，。；;！!？?\n]")

_A = r"(?:每一?|一|按|/|单)个?"
_PER: tuple[tuple[Per, re.Pattern[str]], ...] = (
    ("lesson", re.compile(rf"{_A}(?:课时|节课?|堂课?|次课)|(?:每|按|/)一?次|课时费")),
    ("hour", re.compile(rf"{_A}(?:小时|钟头)|时薪")),
    ("month", re.compile(rf"{_A}月(?!份)|包月|月费")),
    ("term", re.compile(rf"{_A}学期")),
    ("year", re.compile(rf"{_A}(?:学年|年(?!级|前|后))|年费")),
    ("person", re.compile(rf"{_A}(?:人|位|学生|孩子|家长|生(?![日活]))|人均")),
)


@dataclass(frozen=True)
class Amount:
    """A sum in yuan; `at_least` for 两千多, 上万; `per` what it is paid for, None if unknown."""

    yuan: Decimal
    at_least: bool = False
    per: Per | None = None


def resolve_amount(text: str, sentence: str = "") -> Amount | None:
    """The sum that `text` states; the clause of `sentence` that holds `text` may say per what.

    Of several, the first with a mark of money, else the first that counts nothing else (60节).
    None for 几千块 and where no sum is.
    """
    words = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", normalise(text))
    sums = [(match, value) for match in _SUM.finditer(words) if (value := _value(match, words))]
    marked = [value for match, value in sums if _is_money(match)]
    uncounted = [value for match, value in sums if not re.match(_COUNTED, words[match.end() :])]
    found = next(iter(marked + uncounted), None) or _up_to(words)
    if not found or found[0] >= _MOST:
        return None
    return Amount(*found, per=_per(text, sentence))


def _is_money(match: re.Match[str]) -> bool:
    return bool(match["sign"] or match["currency"] or match["dimes"])


def _value(match: re.Match[str], words: str) -> tuple[Decimal, bool] | None:
    """Yuan, and whether it is at least so much."""
    if _SEVERAL.search(words[: match.start()]):
        return None  # 几千, 数百, 好几万
    said, unit = match["number"], match["unit"] or ""
    rough = _TWO_DIGITS.match(said)
    if rough:
        said = said[0] + said[2:]  # 七八千: at least 7000
    number = parse_number(said)
    if number is None:
        return None
    for sign in unit:
        number *= _SIZES[sign]
    number *= _LETTERS.get(match["letter"] or "", Decimal(1))
    if match["dimes"]:
        number /= 10
    more = match["over"] or match["more"] or match["more_after"] or match["more_last"] or rough
    return plain(number + _coins(match["coins"])), bool(more)


def _coins(said: str | None) -> Decimal:
    """三块五: the 五 counts tenths; two figures are hundredths."""
    figures = (said or "").rstrip("毛角")
    number = parse_number(figures) if figures else None
    return number / Decimal(10) ** len(figures) if number is not None else Decimal(0)


def _up_to(words: str) -> tuple[Decimal, bool] | None:
    """上万, 上千元: at least that."""
    match = _UP_TO.search(words)
    if not match:
        return None
    number = Decimal(1)
    for sign in match["unit"]:
        number *= _SIZES[sign]
    return number, True


def _per(text: str, sentence: str) -> Per | None:
    before, found, after = sentence.partition(text)
    clause = text
    if found:
        clause = _CLAUSE_ENDS.split(before)[-1] + text + _CLAUSE_ENDS.split(after)[0]
    words = normalise(clause)
    return next((per for per, pattern in _PER if pattern.search(words)), None)
