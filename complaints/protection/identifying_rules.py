"""What patterns and digits give away in a plain text: numbers, classes, accounts, homes, single-outs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.digit_runs import find_numbers
from complaints.protection.findings import Finding
from complaints.protection.identifying_words import IdentifyingWords, Rule
from complaints.protection.parties import ACCUSED, PartyWords, is_of_accused, last_party

# Digits and what may stand between them or join two hours: a stretch that `find_numbers` looks at.
_DIGITS = "0-9零一二三四五六七八九〇壹贰叁肆伍陆柒捌玖幺○Xx"
_STRETCH = re.compile(rf"[{_DIGITS}][{_DIGITS}\s\-‐‒–—―−~.·・•,，_/()（）至到]{{6,}}")
_FEWEST_DIGITS = 10
_EXTENSION = re.compile(r"[,，\s]?(?:转(?:分机)?|分机号?|内线)[^\S\n]?[:：]?[0-9]{1,6}(?![0-9])")
_BESIDE = 4  # characters that tell an amount or a ticket's number
_CLAUSE_END = re.compile(r"[,，。！？；;!?\n]")
_CLAUSE = 12  # characters before a home within which its owner is named
_LABEL = 10  # characters before a number that say what it counts


def find_numbers_of_persons(text: str, words: IdentifyingWords) -> Iterator[Finding]:
    """Telephones, ID numbers and numbers of 16 digits, as `find_numbers` tells them.

    Those that are clearly the accused party's, or an order's, are not sure.
    """
    for stretch in _STRETCH.finditer(text):
        if sum(map(str.isnumeric, stretch.group())) < _FEWEST_DIGITS:
            continue
        first = max(0, stretch.start() - _BESIDE)
        for number in find_numbers(text[first : stretch.end() + _BESIDE]):
            start, end = first + number.start, first + number.end
            if stretch.start() <= start < stretch.end():
                if number.kind == "phone":
                    start, end = _with_code_and_extension(text, start, end)
                kind = "long_number" if number.kind == "receipt" else number.kind
                yield Finding(kind, start, end, _is_surely_private(text, kind, start, end, words))


def _with_code_and_extension(text: str, start: int, end: int) -> tuple[int, int]:
    """A telephone with the + before its country's code and the extension behind: …转806."""
    if text[start - 1 : start] == "+":
        start -= 1
    extension = _EXTENSION.match(text, end)
    return start, extension.end() if extension else end


def _is_surely_private(text: str, kind: str, start: int, end: int, words: IdentifyingWords) -> bool:
    if kind == "id_number":
        return True
    if kind == "long_number" and words.orders.search(text, max(0, start - _LABEL), start):
        return False
    return not is_of_accused(text, start, end, words.names.party)


def _has_any(text: str, cues: tuple[str, ...]) -> bool:
    for cue in cues:
        if cue in text:
            return True
    return False


def find_by_rules(text: str, words: IdentifyingWords) -> Iterator[Finding]:
    """What the operator's patterns find, in the order of the patterns; it may overlap."""
    for rule in words.rules:
        if rule.cue and not _has_any(text, rule.cue):
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span("found")
            if start == end or (rule.others == "skip" and _is_of_others(text, match, words)):
                continue
            theirs = rule.others != "" and _is_theirs(text, start, end, rule, words.names.party)
            yield Finding(rule.kind, start, end, rule.sure and not theirs)


def _is_theirs(text: str, start: int, end: int, rule: Rule, words: PartyWords) -> bool:
    """Whether an account is clearly the accused party's."""
    if rule.others == "sentence" and last_party(text, start, words) == ACCUSED:
        return True
    return rule.others != "skip" and is_of_accused(text, start, end, words)


def _is_of_others(text: str, match: re.Match[str], words: IdentifyingWords) -> bool:
    """Whether the clause names the accused party and the writer does not say that it is his own."""
    before = text[max(0, match.start() - _CLAUSE) : match.start()]
    clause = _CLAUSE_END.split(before)[-1]
    if match.group().startswith(words.own) or clause.removesuffix("的").endswith(words.own):
        return False
    return any(title in clause for title in words.names.accused)
