"""How likely a few Chinese characters are a person's name, rather than ordinary words.

Both readings are weighed: the words' frequencies come from jieba's dictionary (only its file is read),
a name's from the lists of `data/routing/identifying.yml`. So 我儿子李明昨天 holds 李明 and not 李明昨,
我儿子高兴地 no name at all.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_LONGEST_WORD = 4
_UNKNOWN = -15.0  # a character that is no word of the dictionary
_RAREST = 3  # words below this frequency are left out: most are names and book titles
_RAREST_NAME = 60  # what the dictionary takes for a name is a word only when it is frequent
_FREQUENT = -13.0  # some 140 times in the 60 million words counted
_OWN_WORD = -8.0  # words of the operator's list

_COMMON_SURNAME, _RARE_SURNAME, _COMPOUND_SURNAME = -3.5, -6.0, -4.0
_GIVEN, _OTHER_GIVEN, _WORD_GIVEN, _ONLY_ONE_GIVEN = -4.8, -8.5, -11.5, -1.5
_FREQUENT_WORD = -4.0  # the first two of three characters: 白天困
_BEHIND_VERB = "了着过"  # 乔楚开了一家店
_STANDS_ALONE = -10.5  # a character that is a word this often is seldom in a name


@dataclass(frozen=True)
class NameLists:
    """Characters of surnames and given names, and words that begin like a name and are none."""

    common: frozenset[str]
    rare: frozenset[str]
    compound: frozenset[str]
    given: frozenset[str]
    ordinary: frozenset[str]
    follow: frozenset[str]

    def read_dictionary(self) -> None:
        """Read the general dictionary now, so that no message waits for it."""
        _dictionary(self.ordinary)

    def is_word(self, word: str) -> bool:
        """Whether it stands in a dictionary or the operator's list."""
        return len(word) > 1 and word in _dictionary(self.ordinary)

    def is_frequent(self, word: str) -> bool:
        """Whether it is a word that one often reads: 天天, but not 思思."""
        return _dictionary(self.ordinary).get(word, _UNKNOWN) > _FREQUENT

    def may_begin(self, run: str) -> bool:
        """Whether `run` begins with a surname."""
        first = run[:1]
        return first in self.common or first in self.rare or run[:2] in self.compound

    def words(self, run: str) -> list[float]:
        """For each position of `run` the log probability of the likeliest words from there on."""
        weights, length = _dictionary(self.ordinary), len(run)
        best = [0.0] * (length + 1)
        for start in range(length - 1, -1, -1):
            likeliest = weights.get(run[start], _UNKNOWN) + best[start + 1]
            for end in range(start + 2, min(start + _LONGEST_WORD, length) + 1):
                weight = weights.get(run[start:end])
                if weight is not None and weight + best[end] > likeliest:
                    likeliest = weight + best[end]
            best[start] = likeliest
        return best

    def names(self, run: str) -> Iterable[tuple[int, float]]:
        """Full names at the begin of `run`: how long, how likely (log)."""
        if run[:2] in self.compound:
            yield from self._with_given(run, 2, _COMPOUND_SURNAME)
        if run[:1] in self.common:
            yield from self._with_given(run, 1, _COMMON_SURNAME)
        elif run[:1] in self.rare:
            yield from self._with_given(run, 1, _RARE_SURNAME)

    def _as_given(self, char: str) -> float:
        if char in self.given:
            return _GIVEN
        alone = _dictionary(self.ordinary).get(char, _UNKNOWN) > _STANDS_ALONE
        return _WORD_GIVEN if alone else _OTHER_GIVEN

    def _with_given(self, run: str, surname: int, weight: float) -> Iterable[tuple[int, float]]:
        for length, char in enumerate(run[surname : surname + 2], start=surname + 1):
            # 乔楚有哮喘: in the middle of a sentence 有 goes on with it rather than with the name.
            goes_on = (
                length == surname + 2
                and length < len(run)
                and (char in self.follow or run[length] in _BEHIND_VERB)
            )
            weight += min(self._as_given(char), _OTHER_GIVEN) if goes_on else self._as_given(char)
            if length == surname + 1:
                yield length, weight + _ONLY_ONE_GIVEN
                weight += _FREQUENT_WORD if self.is_frequent(run[:length]) else 0
            else:
                yield length, weight


def likely_name(run: str, lists: NameLists, favour: float, at_end: float) -> int:
    """The length of the full name that `run` begins with; 0 when other words are likelier.

    `favour` is how much what stands before speaks for a name, `at_end` how much it speaks for one
    that it is all of the run (log weights).
    """
    names = list(lists.names(run))
    if not names:
        return 0
    words = lists.words(run)
    scored = [
        (weight + favour + words[length] + (at_end if length == len(run) else 0), length)
        for length, weight in names
    ]
    weight, length = max(scored)
    return length if weight > words[0] else 0


@lru_cache(maxsize=1)
def _dictionary(ordinary: frozenset[str]) -> Mapping[str, float]:
    """Log frequency of each general word of up to four characters, and of the `ordinary` ones."""
    counts: dict[str, int] = {}
    total = 0
    with _dictionary_file().open(encoding="utf-8") as lines:
        for line in lines:
            word, count, tag = line.split()
            total += int(count)
            rarest = _RAREST_NAME if tag == "nr" and len(word) > 1 else _RAREST
            is_name = tag == "nr" and len(word) > 2
            if len(word) <= _LONGEST_WORD and int(count) >= rarest and not is_name:
                counts[word] = int(count)
    known = {word: math.log(count / total) for word, count in counts.items()}
    return {**known, **{word: max(_OWN_WORD, known.get(word, _OWN_WORD)) for word in ordinary}}


def _dictionary_file() -> Path:
    found = importlib.util.find_spec("jieba")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("jieba, whose dictionary tells words from names")
    return Path(found.submodule_search_locations[0]) / "dict.txt"
