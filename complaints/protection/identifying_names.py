"""Names of the reporter, of children and of other private persons in a plain text.

A name is looked for only behind words that announce one (我儿子, 我叫, 联系人：), before whose mother
somebody is (…的妈妈), and as a signature. Whoever carries a title (李老师, 校长王某) or is announced as
the party complained of (被举报人) keeps the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.findings import Finding
from complaints.protection.identifying_words import NameWords
from complaints.protection.likely_names import likely_name
from complaints.protection.name_shapes import (
    AT_END,
    WINDOW,
    is_boundary,
    listed_name,
    name_end,
    parent_behind,
    place_behind,
)

_STRICT = ("我是", "我系", "我乃", "家长", "我叫", "俺叫", "咱叫")  # a name alone, or no name
_GOES_ON = re.compile("实名|投诉|举报|反映|申诉|来信|来电|求助|控告|咨询|[是系今现家]")
_AND = re.compile(r"[、,和与跟及]\s?")
_CONJUNCTIONS = "和跟与同是"
_BEFORE_PARENT = re.compile(r"[一-鿿]{2,8}\Z")
_SIGNED = re.compile(
    r"\n[ \t]*([一-鿿]{2,4})[ \t]*(?:\n[^\n。！？!?]{0,3}[12二十][^\n。！？!?]{0,14})?[\s。]*\Z"
)
_SURNAME = re.compile(r"(?:我|免贵|本人|鄙人)姓[^\S\n]?([一-鿿])(?!名)")
_MOST_NAMES = 20  # that are looked for again in the whole text
_LISTED = -2.0  # how much another name before speaks for one
_PARENT = -3.0  # how much a mother behind does, when nothing announces the name


def find_names(text: str, words: NameWords, *, to_end: bool = True) -> list[Finding]:
    """Names in a plain text, in no order; they may overlap.

    A signature is looked for where the text goes on `to_end`.
    """
    found = [*_announced(text, words), *_of_parents(text, words)]
    found += _signed(text, words) if to_end else []
    for match in _SURNAME.finditer(text):
        surname = match.group(1)
        if surname in words.lists.common or surname in words.lists.rare:
            found.append(Finding("own_name", *match.span(1), True))
    return [*found, *_again(text, found, words)]


def _announced(text: str, words: NameWords) -> Iterator[Finding]:
    match = words.trigger.search(text)
    while match:
        names = [] if _is_of_accused(text, match, words) else _names_behind(text, match, words)
        yield from names
        # 我儿 is tried before the 儿子 that begins within it.
        onward = names[0].end if names else match.start() + 1
        match = words.trigger.search(text, onward)


def _names_behind(text: str, match: re.Match[str], words: NameWords) -> list[Finding]:
    """The name that a word announces, and those listed behind it."""
    place = place_behind(text, match, words)
    end = name_end(text, place, words)
    if not end:
        return []
    parent = parent_behind(text, end, words)
    if place.word in _STRICT and not (parent or _is_alone(text, end)):
        return []
    kind = "child_name" if parent and place.kind == "own_name" else place.kind
    sure = place.word not in words.doubtful
    return [Finding(kind, place.start, end, sure), *_listed(text, end, kind, words)]


def _is_of_accused(text: str, match: re.Match[str], words: NameWords) -> bool:
    """Whether a word that announces a name speaks of the party complained of (被举报人, 老师姓名)."""
    before = text[max(0, match.start() - 8) : match.end()]
    if before.endswith(words.accused):
        return True
    if match.group() not in words.fields:
        return False
    return before.removesuffix(match.group()).removesuffix("的").endswith(words.accused)


def _is_alone(text: str, end: int) -> bool:
    return is_boundary(text, end) or _GOES_ON.match(text, end) is not None


def _listed(text: str, end: int, kind: str, words: NameWords) -> Iterator[Finding]:
    """A second and third name behind a first: 儿子赵文、赵武."""
    for _ in range(3):
        link = _AND.match(text, end)
        start = link.end() if link else 0
        end = listed_name(text, start, words, _LISTED) if link else 0
        if not end:
            return
        yield Finding(kind, start, end, True)


def _of_parents(text: str, words: NameWords) -> Iterator[Finding]:
    """Names before 的妈妈, 同学的家长."""
    for match in words.belonging.finditer(text):
        before = text[max(0, match.start() - WINDOW) : match.start()].removesuffix("的")
        before = before.removesuffix("同学").removesuffix("小朋友")
        if run := _BEFORE_PARENT.search(before):
            start = _name_at_end(run.group(), words)
            if start is None:
                start = _pet_name_at_end(run.group(), words)
            if start is not None and not run.group()[:start].endswith(words.accused):
                at = max(0, match.start() - WINDOW) + run.start()
                yield Finding("other_name", at + start, at + len(run.group()), True)


def _name_at_end(run: str, words: NameWords) -> int | None:
    """Where in `run` the name begins that it ends with."""
    for length in (3, 4, 2):
        start = len(run) - length
        if start < 0 or not words.lists.may_begin(run[start:]):
            continue
        if length == 2 and start and run[start - 1] not in _CONJUNCTIONS:
            continue
        weight = dict(words.lists.names(run[start:])).get(length)
        if weight is None:
            continue
        if weight + words.lists.words(run[:start])[0] + _PARENT > words.lists.words(run)[0]:
            return start
    return None


def _pet_name_at_end(run: str, words: NameWords) -> int | None:
    twice = len(run) > 1 and run[-1] == run[-2] and not words.lists.is_frequent(run[-2:])
    return len(run) - 2 if twice or run[-2:] in words.nicknames else None


def _signed(text: str, words: NameWords) -> Iterator[Finding]:
    """A last line that holds a name only, with the date below it if any."""
    if (match := _SIGNED.search(text)) and not words.lists.is_word(match.group(1)):
        name = match.group(1)
        if likely_name(name, words.lists, 0.0, AT_END) == len(name):
            yield Finding("own_name", *match.span(1), True)


def _again(text: str, found: list[Finding], words: NameWords) -> Iterator[Finding]:
    """Where else the names stand that were found, also without their surname."""
    kinds: dict[str, str] = {}
    for finding in found:
        name = text[finding.start : finding.end]
        if len(name) > 1 and finding.sure:
            kinds.setdefault(name, finding.kind)
        given = name[1:]
        if (
            len(name) == 3
            and finding.sure
            and words.lists.may_begin(name)
            and not words.lists.is_word(given)
        ):
            kinds.setdefault(given, finding.kind)
    names = list(kinds)[:_MOST_NAMES]
    if not names:
        return
    for match in re.finditer("|".join(map(re.escape, sorted(names, key=len, reverse=True))), text):
        if not text.startswith(words.titles, match.end()):
            yield Finding(kinds[match.group()], *match.span(), True)
