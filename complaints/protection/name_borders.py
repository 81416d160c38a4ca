"""What stands at the borders of a name: nothing Chinese, a title, or whose mother somebody is."""

from __future__ import annotations

import re

from complaints.protection.identifying_words import NameWords

WINDOW = 8  # characters within which words are weighed
_HAN = re.compile("[一-鿿]")
_CLASSMATE = re.compile("(?:同学|小朋友)?[的嘅]?")


def is_boundary(text: str, at: int) -> bool:
    """Whether no Chinese character stands there."""
    return at >= len(text) or not _HAN.match(text, at)


def parent_behind(text: str, end: int, words: NameWords) -> bool:
    """Whether 妈妈, 同学的家长 and the like stand behind a name."""
    classmate = _CLASSMATE.match(text, end)
    return words.parents.match(text, classmate.end() if classmate else end) is not None


def is_titled(run: str, length: int, words: NameWords) -> bool:
    """Whether the name, or (0) a surname alone, has a title behind it: 李老师, 欧阳校长, 张某."""
    lengths = [length] if length else [0, 1, 2] if run[:2] in words.lists.compound else [0, 1]
    return any(run.startswith(words.no_name if at else words.titles, at) for at in lengths)
