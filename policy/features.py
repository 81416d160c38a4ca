"""What the search sees in a text: its characters in groups of one to three, and its notions.

Notions are words of `words.yml` that mean the same (周六, 礼拜六, 双休日), so that a question
finds a rule that says it in another way. Filler (请问, 可以吗) is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from policy.rule_book import Words

LONGEST_GROUP = 3
NOTION_SIGN = "="  # never in normalised text, so a notion cannot be taken for characters

_DROPPED = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")


def normalise(text: str) -> str:
    """Half-width, lower case, letters and digits only."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())


def is_notion(feature: str) -> bool:
    """Whether a feature is a notion and not a group of characters."""
    return feature.startswith(NOTION_SIGN)


class FeatureReader:
    """Turns a text into counted features."""

    def __init__(self, words: Words) -> None:
        self._notions = {normalise(word): notion for word, notion in words.notions.items()}
        self._notion_words = _any_of(self._notions)
        self._filler = _any_of(map(normalise, words.filler))
        self._anchors = _any_of(map(normalise, words.anchors))

    def read(self, text: str) -> Counter[str]:
        """Count the notions and the character groups of `text`; no group spans a filler word.

        Digits count as alike (6800元 is near 7200元); amounts that matter are notions.
        """
        plain = normalise(text)
        found = Counter(
            NOTION_SIGN + self._notions[word[0]] for word in self._notion_words.finditer(plain)
        )
        for piece in self._filler.split(_DIGIT.sub("0", plain)):
            found.update(
                piece[start : start + size]
                for size in range(1, LONGEST_GROUP + 1)
                for start in range(len(piece) - size + 1)
            )
        return found

    def is_anchored(self, text: str) -> bool:
        """Whether anything in `text` shows that it is about schooling, training or reporting."""
        return self._anchors.search(normalise(text)) is not None


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
