"""What the search sees in a text: its characters alone and in pairs, its notions, its facts.

Notions are words of `words.yml` that mean the same (周六, 礼拜六, 双休日), so that a question
finds a rule that says it in another way. Facts are what the rules turn on (the stage, the day).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

LEAST_TEXTS = 5  # texts that must hold a feature for it to count
WEIGHTS = (1.0, 0.7, 0.5)  # of groups, notions and facts

_DROPPED = re.compile(r"[\W_]+")

Named = Callable[[str], list[str]]
"""From a text to the names of the facts that it states."""

Vector = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The columns that are not zero, and their values: together of length one."""


def normalise(text: str) -> str:
    """Half-width, lower case, letters and digits only."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold())


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the words, the longest that fits; of none at all, nothing."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


class FeatureReader:
    """Finds the features of a text, in three sorts: groups, notions, facts."""

    def __init__(self, notions: Mapping[str, str], named: Named) -> None:
        self._notions = {normalise(word): notion for word, notion in notions.items()}
        self._pattern = any_of(self._notions)
        self._named = named

    def read(self, text: str) -> tuple[list[str], list[str], list[str]]:
        """The features of each sort, each as often as it is there."""
        plain = normalise(text)
        groups = [*plain, *(plain[start : start + 2] for start in range(len(plain) - 1))]
        notions = ["=" + self._notions[word[0]] for word in self._pattern.finditer(plain)]
        return groups, notions, ["#" + name for name in self._named(text)]


class Space:
    """Turns features into numbers: the rarer among the texts it was made of, the heavier."""

    def __init__(self, rarity: dict[str, float]) -> None:
        self.rarity = rarity
        self._columns = {feature: column for column, feature in enumerate(rarity)}

    @classmethod
    def of(cls, texts: Sequence[tuple[list[str], list[str], list[str]]]) -> Space:
        """The space of these texts, by inverse document frequency."""
        holding = Counter(feature for sorts in texts for sort in sorts for feature in set(sort))
        kept = (f for f, held in holding.items() if held >= LEAST_TEXTS)
        return cls({f: float(np.log((len(texts) + 1) / (holding[f] + 1)) + 1) for f in kept})

    def __len__(self) -> int:
        return len(self._columns)

    def vector(self, sorts: tuple[list[str], list[str], list[str]]) -> Vector:
        """The vector of a text's features; each sort counts by its weight."""
        columns: list[int] = []
        values: list[float] = []
        for sort, weight in zip(sorts, WEIGHTS, strict=True):
            known = [(f, n) for f, n in Counter(sort).items() if f in self._columns]
            raw = np.array([(1 + np.log(n)) * self.rarity[f] for f, n in known])
            length = float(np.sqrt(raw @ raw)) or 1.0
            columns += [self._columns[f] for f, _ in known]
            values += (weight / length * raw).tolist()
        row = np.array(values, dtype=np.float32)
        length = float(np.sqrt(row @ row)) or 1.0
        return np.array(columns, dtype=np.int32), row / np.float32(length)
