"""The known features with their weights: turns a text into a sparse vector."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu import ngrams

_BITS = np.uint64(21)  # of a Unicode character
_MIX = np.uint64(0x9E3779B97F4A7C15)  # for groups of four, which do not fit into 64 bits


class Vocabulary:
    """Words, tags and character groups form a block each, scaled to a length of its own.

    So the many character groups do not outweigh the few words.
    """

    def __init__(self, names: list[str], idf: np.ndarray) -> None:
        """`names` in the order of their columns, `idf` the weight of each by its rarity."""
        self.names, self.idf = names, idf
        self._columns = {name: column for column, name in enumerate(names)}
        self._blocks = np.array([ngrams.BLOCKS.index(name[0]) for name in names], dtype=np.int32)
        self._weights = np.array([ngrams.weight_of(name) for name in names], dtype=np.float32)
        groups = [(name[2:], column) for name, column in self._columns.items() if name[0] == "c"]
        keys = np.array([_keys(group, len(group))[0] for group, _ in groups], dtype=np.uint64)
        order = np.argsort(keys)
        self._keys = keys[order]
        self._key_columns = np.array([column for _, column in groups], dtype=np.int32)[order]

    @classmethod
    def fit(cls, documents: Iterable[Mapping[str, int]], min_documents: int) -> Vocabulary:
        """Learn the features that occur in at least `min_documents` of `documents`."""
        frequency: Counter[str] = Counter()
        total = 0
        for document in documents:
            frequency.update(document.keys())
            total += 1
        names = sorted(name for name, count in frequency.items() if count >= min_documents)
        counts = np.array([frequency[name] for name in names], dtype=np.float64)
        idf = np.log((1 + total) / (1 + counts)) + 1
        return cls(names, idf.astype(np.float32))

    def row(
        self,
        text: str,
        words: Sequence[tuple[int, str, str]],
        parts: Iterable[tuple[float, int, int]],
    ) -> csr_matrix:
        """The weighted sum of the vectors of parts of a normalised text; empty if none is known.

        `words` are (start, word, dictionary tag or ""), `parts` are (weight, start, end).
        """
        places, found = self._find(text, words)
        columns, which = np.unique(found, return_inverse=True)
        total = np.zeros(len(columns), dtype=np.float32)
        for weight, start, end in parts:
            if any(char.isalnum() for char in text[start:end]):  # marks alone say nothing
                inside = (places[0] >= start) & (places[1] <= end)
                counts = np.bincount(which[inside], minlength=len(columns))
                total += weight * self._values(columns, counts)
        kept = np.flatnonzero(total)
        pointers = np.array([0, len(kept)], dtype=np.int32)
        return csr_matrix((total[kept], columns[kept], pointers), shape=(1, len(self.names)))

    def _find(
        self, text: str, words: Sequence[tuple[int, str, str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Start and end of each known feature in the text, and its column."""
        masked = ngrams.masked(text)
        named = [
            (start, end, self._columns[name])
            for start, end, name in _word_features(masked, words)
            if name in self._columns
        ]
        table = np.array(named, dtype=np.int32).reshape(-1, 3).T
        places, found = [table[:2]], [table[2]]
        for size in range(1, min(ngrams.LONGEST_GROUP, len(masked)) + 1):
            starts, columns = self._groups(masked, size)
            places.append(np.stack([starts, starts + size]))
            found.append(columns)
        return np.concatenate(places, axis=1), np.concatenate(found)

    def _groups(self, text: str, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Starts and columns of the known groups of `size` characters."""
        keys = _keys(text, size)
        at = np.searchsorted(self._keys, keys)
        at[at == len(self._keys)] = 0
        is_known = self._keys[at] == keys if len(self._keys) else np.zeros(len(keys), dtype=bool)
        starts = np.flatnonzero(is_known).astype(np.int32)
        return starts, self._key_columns[at[starts]] if len(starts) else starts

    def _values(self, columns: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """(1 + log count) · idf, 0 for none; each block scaled to length one, then weighted."""
        values = np.zeros(len(columns), dtype=np.float32)
        is_there = counts > 0
        values[is_there] = (1 + np.log(counts[is_there])) * self.idf[columns[is_there]]
        blocks = self._blocks[columns]
        lengths = np.sqrt(np.bincount(blocks, values**2, minlength=len(ngrams.BLOCKS)))
        lengths[lengths == 0] = 1
        return (values / lengths[blocks] * self._weights[columns]).astype(np.float32)


def _keys(text: str, size: int) -> np.ndarray:
    """A number for each group of `size` characters in a text."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - size + 1
    keys = codes[:count].copy()
    for shift in range(1, size):
        keys = keys << _BITS if shift < 3 else keys * _MIX
        keys += codes[shift : shift + count]
    return keys


def _word_features(
    masked: str, words: Sequence[tuple[int, str, str]]
) -> Iterable[tuple[int, int, str]]:
    spans = [(start, start + len(word)) for start, word, _ in words]
    texts = [masked[start:end] for start, end in spans]
    for (start, end), word, (_, _, tag) in zip(spans, texts, words, strict=True):
        yield start, end, ngrams.word_name(word)
        if tag:
            yield start, end, ngrams.tag_name(tag)
    for one, two in pairwise(range(len(words))):
        yield spans[one][0], spans[two][1], ngrams.pair_name(texts[one], texts[two])
