"""Numbers of persons and receipts in a text, however people write them.

The one scanner for telephones, ID numbers and 16-digit receipts: Arabic digits of any width, Chinese
ones (also 幺 and 〇), in groups with up to three separators between. It decides by the digits alone
what a number is; dates, class times, lists of scores and amounts of money are left out. It does not
decide whose number it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SINGLE = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{char: str(value) for value, char in enumerate("⓪①②③④⑤⑥⑦⑧⑨")},
    **{"○": "0", "幺": "1"},
}
_GROUP = re.compile(rf"[0-9]+|[{''.join(_SINGLE)}]|[Xx](?![0-9A-Za-z])")
# The last two make a digit an emoji.
_SEPARATORS = re.compile(r"[\s\-‐‒–—―−~.·・•,，_/()（）\ufe0f\u20e3]{0,3}")
_LONGEST = 18  # digits

_PHONE = re.compile(
    r"(?:(?:00)?86|0)?(1[3-9]\d{9})|(?:(?:00)?86)?(0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7})"
)
_ID_NUMBER = re.compile(
    r"(\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])"
)
_RECEIPT = re.compile(r"(\d{16})")
_KINDS = (("id_number", _ID_NUMBER), ("receipt", _RECEIPT), ("phone", _PHONE))

_HOUR, _TO = r"(?:[01]?\d|2[0-4])\.[0-5]\d", r"\s?[-–—~至到]\s?"
_DATE_OR_HOURS = re.compile(
    rf"(?<!\d)(?:(?:19|20)\d{{2}}\s?[-./]\s?[01]?\d\s?[-./]\s?[0-3]?\d|{_HOUR}{_TO}{_HOUR})(?!\d)"
)
_YEAR_OR_DAY = re.compile(r"(?:19|20)\d{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?")
_AMOUNT = re.compile(r"\s?(?:元|块|万|课时|%)")
_TICKET_NUMBER = re.compile(r"JS\s?$", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A number at `text[start:end]`: its kind (phone, id_number, receipt) and its bare digits."""

    kind: str
    start: int
    end: int
    digits: str


@dataclass(frozen=True)
class _Group:
    start: int
    end: int
    digits: str


@dataclass(frozen=True)
class _Reading:
    """One way to read some neighbouring groups as a number."""

    kind: str
    digits: str
    groups: tuple[_Group, ...]
    gaps: tuple[str, ...]  # what stands between the groups

    def sorts_of_gaps(self) -> int:
        """How many sorts of separators it is written with, not counting one behind +86."""
        gaps = self.gaps[1:] if self.groups[0].digits in ("86", "0086") else self.gaps
        return len({gap.strip() or " " for gap in gaps if gap})

    def rank(self) -> tuple[bool, int, int, int]:
        """The better reading is the smaller: evenly written, then long, then early.

        An ID number's date makes it unmistakable. A telephone with the hotline's 12345 behind it has
        16 digits too, but two sorts of separators, or the telephone alone has none.
        """
        evenness = min(self.sorts_of_gaps(), 2)
        return self.kind != "id_number", evenness, -len(self.digits), self.groups[0].start


def find_numbers(text: str) -> list[Number]:
    """The telephones, ID numbers and receipts of a text, in its order; none overlaps another."""
    folded = "".join(map(_fold, text))
    dates = [match.span() for match in _DATE_OR_HOURS.finditer(folded)]
    found: list[Number] = []
    for run in _runs(folded):
        readings = [r for r in _readings(run, folded) if not _is_other(r, folded, dates)]
        taken: set[_Group] = set()
        for reading in sorted(readings, key=_Reading.rank):
            if taken.isdisjoint(reading.groups):
                taken.update(reading.groups)
                start, end = reading.groups[0].start, reading.groups[-1].end
                found.append(Number(reading.kind, start, end, reading.digits))
    return sorted(found, key=lambda number: number.start)


def _fold(char: str) -> str:
    """One character for one, so that positions hold: digits of any script, widths, compatibility."""
    value = unicodedata.decimal(char, None)
    if value is not None:
        return str(value)
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 and not folded.isdecimal() else char


def _runs(folded: str) -> Iterator[list[_Group]]:
    """Groups of digits with at most separators between them."""
    run: list[_Group] = []
    for match in _GROUP.finditer(folded):
        group = _Group(*match.span(), _SINGLE.get(match.group(), match.group()))
        if run and not _SEPARATORS.fullmatch(folded, run[-1].end, group.start):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _readings(run: list[_Group], folded: str) -> Iterator[_Reading]:
    for first in range(len(run)):
        digits = ""
        for last in range(first, len(run)):
            digits += run[last].digits
            if len(digits) > _LONGEST:
                break
            for kind, pattern in _KINDS:
                if match := pattern.fullmatch(digits):
                    groups = tuple(run[first : last + 1])
                    gaps = tuple(folded[a.end : b.start] for a, b in pairwise(groups))
                    yield _Reading(kind, next(filter(None, match.groups())), groups, gaps)


def _is_other(reading: _Reading, folded: str, dates: list[tuple[int, int]]) -> bool:
    """Whether a reading is an amount, a date, hours, a list of scores or a ticket's number."""
    if reading.kind == "id_number":
        return False
    start, end = reading.groups[0].start, reading.groups[-1].end
    if any(reading.gaps) and _AMOUNT.match(folded, end):
        return True
    in_dates = [any(a <= g.start and g.end <= b for a, b in dates) for g in reading.groups]
    if reading.sorts_of_gaps() > 1 and any(in_dates):
        return True
    if reading.kind == "phone":
        return False
    days = [_YEAR_OR_DAY.fullmatch(group.digits) for group in reading.groups]
    sizes = [len(group.digits) for group in reading.groups]
    return (
        all(known or day for known, day in zip(in_dates, days, strict=True))
        or (len(sizes) > 5 and set(sizes) <= {2, 3})
        or _TICKET_NUMBER.search(folded[max(0, start - 3) : start]) is not None
    )
