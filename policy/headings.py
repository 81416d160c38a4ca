"""Which lines of an official text are headings: 第三十三条, 第二章, 一、, （一）, 1.

A line that merely begins with a mention (第三十三条规定的……) is none, nor is a line of a table of
contents. Which of them count is decided by their numbers, in `numbering`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy.articles import NUMERAL, article_key, in_chinese, read_number

Order = tuple[int, int]

_FEW = "[一二三四五六七八九十]{1,3}"
_ARTICLE = re.compile(rf"^第\s?({NUMERAL})\s?条(?:\s?之\s?({_FEW})(?![般切些个]))?(?P<rest>.*)$")
_CHAPTER = re.compile(rf"^第\s?({NUMERAL})\s?(分?编|章|节)(?P<rest>.*)$")
_SECTION = re.compile(rf"^({_FEW})\s?[、．.](?!\s?[一二三四五六七八九十])(?P<rest>.*)$")
_POINT = re.compile(rf"^[（(]\s?({_FEW})\s?[）)](?P<rest>.*)$")
_COUNT = re.compile(r"^([0-9０-９]{1,2})\s?[、．.](?!\d)(?P<rest>.*)$")
# What follows a mention, never a heading; a second 第…条 only where no space stands between.
_MENTION = re.compile(
    r"^(?:规定|所[列称述规指]|的|[、，,。；;）)》”]|(?:[至和或及与]|或者|以及)第|款|项|修改为|之规定|中的|以外)"
)
_SPACED = re.compile(r"^(?:\s|[（(【\[:：]|$)")
_SENTENCE_END = tuple("。；：，、;:,")
_LONGEST_TITLE = 40
_PAGE = re.compile(r"[.…·・0-9]+$")
_CONTENTS = re.compile(r"^目\s?[录次]$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that looks like a heading. `mark`: its own words; `order`: number and branch (之一).

    `sure`: set off from what follows, as in 第三条　学校……
    """

    line: int
    mark: str
    order: Order
    unit: str
    sure: bool = True

    @property
    def key(self) -> str:
        """第33条, 第2章, 一、, （一）, 1."""
        number, branch = self.order
        if self.unit == "条":
            return article_key(number, branch)
        if self.unit == "、":
            return f"{in_chinese(number)}、"
        if self.unit == "（）":
            return f"（{in_chinese(number)}）"
        return f"{number}." if self.unit == "." else f"第{number}{self.unit}"

    def is_next_after(self, other: Heading) -> bool:
        """Whether no number is left out between the two."""
        number, branch = other.order
        return self.order in ((number + 1, 0), (number, branch + 1))


def articles(lines: Sequence[str], skipped: frozenset[int] = frozenset()) -> list[Heading]:
    """The lines that look like the heading of a 条."""
    return [h for i, line in enumerate(lines) if i not in skipped and (h := _article(i, line))]


def chapters(lines: Sequence[str], skipped: frozenset[int] = frozenset()) -> list[Heading]:
    """The lines that look like the heading of a 编, 章 or 节."""
    return [h for i, line in enumerate(lines) if i not in skipped and (h := _chapter(i, line))]


def sections(
    lines: Sequence[str], unit: str, within: range, skipped: frozenset[int] = frozenset()
) -> list[Heading]:
    """The lines in `within` that look like sections of a notice: `、` 一、; `（）` （一）; `.` 1."""
    pattern = {"、": _SECTION, "（）": _POINT, ".": _COUNT}[unit]
    found = []
    for i in within:
        match = pattern.match(lines[i]) if i not in skipped else None
        number = read_number(match[1]) if match else None
        if match and number:
            found.append(Heading(i, lines[i][: match.start("rest")], (number, 0), unit))
    return found


def _article(i: int, line: str) -> Heading | None:
    match = _ARTICLE.match(line)
    if not match:
        return None
    rest, number = match["rest"], read_number(match[1])
    branch = read_number(match[2]) if match[2] else 0
    sure = bool(_SPACED.match(rest))
    if number is None or branch is None or _MENTION.match(rest.lstrip()):
        return None
    if not sure and rest.startswith("第"):
        return None
    return Heading(i, line[: match.start("rest")], (number, branch), "条", sure)


def _chapter(i: int, line: str) -> Heading | None:
    match = _CHAPTER.match(line)
    number = read_number(match[1]) if match else None
    if not match or number is None or _MENTION.match(match["rest"].lstrip()):
        return None
    if len(match["rest"]) > _LONGEST_TITLE or line.endswith(_SENTENCE_END):
        return None
    return Heading(i, line[: match.start("rest")], (number, 0), match[2])


def contents(lines: Sequence[str]) -> frozenset[int]:
    """The lines of a table of contents: two or more headings in a row that all come again further
    down, chapters by their titles too; articles and sections only below the word 目录."""
    names = {h.line: h.key + _title(lines[h.line][len(h.mark) :]) for h in chapters(lines)}
    below = next((i + 1 for i, line in enumerate(lines) if _CONTENTS.match(line)), len(lines))
    listed = names | {h.line: h.key for h in articles(lines)}
    listed |= {h.line: h.key for h in sections(lines, "、", range(below, len(lines)))}
    found = _run(lines, below, listed, _last(listed))
    last = _last(names)
    for line in sorted(names):
        if line not in found:
            found |= _run(lines, line, names, last)
    return frozenset(found)


def _title(words: str) -> str:
    """A chapter's title without white space, and without the dots and page number of its entry."""
    return _PAGE.sub("", re.sub(r"\s", "", words))


def _last(names: dict[int, str]) -> dict[str, int]:
    """The last line on which each stands."""
    return {names[line]: line for line in sorted(names)}


def _run(lines: Sequence[str], start: int, names: dict[int, str], last: dict[str, int]) -> set[int]:
    """The headings in a row from `start` on that come again; empty if it is only one."""
    end = start
    while end in names and last[names[end]] > end and not lines[end].endswith(_SENTENCE_END):
        end += 1
    return set(range(start, end)) if end - start > 1 else set()
