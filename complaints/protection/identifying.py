"""Free text that gives its writer away: found, and masked for those who must not know him.

`find_identifying` tells names, classes, telephones, accounts, addresses and what singles somebody
out. What the complaint needs stays: the school, the accused teacher, the place of the training body,
grades, times, money. Findings that are not sure are masked only in the bureau's copy (`cautious`).
Names are found by what announces them: a bare name in the middle of a story is not seen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from complaints.protection.findings import MARKS, Finding, without_overlap
from complaints.protection.identifying_names import find_names
from complaints.protection.identifying_rules import find_by_rules, find_numbers_of_persons
from complaints.protection.identifying_words import IdentifyingWords, load_identifying
from complaints.protection.plain_text import plain_text

__all__ = [
    "Finding",
    "IdentifyingWords",
    "MaskedText",
    "find_identifying",
    "load_identifying",
    "mask_identifying",
]

_KNOWN_MARKS = frozenset(MARKS.values()) | {"〔查询码〕"}
# A mark may bring out what it stands beside; mostly it does not. Every round leaves less to find.
_MOST_ROUNDS = 50
_SENTENCE_END = re.compile("[。！？!?]")  # which no rule looks across


@dataclass(frozen=True)
class MaskedText:
    """`text` with marks for `findings` (positions in the original); `originals` are their words."""

    text: str
    findings: tuple[Finding, ...]
    originals: tuple[str, ...]


def find_identifying(text: str, words: IdentifyingWords) -> list[Finding]:
    """What gives the writer away, sure or not, in the order of the text; none overlaps another."""
    return list(mask_identifying(text, words, cautious=True).findings)


def mask_identifying(text: str, words: IdentifyingWords, *, cautious: bool = False) -> MaskedText:
    """Put marks for what is surely identifying; `cautious`: for what may be, too.

    Text outside the marks stays as it is, and masking what is masked changes nothing.
    """
    pieces = [_Piece(text, 0, len(text))]
    scanned = [(0, len(text))]
    for _ in range(_MOST_ROUNDS):
        found = [f for f in _scan(_joined(pieces), scanned, words) if f.sure or cautious]
        if not found:
            break
        pieces = list(_marked(pieces, found))
        scanned = _sentences_with_marks(pieces)
    marks = [(p.mark, Finding(p.mark.kind, p.start, p.end, p.mark.sure)) for p in pieces if p.mark]
    return MaskedText(
        text=_joined(pieces),
        findings=tuple(finding for _, finding in marks),
        originals=tuple(text[finding.start : finding.end] for _, finding in marks),
    )


@dataclass(frozen=True)
class _Piece:
    """A stretch of the masked text, where it stands in the original, and what a mark stands for."""

    text: str
    start: int
    end: int
    mark: Finding | None = None


def _joined(pieces: list[_Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _scan(text: str, stretches: list[tuple[int, int]], words: IdentifyingWords) -> list[Finding]:
    """What is found in some whole sentences of a text."""
    begins, length = [], 0  # of each stretch in the scanned text
    for start, end in stretches:
        begins.append(length)
        length += end - start
    plain = plain_text("".join(text[start:end] for start, end in stretches), _KNOWN_MARKS)
    found = [
        *find_numbers_of_persons(plain.text, words),
        *find_by_rules(plain.text, words),
        *find_names(plain.text, words.names, to_end=stretches[-1][1] == len(text)),
    ]
    placed = []
    for finding in found:
        start, end = plain.original(finding.start, finding.end)
        which = bisect_right(begins, start) - 1
        shift = stretches[which][0] - begins[which]
        placed.append(Finding(finding.kind, start + shift, end + shift, finding.sure))
    return without_overlap(placed)


def _marked(pieces: list[_Piece], found: list[Finding]) -> Iterator[_Piece]:
    """The pieces with marks for what was found in their joined text; a mark swallows earlier ones."""
    text, at = _joined(pieces), 0
    rest = list(reversed(pieces))
    for finding in found:
        while at + len(rest[-1].text) <= finding.start:
            at += len(rest[-1].text)
            yield rest.pop()
        before = _split(rest, finding.start - at)
        at += len(_joined(before))
        yield from before
        inside = []
        while at < finding.end:
            inside += _split(rest, finding.end - at)
            at += len(inside[-1].text)
        if inside:
            mark = _mark(finding.kind, text[finding.start : finding.end])
            yield _Piece(mark, inside[0].start, inside[-1].end, finding)
    yield from reversed(rest)


def _split(rest: list[_Piece], length: int) -> list[_Piece]:
    """Take up to `length` characters off the next piece; a mark is taken whole or not at all."""
    piece = rest[-1]
    if length >= len(piece.text) or (piece.mark and length):
        return [rest.pop()]
    if not length:
        return []
    cut = piece.start + length
    rest[-1] = _Piece(piece.text[length:], cut, piece.end)
    return [_Piece(piece.text[:length], piece.start, cut)]


def _mark(kind: str, original: str) -> str:
    """三年二班 reads 三年级〔班级〕: without 级 the grade would be a stretch of time."""
    grade = "年级" if kind == "class" and original[0] == "年" else ""
    return grade + MARKS[kind]


def _sentences_with_marks(pieces: list[_Piece]) -> list[tuple[int, int]]:
    """Where the sentences stand that hold marks: the others hold nothing to be found."""
    text, at = _joined(pieces), 0
    stretches: list[tuple[int, int]] = []
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for piece in pieces:
        if piece.mark and not (stretches and at < stretches[-1][1]):
            which = bisect_right(ends, at)
            start = ends[which - 1] if which else 0
            stretches.append((start, ends[which] if which < len(ends) else len(text)))
        at += len(piece.text)
    return stretches
