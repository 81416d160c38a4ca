"""Which features a message has: words, word pairs, dictionary tags and character n-grams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

# The first letter of a feature's name says of which sort it is: word, tag, character n-gram.
BLOCKS = "wtc"

_MAX_CHARS = 4
_DIGITS = str.maketrans("0123456789", "0000000000")


def count_features(text: str, tokens: Sequence[tuple[str, str]]) -> Counter[str]:
    """Count the features of a normalised `text` with its (word, dictionary tag or "") tokens.

    Digits are all alike: an hour or a sum says what a message is about, its value does not.
    A text of marks alone has no features.
    """
    if not any(char.isalnum() for char in text):
        return Counter()
    masked = text.translate(_DIGITS)
    counts: Counter[str] = Counter(_characters(masked))
    words = [word.translate(_DIGITS) for word, _ in tokens]
    counts.update(f"w:{word}" for word in words)
    counts.update(f"w:{one} {two}" for one, two in pairwise(words))
    counts.update(f"t:{tag}" for _, tag in tokens if tag)
    return counts


def _characters(text: str) -> Iterable[str]:
    for part in text.split():
        yield from (f"c:{char}" for char in part)
        framed = f"^{part}$"
        for size in range(2, _MAX_CHARS + 1):
            for start in range(len(framed) - size + 1):
                yield "c:" + framed[start : start + size]
