"""Chinese and Arabic numbers as people write them: 一百二十, 3千8, 一万二, 1.2万, 二〇二五."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_FORMAL = str.maketrans("壹弍贰叁肆伍陆柒捌玖拾佰仟廿", "一二二三四五六七八九十百千念")
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SECTION, _HIGHEST = 10**4, 10**9
_TOO_LARGE = 10**20
_LONGEST = 24  # signs of a number anybody writes
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九]|[十百千万亿]")

NUMBER = (
    r"(?:[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九十百千廿壹贰叁肆伍陆柒捌玖拾佰仟])"
    r"(?:(?<![0-9])[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]){0,23}"
)


def parse_number(text: str) -> Decimal | None:
    """The value of a normalised number; None if it is not one number.

    A last digit after 百, 千 or 万 counts the next lower unit: 一万二 is 12000, 一百零二 is 102.
    """
    flat = text.translate(_FORMAL).replace("念", "二十").replace(",", "")
    tokens = _TOKEN.findall(flat)
    if not tokens or len(flat) > _LONGEST or "".join(tokens) != flat:
        return None
    if len(tokens) > 1 and all(token in _DIGITS for token in tokens):
        return Decimal("".join(str(_DIGITS[token]) for token in tokens))
    return _sum(tokens)


def parse_int(text: str) -> int | None:
    """As `parse_number`, for whole numbers only."""
    value = parse_number(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def plain(number: Decimal) -> Decimal:
    """The same number without trailing noughts or an exponent: 3600.0 is 3600."""
    return (
        number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    )


def _sum(signs: list[str]) -> Decimal | None:
    """Add digits and units; within a section of up to four places the units must descend."""
    total = section = Decimal(0)
    digit: Decimal | None = None
    unit = _HIGHEST  # read last in the section
    shorthand = 0  # what a single last digit counts
    for sign in signs:
        size = _UNITS.get(sign, 0)
        if size >= _SECTION:
            section += digit or 0
            if not section:
                return None
            total = (total + section) * size if size > _SECTION else total + section * size
            section, digit, unit, shorthand = Decimal(0), None, _HIGHEST, size // 10
        elif size:
            if size >= unit or (digit is None and size > 10):
                return None
            section += (1 if digit is None else digit) * size
            digit, unit, shorthand = None, size, size // 10
        elif digit is not None:
            return None
        elif sign == "零":
            shorthand = 0
        else:
            digit = Decimal(_DIGITS.get(sign, sign))
    return total + section + _last(digit, shorthand)


def _last(digit: Decimal | None, shorthand: int) -> Decimal:
    if digit is None:
        return Decimal(0)
    short = shorthand >= 10 and digit < 10 and digit == digit.to_integral_value()
    return digit * shorthand if short else digit
