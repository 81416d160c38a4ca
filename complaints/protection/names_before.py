"""Names that stand before what announces them: …的妈妈, …（女，11岁）是我女儿, A、B还有我女儿C."""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.findings import Finding
from complaints.protection.identifying_words import NameWords
from complaints.protection.name_borders import WINDOW, is_boundary, is_titled
from complaints.protection.name_shapes import is_name
from complaints.protection.unusual_names import is_others_pet_name

_RUN_BEFORE = re.compile(r"[一-鿿]{2,8}\Z")
_CONJUNCTIONS = "和跟与同是被把给有让"
_AND = ("和", "与", "跟", "及")
_PARENT = -3.0  # how much a mother behind speaks for a name, when nothing announces it
_OF = "的嘅"
_MINE = re.compile(
    r"(?:\([^()\n]{1,20}\),?|,[男女][^。！？!?\n]{0,20}?,)?(?:是|系|为)(?:我|俺|咱|本人)们?家?的?"
)
# A child's age: 江雨桐（女，9岁）
_AGED = re.compile(
    r"(?<![一-鿿])([一-鿿]{2,4})[(,](?:[男女],?)?(?:今年)?"
    r"(?:1[0-7]|[3-9]|[三四五六七八九]|十[一二三四五六七]?)(?:周?岁|岁半)"
)
_IN_BRACKETS = re.compile(r"(?<![一-鿿])([一-鿿]{2,4})\(")
_LIST = re.compile(
    r"(?:(?<![一-鿿])|(?<=[有是叫跟]))([一-鿿]{2,4}(?:、[一-鿿]{2,4})*?)(?:还有|以及|[和与跟及、])(?:我|俺|咱)?们?家?的?\Z"
)
_LIST_WINDOW = 40


def names_before(text: str, words: NameWords) -> Iterator[Finding]:
    """Names before 的妈妈 and 同学的家长, 的学籍, （爸爸）, （女，9岁） and 是我女儿."""
    yield from _belonging(text, words)
    for match in words.things.finditer(text):
        yield from name_up_to(text, match.start(), words)
    for match in _AGED.finditer(text):
        if is_name(match.group(1), words) and not words.lists.is_word(match.group(1)):
            yield Finding("child_name", *match.span(1), True)
    for match in _MINE.finditer(text):
        announced = words.trigger.match(text, match.end())
        if announced and words.before[announced.group()] == "child_name":
            yield from name_up_to(text, match.start(), words)


def _belonging(text: str, words: NameWords) -> Iterator[Finding]:
    for match in words.belonging.finditer(text):
        end = _without_of(text, match.start())
        if text[end - 1 : end] in _AND and match.start() == end:
            continue  # 李敏和同学
        if text[end - 1 : end] == "(" and is_boundary(text, match.end()):
            yield from _bracketed(text, end, words)
        else:
            yield from name_up_to(text, end, words)


def listed_before(text: str, start: int, words: NameWords) -> Iterator[Finding]:
    """Names in a list that ends where `start` announces one: 甘雨、项南还有我女儿……"""
    first = max(0, start - _LIST_WINDOW)
    match = _LIST.search(text[first:start])
    names = match.group(1).split("、") if match else []
    if not match or not all(is_name(name, words) for name in names):
        return
    at = first + match.start(1)
    for name in names:
        yield Finding("other_name", at, at + len(name), True)
        at += len(name) + 1


def _without_of(text: str, end: int) -> int:
    """Where the name would end that 的, 同学的 and the like follow."""
    before = text[max(0, end - WINDOW) : end]
    end -= before[-1:] in _OF and bool(before)
    for word in ("同学", "小朋友"):
        if text.endswith(word, 0, end):
            return end - len(word)
    return end


def _bracketed(text: str, end: int, words: NameWords) -> Iterator[Finding]:
    """明月（妈妈）: what stands alone before such a bracket is a name."""
    match = _IN_BRACKETS.search(text, max(0, end - 6), end)
    if match and match.end() == end and is_name(match.group(1), words):
        yield Finding("other_name", *match.span(1), True)


def name_up_to(text: str, end: int, words: NameWords) -> Iterator[Finding]:
    """The name that ends at `end`, if one does."""
    first = max(0, end - WINDOW)
    if run := _RUN_BEFORE.search(text[first:end]):
        start = _name_at_end(run.group(), words)
        if start is None:
            start = _pet_name_at_end(run.group(), words)
        if start is not None and not run.group()[:start].endswith(words.accused):
            at = first + run.start()
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
    name = run[-2:]
    twice = name[:1] == name[1:] and not words.lists.is_frequent(name)
    alone = name == run and all(char in words.lists.given for char in name)  # “子轩妈妈……
    is_pet_name = (
        twice
        or (alone and not words.lists.is_word(name))
        or name in words.nicknames
        or is_others_pet_name(name, words)
    )
    return len(run) - 2 if is_pet_name and not is_titled(name, 0, words) else None
