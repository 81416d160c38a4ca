"""Where a name may begin, behind words that announce it, and how much they speak for one."""

from __future__ import annotations

import re
from typing import NamedTuple

from complaints.protection.identifying_words import NameWords

_JOINT = re.compile(
    r"[的哩嘅]?[^\S\n]{0,2}(叫做|叫|名叫|就是|是|系|为|:)?[^\S\n]{0,2}([“\"「'(\[]|,\s?)?"
)
_OPENED = re.compile(r"[是为:]?[^\S\n]{0,2}[“\"「'(\[]?")
_NAMED = ("叫做", "叫", "名叫", ":")
_SAYS_NAME = ("我叫", "俺叫", "咱叫", "我叫做", "我名叫", "大的叫", "小的叫")
_IS_WRITER = ("我是", "我系", "本人是", "我是孩子", "我是孩子的", "我是他", "我是她")

# Log weights: how much what stands before speaks for a name.
_FAVOUR = {"child_name": -1.5, "own_name": -2.0, "other_name": -3.0}
_FIELD, _BY_NAME, _IN_BRACKETS = 5.0, 5.0, 4.0
_SELDOM_SAID = -3.0  # 我儿子是李明


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
    if kind == "other_name" and text.endswith(_IS_WRITER, 0, match.start()):
        kind = "own_name"
    return Place(word, kind, joint.end(), favour, joint.group(1) or "", joint.group(2) or "")


def place_called(text: str, match: re.Match[str], kind: str) -> Place:
    """The place behind 叫, 名叫 and the like, when it is known of whom that is said."""
    opened = _OPENED.match(text, match.end())
    assert opened is not None  # it may be empty
    return Place(match.group(), kind, opened.end(), _FAVOUR[kind] + _BY_NAME, "叫", "")


def _child_before(text: str, start: int, words: NameWords) -> bool:
    before = text[max(0, start - 4) : start].removesuffix("的")
    return any(before.endswith(w) for w, kind in words.before.items() if kind == "child_name")
