"""A text becomes the same vector however its parts are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.ngrams import count_features, weight_of
from bot.nlu.vocabulary import Vocabulary

LETTERS = "作业补课退费a3 ,。"
WORDS = st.lists(st.text(LETTERS.replace(" ", ""), min_size=1, max_size=3), max_size=12)


def tokens(words: list[str]) -> tuple[str, list[tuple[int, str, str]]]:
    """A text of words with a blank after each third, and the words where they stand."""
    text, found = "", []
    for n, word in enumerate(words):
        found.append((len(text), word, "homework" if "作" in word else ""))
        text += word + " " * (n % 3 == 2)
    return text, found


def slowly(
    known: Vocabulary, text: str, words: list[tuple[int, str, str]], start: int, end: int
) -> np.ndarray:
    """The vector of one part, feature by feature."""
    inside = [(w, tag) for at, w, tag in words if start <= at and at + len(w) <= end]
    counts = count_features(text[start:end], inside)
    vector = np.zeros(len(known.names))
    for column, name in enumerate(known.names):
        if name in counts:
            vector[column] = (1 + np.log(counts[name])) * known.idf[column]
    for block in "wtc":
        own = [column for column, name in enumerate(known.names) if name[0] == block]
        length = np.linalg.norm(vector[own])
        vector[own] /= length or 1
    return vector * [weight_of(name) for name in known.names]


@given(WORDS, WORDS, st.integers(0, 12), st.integers(0, 12))
def test_it_is_the_sum_of_what_each_part_holds(learned, read, one, two):
    learned_text, learned_words = tokens(learned)
    known = Vocabulary.fit(
        [count_features(learned_text, [(word, tag) for _, word, tag in learned_words])], 1
    )
    text, words = tokens(read)
    starts = sorted({0, *(at for at, _, _ in words[: one + 1]), *(at for at, _, _ in words[:two])})
    parts = [(0.5, 0, len(text)), (0.25, starts[-1], len(text))]
    row = known.row(text, words, parts).toarray()[0]
    said = any(char.isalnum() for char in text)
    slow = sum(weight * slowly(known, text, words, *span) for weight, *span in parts) * said
    assert row == pytest.approx(np.broadcast_to(slow, row.shape), abs=1e-5)
