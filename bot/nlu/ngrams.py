"""Which features a message has: words, word pairs, dictionary tags and groups of characters.

Digits are all alike: an hour or a sum says what a message is about, its value does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

# The first letter of a feature's name says of which sort it is: word, tag, character group.
BLOCKS = "wtc"
# How much a feature counts within its block; groups by their length. Short groups carry over from
# the examples to words that none of them has (docs/nlu-quality.md).
_WORD, _TAG = 1.0, 0.5
_GROUPS = (2.0, 1.5, 1.0, 0.5)
LONGEST_GROUP = len(_GROUPS)

_DIGITS = str.maketrans("0123456789", "0000000000")


def masked(text: str) -> str:
    """A normalised text with all digits alike."""
    return text.translate(_DIGITS)


def count_features(text: str, tokens: Sequence[tuple[str, str]]) -> Counter[str]:
    """Count the features of a normalised `text` with its (word, dictionary tag or "") tokens.

    No group of characters spans a blank. A text of marks alone has no features.
    """
    if not any(char.isalnum() for char in text):
        return Counter()
    counts: Counter[str] = Counter(_groups(masked(text)))
    words = [masked(word) for word, _ in tokens]
    counts.update(word_name(word) for word in words)
    counts.update(pair_name(one, two) for one, two in pairwise(words))
    counts.update(tag_name(tag) for _, tag in tokens if tag)
    return counts


def word_name(word: str) -> str:
    """The feature of a masked word."""
    return f"w:{word}"


def pair_name(one: str, two: str) -> str:
    """The feature of two masked words in a row."""
    return f"w:{one} {two}"


def tag_name(tag: str) -> str:
    """The feature of a dictionary tag."""
    return f"t:{tag}"


def weight_of(name: str) -> float:
    """How much the feature of this name counts."""
    block, _, rest = name.partition(":")
    return {"w": _WORD, "t": _TAG}.get(block) or _GROUPS[len(rest) - 1]


def _groups(text: str) -> Iterable[str]:
    for part in text.split():
        for size in range(1, LONGEST_GROUP + 1):
            for start in range(len(part) - size + 1):
                yield "c:" + part[start : start + size]
