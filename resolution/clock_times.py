"""Clock times in a text: 八点半, 8:30, 20点40, 六点多, and their place in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from resolution.day_parts import ANY_PART, part_kinds, tells_half
from resolution.numerals import parse_int

_HOUR = (
    r"(?:[0-9]{1,2}|二十[一二三四]?|十一二|十[一二三四五六七八九]?|[零一二两三四五六七八九]{1,2})"
)
_MINUTE = r"(?:半|[一二三]刻|[0-9]{1,2}|零[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)"
_TO = r"(?:一直|直|拖)?[到至-]"
# Marks of a clock time after its hour; the last one is that of a shared 点: 七到九点, 晚7-9点.
_MARK = (
    r"(?P<mark>点钟?过?|时(?![候间常段节光代而])|:(?=[0-9]{2})"
    rf"|(?={_TO}{ANY_PART}?{_HOUR}[点:]))"
)
_TIME = re.compile(
    rf"(?<![0-9.:第零一二两三四五六七八九十])(?P<hour>{_HOUR}){_MARK}"
    rf"(?P<minute>{_MINUTE})?(?:分(?!钟)|整)?(?P<rough>多|左右|来钟|上下)?"
)
_DOTTED = re.compile(r"((?:早上|上午|中午|下午|晚上?|夜里)[0-9]{1,2})\.(?=[0-9]{2}(?![0-9]))")
CONNECTED = re.compile(rf"^(?:了|都|,|、)?{_TO}{ANY_PART}?(?:的|大概|大约)?$")
# 一点 is "a bit" unless something makes it a time.
_TIME_GOES_BEFORE = re.compile(r"(?:上|里|间|午|晨|半夜|[到至-])$")


@dataclass(frozen=True)
class Spoken:
    """A clock time as said. `kind` is the part word that governs it, None if there is none."""

    begin: int
    end: int
    hour: int
    minute: int
    rough: bool
    kind: str | None
    exact: bool  # 24-hour style: 20:30, 08:30, 二十点

    def with_kind(self, kind: str | None) -> Spoken:
        """The same time under another part word."""
        return replace(self, kind=kind)


def undotted(text: str) -> str:
    """`text` with 晚上8.30 written 晚上8:30."""
    return _DOTTED.sub(r"\1:", text)


def clock_times(text: str) -> list[Spoken]:
    """The clock times of a normalised text, in order; impossible ones are left out."""
    kinds = [(at, kind) for at, kind in part_kinds(text) if tells_half(kind)]
    found = []
    for match in _TIME.finditer(text):
        governing = [kind for at, kind in kinds if at < match.start()]
        said = _spoken(match, governing[-1] if governing else None)
        if said and not _is_a_bit(match, text):
            found.append(said)
    return found


def _spoken(match: re.Match[str], kind: str | None) -> Spoken | None:
    hour, minute = _hour(match["hour"]), _minute(match["minute"])
    if hour is None or minute is None or hour > 24 or minute > 59:
        return None
    exact = hour > 12 or match["hour"].startswith(("0", "零"))
    return Spoken(
        match.start(),
        match.end(),
        hour,
        minute if hour < 24 else 0,
        bool(match["rough"]) or _hour_is_rough(match["hour"]),
        None if exact else kind,
        exact,
    )


def _hour(said: str) -> int | None:
    if said == "十一二":
        return 11
    if _hour_is_rough(said):
        return parse_int(said[0])
    if len(said) == 2 and said[0] in "一二两三四五六七八九" and said[1] in "一二两三四五六七八九":
        return parse_int(said[1])  # the first digit belongs to what stands before
    return parse_int(said)


def _hour_is_rough(said: str) -> bool:
    """四五点: two neighbouring digits."""
    order = "一二三四五六七八九"
    return said == "十一二" or (len(said) == 2 and said.replace("两", "二") in order)


def _minute(said: str | None) -> int | None:
    if said is None:
        return 0
    if said == "半":
        return 30
    if said.endswith("刻"):
        return 15 * int(parse_int(said[0]) or 0)
    return parse_int(said)


def _is_a_bit(match: re.Match[str], text: str) -> bool:
    plain = match["hour"] == "一" and match["mark"] == "点" and not match["minute"]
    return plain and not _TIME_GOES_BEFORE.search(text[: match.start()])
