"""What stands behind words that announce a name: a full name, a pet name, a foreign one, or none."""

from __future__ import annotations

import re
from typing import NamedTuple

from complaints.protection.identifying_words import NameWords
from complaints.protection.likely_names import likely_name

WINDOW = 8  # characters within which words are weighed
_RUN = re.compile(rf"[一-鿿]{{1,{WINDOW}}}")
_HAN = re.compile("[一-鿿]")
_JOINT = re.compile(
    r"(?:的)?[^\S\n]{0,2}(叫做|叫|名叫|就是|是|为|:)?[^\S\n]{0,2}([“\"「'(\[]|,\s?)?"
)
_NAMED = ("叫做", "叫", "名叫", ":")
_SAYS_NAME = ("我叫", "俺叫", "咱叫", "我叫做", "我名叫", "大的叫", "小的叫")
_PET_NAME_WORDS = ("小名", "乳名")

_DOTTED = re.compile(r"[一-鿿]{2,7}[·•・](?:[一-鿿]{1,6}(?![一-鿿])|[一-鿿]{2,3})")
_SPACED = re.compile(r"[一-鿿] [一-鿿]{1,2}(?![一-鿿])")
_LATIN = re.compile(r"[A-Z][a-z]{1,11}(?: [A-Z][a-z]{1,11})?(?![A-Za-z0-9])")
_PET_NAME = re.compile(r"([一-鿿])\1|[小阿][一-鿿]|[一-鿿][宝仔]")
_ANY_PET_NAME = re.compile(r"[一-鿿]{1,3}(?![一-鿿])")
_POLITE = re.compile("[一-鿿]{1,2}?(?:女士|先生|小姐|太太)")
_CLASSMATE = re.compile("(?:同学|小朋友)?的?")

# Log weights: how much what stands before or behind speaks for a name.
_FAVOUR = {"child_name": -1.5, "own_name": -2.0, "other_name": -3.0}
_FIELD, _BY_NAME, _IN_BRACKETS, AT_END = 5.0, 5.0, 4.0, 2.0
_SELDOM_SAID = -3.0  # 我儿子是李明
_PARENT_BEHIND = 1.5  # 我是李明的妈妈
_NO_WORDS, _LONGEST_FOREIGN = -8.0, 5


class Place(NamedTuple):
    """Where a name of some kind may begin, and what speaks for it."""

    word: str
    kind: str
    start: int
    favour: float
    joint: str
    bracket: str

    @property
    def by_name(self) -> bool:
        """Whether somebody is said to be called so."""
        return self.joint in _NAMED or self.word in _SAYS_NAME

    @property
    def behind_comma(self) -> bool:
        """Whether the name is to stand between commas: 我儿子，李明，…"""
        return self.bracket.startswith(",")


def place_behind(text: str, match: re.Match[str], words: NameWords) -> Place:
    """The place behind a word that announces a name."""
    word, kind = match.group(), words.before[match.group()]
    joint = _JOINT.match(text, match.end())
    assert joint is not None  # every part of it may be missing
    favour = _FAVOUR[kind]
    favour += _FIELD if word in words.fields else 0
    favour += _BY_NAME if joint.group(1) in _NAMED else 0
    favour += _SELDOM_SAID if joint.group(1) and joint.group(1) not in _NAMED else 0
    favour += _IN_BRACKETS if joint.group(2) and joint.group(2)[0] != "," else 0
    if word in ("姓名", "名字") and _child_before(text, match.start(), words):
        kind = "child_name"
    return Place(word, kind, joint.end(), favour, joint.group(1) or "", joint.group(2) or "")


def _child_before(text: str, start: int, words: NameWords) -> bool:
    before = text[max(0, start - 4) : start].removesuffix("的")
    return any(before.endswith(w) for w, kind in words.before.items() if kind == "child_name")


def name_end(text: str, place: Place, words: NameWords) -> int:
    """Where the name ends; 0 when there is none."""
    start = place.start
    if special := _DOTTED.match(text, start) or _spaced(text, place, words):
        return special.end()
    run_match = _RUN.match(text, start)
    if run_match is None:
        return _latin_end(text, place, words)
    run = run_match.group()
    if _is_titled(run, 0, words):
        return 0
    if length := _polite_name(run, place, words) or _pet_name(text, run, place, words):
        return start + length
    if place.word in words.family:
        return 0
    at_end = is_boundary(text, run_match.end())
    length = _full_name(run, place, words, at_end=at_end)
    if length < len(run) and place.word in words.fields and at_end and _is_foreign(run, words):
        return run_match.end()
    is_loose = place.behind_comma and not is_boundary(text, start + length)
    return start + length if length and not (is_loose or _is_titled(run, length, words)) else 0


