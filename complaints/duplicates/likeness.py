"""How alike two texts are, and keys under which nearly the same texts find each other.

A text is brought to a normal form and cut into pairs of characters; two texts are as alike as the
pairs that they share (Jaccard). For the look-up a text gets a signature (MinHash): each of its
numbers is equal in two texts with the probability of their likeness. Four numbers together make a
key: texts of likeness 0.8 share one of the twelve keys in 998 of 1000 cases, of 0.6 in 81 of 100, of
0.2 in 2 of 100. All constants are fixed, for keys are stored: whoever changes one files all anew.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import numpy as np
import numpy.typing as npt

BANDS, ROWS = 12, 4
LEAST_PAIRS = 10
"""A text of fewer pairs of characters has no keys: 孩子作业太多 is said of every school."""

_LONGEST = 4000  # characters that are looked at
MARK = re.compile("〔[^〕]*〕")
"""Stands where a telephone or a name was taken out."""

_DIGITS = str.maketrans("〇零一二两三四五六七八九", "001223456789")

_Numbers = npt.NDArray[np.uint64]


def normal_form(text: str) -> str:
    """A text without what people write or leave out at will: width, case, punctuation, marks.

    Chinese digits become Arabic ones, so that 四点 and 4点 are the same.
    """
    flat = MARK.sub("", unicodedata.normalize("NFKC", text[:_LONGEST])).lower()
    return "".join(char for char in flat.translate(_DIGITS) if char.isalnum())


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters in a text's normal form; of one character, itself."""
    flat = normal_form(text)
    if len(flat) < 2:
        return frozenset([flat] if flat else [])
    return frozenset(flat[i : i + 2] for i in range(len(flat) - 1))


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1; 1 for texts of the same normal form."""
    return shared(pairs(one), pairs(other))


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of pairs that two texts have in common; 1 for two texts without any."""
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def text_keys(text: str) -> tuple[int, ...]:
    """The keys (63 bits each) of a text; none for one that is too short to tell matters apart."""
    found = pairs(text)
    if len(found) < LEAST_PAIRS:
        return ()
    numbers = np.array([_number(pair) for pair in sorted(found)], dtype=np.uint64)
    smallest = _mix(numbers[np.newaxis, :] ^ _SALTS[:, np.newaxis]).min(axis=1)
    keys = np.arange(BANDS, dtype=np.uint64)
    for row in smallest.reshape(BANDS, ROWS).T:
        keys = _mix(keys ^ row)
    return tuple(int(key) >> 1 for key in keys)


def name_key(*names: str) -> int:
    """A key (63 bits) for a name within a scope, such as a party's among reports of one kind."""
    digest = hashlib.blake2b("\n".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _number(pair: str) -> int:
    return ord(pair[0]) << 21 | ord(pair[-1])


def _mix(numbers: _Numbers) -> _Numbers:
    """Scatter numbers over 64 bits, equal ones alike (the finisher of SplitMix64)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


_SALTS = _mix(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64))
