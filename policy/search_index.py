"""Learns from phrasings what they stand under, and scores a text against it.

Two views are added up: a linear classifier, which knows what tells one group of phrasings from its
neighbour, and the cosine to the nearest phrasings, which is sharp and small for what nobody has
asked yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from policy.features import FeatureReader, Space, Vector

MARGIN = 0.5  # C of the classifier
NEAR_WEIGHT = 1.0
NEAREST_SHARE = 0.6  # of the nearest phrasing; the rest is the mean of the nearest few
NEAREST = 3

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SearchIndex:
    """What was learnt. `points`: phrasings by feature; `starts`: where each group's phrasings begin;
    `weights`, `bias`: the classifier, by feature and group."""

    space: Space
    points: csr_matrix
    starts: NDArray[np.int32]
    weights: Floats
    bias: Floats

    @classmethod
    def learn(cls, groups: Sequence[Sequence[str]], reader: FeatureReader) -> SearchIndex:
        """Learn groups of phrasings, at least two, none empty. Takes seconds per ten thousand."""
        texts = [reader.read(text) for group in groups for text in group]
        space = Space.of(texts)
        rows = _matrix([space.vector(text) for text in texts], len(space))
        sizes = [len(group) for group in groups]
        owners = np.repeat(np.arange(len(groups)), sizes)
        classifier = LinearSVC(C=MARGIN, random_state=0).fit(rows, owners)
        coefficients, bias = classifier.coef_, classifier.intercept_
        if len(groups) == 2:  # one line divides two groups
            coefficients, bias = np.vstack([-coefficients, coefficients]), np.array([-bias, bias])
        return cls(
            space=space,
            points=rows.T.tocsr(),
            starts=np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int32),
            weights=np.ascontiguousarray(coefficients.T, dtype=np.float32),
            bias=bias.ravel().astype(np.float32),
        )

    def scores(self, vector: Vector) -> tuple[Floats, float]:
        """The score of each group, about 0 undecided and above 1 the same words; and the cosine to
        the nearest phrasing of all."""
        columns, values = vector
        linear = values @ self.weights[columns] + self.bias
        cosines = np.asarray(values @ self.points[columns]).ravel()
        nearness = float(cosines.max(initial=0.0))
        first, mean = self._nearest(cosines)
        near = NEAREST_SHARE * first + (1 - NEAREST_SHARE) * mean
        return (linear + NEAR_WEIGHT * near).astype(np.float32), nearness

    def _nearest(self, cosines: Floats) -> tuple[Floats, Floats]:
        """Per group the largest cosine and the mean of the largest few (missing ones are 0)."""
        left = cosines.copy()
        tops = []
        for _ in range(NEAREST):
            top = np.maximum.reduceat(left, self.starts)
            tops.append(top)
            sizes = np.diff(np.append(self.starts, len(left)))
            left[left == np.repeat(top, sizes)] = 0.0
        return tops[0], np.mean(tops, axis=0)


def _matrix(vectors: Sequence[Vector], width: int) -> csr_matrix:
    lengths = [len(columns) for columns, _ in vectors]
    columns = np.concatenate([columns for columns, _ in vectors])
    values = np.concatenate([values for _, values in vectors])
    ends = np.concatenate(([0], np.cumsum(lengths)))
    return csr_matrix((values, columns, ends), shape=(len(vectors), width))
