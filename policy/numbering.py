"""Which of the lines that look like headings count: the most whose numbers rise together.

So a stray 第五十条 at the beginning of a line does not swallow the articles that follow it. What
does not fit is reported, in words for an operator.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from policy.headings import Heading, Order

_ATTACHED = re.compile(r"^附\s?[件录表]")
_SHOWN = 20  # characters of a line that a remark quotes


@dataclass(frozen=True, slots=True)
class Count:
    """The headings that count. `end`: the line at which a second count begins, or the text ends."""

    headings: tuple[Heading, ...]
    end: int
    remarks: tuple[str, ...]


def counted(lines: Sequence[str], candidates: Sequence[Heading]) -> Count:
    """Choose among candidates; where 1, 2, … begins again, the longer count is the text's own."""
    counts = _apart(candidates)
    chosen = [rising(count) for count in counts]
    best = max(range(len(counts)), key=lambda i: len(chosen[i]))
    remarks = [*_start_remarks(chosen[best]), *number_remarks(lines, counts[best], chosen[best])]
    for other in (count for i, count in enumerate(counts) if i != best):
        remarks.append(f"编号在{quoted(lines[other[0].line])}处另有一套，那一套没有导入")
    following = counts[best + 1][0].line if best + 1 < len(counts) else len(lines)
    return Count(tuple(chosen[best]), _attachment(lines, chosen[best], following), tuple(remarks))


def rising(headings: Sequence[Heading]) -> list[Heading]:
    """The most headings whose numbers rise; of equal ones the first. What is not set off counts
    only where its number is due and has no other place, unless the whole text is written so."""
    if sum(h.sure for h in headings) * 2 < len(headings):
        return _longest_rise(headings)
    set_off = {h.order for h in headings if h.sure}
    kept: list[Heading] = []
    for heading in headings:
        due = heading.is_next_after(kept[-1]) if kept else heading.order == (1, 0)
        if heading.sure or (due and heading.order not in set_off):
            kept.append(heading)
    return _longest_rise(kept)


def number_remarks(
    lines: Sequence[str], candidates: Sequence[Heading], chosen: Sequence[Heading]
) -> Iterator[str]:
    """What is there twice, out of order, or left out."""
    keys, kept = {h.key for h in chosen}, {h.line for h in chosen}
    for heading in candidates:
        if heading.line not in kept and heading.key in keys:
            yield twice(heading.key, lines[heading.line])
        elif heading.line not in kept and heading.sure:
            yield f"{quoted(lines[heading.line])}不合顺序，当作前面一条的正文"
    for heading, following in pairwise(chosen):
        if not following.is_next_after(heading):
            yield f"{heading.key}之后是{following.key}，中间缺号"


def twice(key: str, line: str) -> str:
    """The remark on a second heading of the same number."""
    return f"{key}出现了不止一次，只认第一处；另一处是{quoted(line)}"


def quoted(line: str) -> str:
    """The beginning of a line in quotation marks."""
    return f"“{line[:_SHOWN]}{'……' if len(line) > _SHOWN else ''}”"


def _start_remarks(chosen: Sequence[Heading]) -> list[str]:
    begun = not chosen or chosen[0].order == (1, 0)
    return [] if begun else [f"从{chosen[0].key}开始，前面的没有"]


def _attachment(lines: Sequence[str], chosen: Sequence[Heading], following: int) -> int:
    """The line where the next count's attachment begins: at 附件, if that stands before it."""
    if following == len(lines):
        return following
    between = range(chosen[-1].line + 1, following)
    return next((i for i in between if _ATTACHED.match(lines[i])), following)


def _apart(headings: Sequence[Heading]) -> list[list[Heading]]:
    """Apart where the count starts again: a 1 that a 2 follows, after others."""
    counts: list[list[Heading]] = [[]]
    for heading, following in zip_longest(headings, headings[1:]):
        again = following is not None and heading.order == (1, 0) and following.order == (2, 0)
        if again and any(h.order >= (2, 0) for h in counts[-1]):
            counts.append([])
        counts[-1].append(heading)
    return counts


def _longest_rise(headings: Sequence[Heading]) -> list[Heading]:
    """Patience sorting: of runs of one length the one that ends lowest, so that it leaves out few."""
    lowest: list[Order] = []  # the number that ends the best run of each length
    ends: list[int] = []
    before: list[int | None] = []
    for i, heading in enumerate(headings):
        place = bisect_left(lowest, heading.order)
        before.append(ends[place - 1] if place else None)
        if place == len(lowest) or heading.order < lowest[place]:
            lowest[place : place + 1] = [heading.order]
            ends[place : place + 1] = [i]
    chosen: list[Heading] = []
    at = ends[-1] if ends else None
    while at is not None:
        chosen.append(headings[at])
        at = before[at]
    return chosen[::-1]
