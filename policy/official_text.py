"""Takes the text of a law or notice apart: title and letter, then articles by their key.

Laws are split at 条, with their 编, 章 and 节; notices without 条 at 一、 and （一） or 1. within.
Nothing is lost: the parts joined are the text. What a rule cites is `official`'s business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy.articles import in_chinese
from policy.headings import Heading, articles, chapters, contents, sections
from policy.numbering import Count, counted, number_remarks, quoted, rising, twice

_SECTION_UNITS = ("、", "（）", ".")
_LEVELS = ("编", "分编", "章", "节")
_PAGE_FOOT = re.compile(r"版权所有|ICP备|公网安备|打印本页|关闭窗口|上一篇|下一篇|责任编辑|扫一扫")
# Control and format characters, surrogates and what is no character at all.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Cn"})


@dataclass(frozen=True, slots=True)
class Part:
    """One article, section or chapter. `heading`: as it stands in the text; `text`: without it."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text taken apart. `preamble`: the lines before the first part; `appendix`: those from a
    second count of articles on; `remarks`: what an operator should look at."""

    preamble: tuple[str, ...]
    parts: tuple[Part, ...]
    appendix: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def articles(self) -> dict[str, str]:
        """The texts by key, in order."""
        return {part.key: part.text for part in self.parts}


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a part begins: its line, its key and its heading as written."""

    line: int
    key: str
    heading: str


def clean_lines(text: str) -> list[str]:
    """The lines that say something: one space for any white space, no control characters."""
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    return [line for line in lines if line]


def split_official(text: str) -> SplitText:
    """Take a text apart. Without any heading all of it is preamble."""
    lines = clean_lines(text)
    skipped = contents(lines)
    law = counted(lines, articles(lines, skipped))
    notice = counted(lines, _top_sections(lines, skipped))
    if law.headings and len(law.headings) >= len(notice.headings):
        return _law(lines, skipped, law)
    return _notice(lines, notice, law)


def foot_remarks(split: SplitText) -> list[str]:
    """What looks like the foot of a web page behind the last article."""
    if not split.parts:
        return []
    last = split.parts[-1]
    foot = [line for line in last.text.splitlines() if _PAGE_FOOT.search(line)]
    return [f"{last.key}后面像是网页的页脚，请删掉再导入：{quoted(foot[0])}"] if foot else []


def join_official(split: SplitText) -> str:
    """All the text again, but for its white space."""
    parts = (f"{part.heading} {part.text}" for part in split.parts)
    return "\n".join((*split.preamble, *parts, *split.appendix))


def _visible(line: str) -> str:
    return "".join(
        sign for sign in line if sign == "\t" or unicodedata.category(sign) not in _UNWANTED
    )


def _top_sections(lines: Sequence[str], skipped: frozenset[int]) -> list[Heading]:
    """The sections of the highest kind that the text has: 一、, else （一）, else 1."""
    whole = range(len(lines))
    kinds = (sections(lines, unit, whole, skipped) for unit in _SECTION_UNITS)
    return next((found for found in kinds if found), [])


def _law(lines: Sequence[str], skipped: frozenset[int], law: Count) -> SplitText:
    marks = [_Mark(heading.line, heading.key, heading.mark) for heading in law.headings]
    above, remarks = _chapters(lines, skipped, law.end)
    parts = _assembled(lines, [*marks, *above], law.end)
    remarks = [*law.remarks, *remarks]
    passed_over = sections(lines, "、", range(len(parts.preamble)), skipped)
    if len(passed_over) > 1:
        remarks.append(f"第一条之前还有 {len(passed_over)} 个“一、”这样的小节，没有导入")
    remarks += [f"{part.key}没有内容" for part in parts.parts if not part.text]
    return SplitText(parts.preamble, parts.parts, parts.appendix, tuple(remarks))


def _chapters(
    lines: Sequence[str], skipped: frozenset[int], end: int
) -> tuple[list[_Mark], list[str]]:
    """编, 章 and 节, each under the one around it (第2章第1节), and what is there twice."""
    marks: dict[str, _Mark] = {}
    remarks: list[str] = []
    around: dict[str, str] = {}
    for heading in chapters(lines, skipped):
        level = _LEVELS.index(heading.unit)
        key = "".join(around.get(unit, "") for unit in _LEVELS[:level]) + heading.key
        if heading.line >= end:
            break
        if key in marks:
            remarks.append(twice(key, lines[heading.line]))
            continue
        marks[key] = _Mark(heading.line, key, heading.mark)
        around = {unit: around[unit] for unit in _LEVELS[:level] if unit in around}
        around[heading.unit] = heading.key
    return list(marks.values()), remarks


def _notice(lines: Sequence[str], notice: Count, law: Count) -> SplitText:
    marks: list[_Mark] = []
    remarks = list(notice.remarks)
    borders = [*(heading.line for heading in notice.headings), notice.end]
    for heading, (line, following) in zip(notice.headings, pairwise(borders), strict=True):
        marks.append(_Mark(line, heading.key, heading.mark))
        if heading.unit == "、":
            below, odd = _points(lines, heading, range(line + 1, following))
            marks += below
            remarks += odd
    if len(law.headings) > 1:
        remarks.append(f"文件里还有 {len(law.headings)} 处“第几条”，没有分开")
    parts = _assembled(lines, marks, notice.end)
    return SplitText(parts.preamble, parts.parts, parts.appendix, tuple(remarks))


def _points(lines: Sequence[str], section: Heading, within: range) -> tuple[list[_Mark], list[str]]:
    """The （一） of a section, or its 1. if it has none, with keys such as 三（一） and 三1."""
    prefix = in_chinese(section.order[0])
    for unit in _SECTION_UNITS[1:]:
        candidates = sections(lines, unit, within)
        chosen = rising(candidates)
        if chosen:
            remarks = number_remarks(lines, candidates, chosen)
            marks = [_Mark(point.line, prefix + point.key, point.mark) for point in chosen]
            return marks, [f"{prefix}、里：{remark}" for remark in remarks]
    return [], []


def _assembled(lines: Sequence[str], marks: Sequence[_Mark], end: int) -> SplitText:
    ordered = sorted(marks, key=lambda mark: mark.line)
    borders = [*(mark.line for mark in ordered), end]
    parts = tuple(_parts(lines, ordered, borders))
    return SplitText(tuple(lines[: borders[0]]), parts, tuple(lines[end:]), ())


def _parts(lines: Sequence[str], ordered: Sequence[_Mark], borders: list[int]) -> Iterator[Part]:
    for mark, (line, following) in zip(ordered, pairwise(borders), strict=True):
        opening = lines[line][len(mark.heading) :].strip()
        text = "\n".join(filter(None, (opening, *lines[line + 1 : following])))
        yield Part(mark.key, mark.heading.strip(), text)
