"""What patterns and digits give away in a plain text: numbers, classes, accounts, homes, single-outs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.digit_runs import find_numbers
from complaints.protection.findings import Finding
from complaints.protection.identifying_words import IdentifyingWords

# Digits and what may stand between them or join two hours: a stretch that `find_numbers` looks at.
_DIGITS = "0-9零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖幺○Xx"
_STRETCH = re.compile(rf"[{_DIGITS}][{_DIGITS}\s\-‐‒–—―−~.·・•,，_/()（）至到]{{6,}}")
_FEWEST_DIGITS = 10
_BESIDE = 4  # characters that tell an amount or a ticket's number
_CLAUSE_END = re.compile(r"[,，。！？；;!?\n]")
_CLAUSE = 12  # characters before an account within which its owner is named


def find_numbers_of_persons(text: str) -> Iterator[Finding]:
    """Telephones, ID numbers and numbers of 16 digits, as `find_numbers` tells them."""
    for stretch in _STRETCH.finditer(text):
        if sum(map(str.isnumeric, stretch.group())) < _FEWEST_DIGITS:
            continue
        first = max(0, stretch.start() - _BESIDE)
        for number in find_numbers(text[first : stretch.end() + _BESIDE]):
            start, end = first + number.start, first + number.end
            if stretch.start() <= start < stretch.end():
                kind = "long_number" if number.kind == "receipt" else number.kind
                yield Finding(kind, start, end, True)


def find_by_rules(text: str, words: IdentifyingWords) -> Iterator[Finding]:
    """What the operator's patterns find, in the order of the patterns; it may overlap."""
    for rule in words.rules:
        if rule.cue and not any(word in text for word in rule.cue):
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span("found")
            of_others = bool(rule.others) and _is_of_others(text, match, words)
            if start < end and not (of_others and rule.others == "skip"):
                yield Finding(rule.kind, start, end, rule.sure and not of_others)


def _is_of_others(text: str, match: re.Match[str], words: IdentifyingWords) -> bool:
    """Whether the clause names the accused party and the writer does not say that it is his own."""
    before = text[max(0, match.start() - _CLAUSE) : match.start()]
    clause = _CLAUSE_END.split(before)[-1]
    if match.group().startswith(words.own) or clause.removesuffix("的").endswith(words.own):
        return False
    return any(title in clause for title in words.names.accused)
