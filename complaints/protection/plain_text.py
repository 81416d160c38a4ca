"""A text as it is compared with patterns, and where each of its characters stands in the original.

Widths and traditional characters are folded, characters that nobody sees are left out, a mark such as
〔姓名〕 becomes one character that no pattern takes for a word, and what is written with something
between all its characters (我 儿 子 三 年 二 班) is closed up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC  # type: ignore[import-untyped]

MARK = "\ue000"  # stands for a mark in the plain text; never let in from outside
_MARKED = re.compile(r"〔[一-龥A-Z]{1,5}〕")
_UNSEEN = "\ue001"
_LETTER = "[一-鿿0-9A-Za-z\ue000]"
_SPREAD = re.compile(rf"{_LETTER}([ \t.·•*_/|~\-、,])(?:{_LETTER}\1){{2,}}{_LETTER}")
_HAN = re.compile("[一-鿿]")
_FEWEST_HAN = 3  # in a spread text: below that it may be a list of numbers


@dataclass(frozen=True)
class PlainText:
    """`text` for patterns; character i stands at original positions `starts[i]` to `ends[i]`."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where the (non-empty) stretch from start to end stands in the original."""
        return self.starts[start], self.ends[end - 1]


def plain_text(text: str, marks: Iterable[str] = ()) -> PlainText:
    """The plain form of a text. `marks` are the marks that are known as such."""
    folded = text.translate(_folding())
    left_out = [(m.start(), m.end(), "") for m in re.finditer(_UNSEEN, folded)]
    left_out += [(*m.span(), MARK) for m in _MARKED.finditer(text) if m.group() in marks]
    left_out += _gaps_in_spread(folded)
    if not left_out:
        return PlainText(folded, range(len(text)), range(1, len(text) + 1))
    return _without(folded, sorted(left_out))


def _without(folded: str, left_out: list[tuple[int, int, str]]) -> PlainText:
    """`folded` with each stretch (start, end, instead) replaced; of two that meet the first counts."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, instead in [*left_out, (len(folded), len(folded), "")]:
        if start < done:
            continue
        parts += [folded[done:start], instead]
        starts += [*range(done, start), *[start] * len(instead)]
        ends += [*range(done + 1, start + 1), *[end] * len(instead)]
        done = end
    return PlainText("".join(parts), tuple(starts), tuple(ends))


def _gaps_in_spread(folded: str) -> list[tuple[int, int, str]]:
    return [
        (at, at + 1, "")
        for match in _SPREAD.finditer(folded)
        if len(_HAN.findall(match.group())) >= _FEWEST_HAN
        for at in range(match.start() + 1, match.end(), 2)
    ]


class _Folding(dict[int, str]):
    """A table for str.translate that learns each character at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


@lru_cache(maxsize=1)
def _folding() -> _Folding:
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = _Folding({ord(c): s for c, s in zip(han, simplified, strict=True) if len(s) == 1})
    table[ord("著")] = "着"  # OpenCC keeps it; it is 着 in all but 著名 and 著作
    return table


def _fold(char: str) -> str:
    """One character for one, so that positions hold."""
    category = unicodedata.category(char)
    if char in "\n\t":
        return char
    if category[0] == "M" or category in ("Cc", "Cf", "Cs", "Co"):
        return _UNSEEN
    value = unicodedata.decimal(char, None)
    if value is not None:
        return str(value)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
