"""Which registered names a name may be meant for that is written by ear, shortened or mistyped.

燕秋语文 sounds like 砚秋语文, 汀实小 shortens 汀澜市实验小学. Such a name is never taken for the
registered one: the candidates are offered and the reporter chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from complaints.party_names import plain, without_sort

LEAST_LIKENESS = 0.7
_SHORTEST = 2  # characters of what is particular about a name
_MISTYPED_FROM = 3  # with fewer, one other character makes another name: 星光 is not 晨光
_ABBREVIATION = 3
# Sounds that dialects and hasty typing do not tell apart.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_NUMBERS = re.compile("[一二三四五六七八九十百0-9]+")


def likeness(said: str, names: Iterable[str]) -> float:
    """How much `said` is like one of a party's `names`, 0 to 1; below LEAST_LIKENESS: unlike.

    1 is the same sound in what is particular about the name; 一中 and 二中 are never alike.
    """
    return max((_alike(_heard(said), _heard(name)) for name in names), default=0.0)


class _Heard(NamedTuple):
    """A name without blanks and brackets, its sound, that of what is particular, its numbers."""

    text: str
    sound: tuple[str, ...]
    own_sound: tuple[str, ...]
    own_length: int
    numbers: tuple[str, ...]


@lru_cache(maxsize=20_000)  # a city's register; each report is held against all of it
def _heard(name: str) -> _Heard:
    text = plain(name)
    own = without_sort(text)
    return _Heard(text, _sounds(text), _sounds(own), len(own), tuple(_NUMBERS.findall(text)))


def _alike(said: _Heard, name: _Heard) -> float:
    if said.numbers != name.numbers:
        return 0.0
    if said.sound == name.sound:
        return 0.95 + 0.05 * Levenshtein.normalized_similarity(said.text, name.text)
    if min(said.own_length, name.own_length) >= _SHORTEST:
        distance = Levenshtein.distance(said.own_sound, name.own_sound)
        whole = Levenshtein.normalized_similarity(said.text, name.text)
        if distance == 0:
            return 0.85 + 0.1 * whole
        if distance == 1 and min(len(said.own_sound), len(name.own_sound)) >= _MISTYPED_FROM:
            return 0.75 + 0.1 * whole
    is_short = _shortens(said.text, name.text)
    return 0.7 + 0.1 * len(said.text) / len(name.text) if is_short else 0.0


def _shortens(said: str, name: str) -> bool:
    """Whether `said` is made of characters of `name` in their order, with its first and a last."""
    if len(said) < _ABBREVIATION or not name.startswith(said[0]) or len(said) >= len(name):
        return False
    left = iter(name)
    return all(char in left for char in said)


def _sounds(text: str) -> tuple[str, ...]:
    """The syllables of a text without tones, with sounds that are often confused made alike."""
    return tuple(_folded(syllable) for syllable in lazy_pinyin(text))


def _folded(syllable: str) -> str:
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable.removeprefix(long)
            break
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable.removesuffix(long) + short
    return syllable