def _full_name(run: str, place: Place, words: NameWords, *, at_end: bool) -> int:
    if not words.lists.may_begin(run):
        return 0
    favour = place.favour + (_PARENT_BEHIND if _is_some_ones_parent(run, words) else 0.0)
    return likely_name(run, words.lists, favour, AT_END if at_end else 0.0)


def listed_name(text: str, start: int, words: NameWords, favour: float) -> int:
    """Where a full name ends that begins at `start`, weighed with `favour`; 0 when there is none."""
    run_match = _RUN.match(text, start)
    if run_match is None:
        return 0
    run = run_match.group()
    at_end = AT_END if is_boundary(text, run_match.end()) else 0.0
    length = likely_name(run, words.lists, favour, at_end)
    titled = _is_titled(run, length, words) or _is_titled(run, 0, words)
    return start + length if length and not titled else 0


def _spaced(text: str, place: Place, words: NameWords) -> re.Match[str] | None:
    """宋 佳, where a name is announced for sure."""
    match = _SPACED.match(text, place.start)
    certain = place.by_name or place.word in words.fields
    return match if match and certain and words.lists.may_begin(match.group()) else None


def _is_foreign(run: str, words: NameWords) -> bool:
    """Whether no word is to be read in it, as in a name put into Chinese characters."""
    weight = words.lists.words(run)[0]
    return 2 <= len(run) <= _LONGEST_FOREIGN and weight / len(run) < _NO_WORDS


def _is_some_ones_parent(run: str, words: NameWords) -> bool:
    """Whether 妈妈, 家长 and the like stand where a name would end."""
    return any(words.parents.match(run, at) for at in (2, 3, 4, 5))


def _is_titled(run: str, length: int, words: NameWords) -> bool:
    """Whether the name, or a surname alone, has a title behind it: 李老师, 欧阳校长, 张某."""
    lengths = [length] if length else [0, 1, 2] if run[:2] in words.lists.compound else [0, 1]
    return any(run.startswith(words.no_name if at else words.titles, at) for at in lengths)


def _latin_end(text: str, place: Place, words: NameWords) -> int:
    match = _LATIN.match(text, place.start)
    if not match or place.kind == "other_name":
        return 0
    behind = text[match.end() : match.end() + 1]
    allowed = place.by_name or behind in words.follow or is_boundary(text, match.end())
    return match.end() if allowed else 0


def _pet_name(text: str, run: str, place: Place, words: NameWords) -> int:
    """The length of a name that a child is called by at home; 0 if there is none."""
    if place.word in _PET_NAME_WORDS or (place.by_name and place.word in words.nicknames):
        any_name = _ANY_PET_NAME.match(text, place.start)
        if any_name:
            return len(any_name.group())
    name = run[:2]
    if place.kind == "other_name" or place.behind_comma or name in words.before:
        return 0
    end = place.start + 2
    certain = run[:1] == run[1:2] and (name in words.nicknames or _is_no_word(run, words))
    likely = name in words.nicknames or (
        _PET_NAME.match(run) is not None and not words.lists.is_frequent(name)
    )
    behind = text[end : end + 1]
    fits = is_boundary(text, end) or behind in words.follow or parent_behind(text, end, words)
    is_name = certain or (likely and fits)
    return 2 if is_name and not _is_titled(run, 2, words) else 0


def _is_no_word(run: str, words: NameWords) -> bool:
    """轩轩, but not the 密密 of 密密麻麻 nor the 耿耿 of 耿耿于怀."""
    in_pairs = len(run) > 3 and run[2] == run[3]
    return not in_pairs and not any(words.lists.is_word(run[:length]) for length in (2, 3, 4))


def _polite_name(run: str, place: Place, words: NameWords) -> int:
    """The length of 李女士, where the writer calls himself so; 0 otherwise."""
    match = _POLITE.match(run)
    is_own = place.kind == "own_name" and words.lists.may_begin(run)
    return match.end() if match and is_own else 0


def parent_behind(text: str, end: int, words: NameWords) -> bool:
    """Whether 妈妈, 同学的家长 and the like stand behind a name."""
    classmate = _CLASSMATE.match(text, end)
    return words.parents.match(text, classmate.end() if classmate else end) is not None


def is_boundary(text: str, at: int) -> bool:
    """Whether no Chinese character stands there."""
    return at >= len(text) or not _HAN.match(text, at)
