"""Finds the rules that a question is about, or notices that it is about something else.

Three views are added up: the cosine (TF-IDF) to the nearest single phrasing, which is sharp; the
cosine to the rule as a whole, which forgives unusual wording; and the share of the question that
the rule covers at all. What no phrasing has counts as rare, so a foreign question scores low.
Topics beyond the rule book compete on the same scale.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from policy.features import FeatureReader, is_notion
from policy.rule_book import BeyondTopic, Rule, RuleBook

LONGEST_QUESTION = 400  # characters; the rest of a long story does not change what is asked
KIND_BOOST = 1.1
NEAREST_SHARE, WHOLE_SHARE, COVERED_SHARE = 0.3, 0.4, 0.3
SIZE_WEIGHT = {1: 0.5, 2: 1.0, 3: 0.5}
NOTION_WEIGHT = 3.0
THIN = 0.8  # trust in a score that rests on one notion or none (周末天气)
FOREIGN = 0.5  # and in one for a question that nothing ties to schooling (公交卡怎么充值)

Vector = dict[str, float]
Index = Mapping[str, list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule and how near the question is to it: 0 nothing in common, about 1 the same words."""

    rule: Rule
    score: float


@dataclass(frozen=True, slots=True)
class BeyondMatch:
    """A topic without a rule and how near the question is to it, on the scale of Match."""

    topic: BeyondTopic
    score: float


class Retriever:
    """Search over the rules in force on a day (default: today) and the topics beyond them."""

    def __init__(self, rule_book: RuleBook, on: date | None = None) -> None:
        day = on or date.today()
        self._rules = [rule for rule in rule_book.rules.values() if rule.in_force_on(day)]
        self._topics = list(rule_book.beyond.values())
        self._features = FeatureReader(rule_book.words)
        wordings = [(rule.title, *rule.questions) for rule in self._rules]
        wordings += [(topic.title, *topic.questions) for topic in self._topics]
        answers = [rule.answer for rule in self._rules] + [""] * len(self._topics)
        counted = [[self._features.read(wording) for wording in group] for group in wordings]
        self._rarity = _rarity([counts for group in counted for counts in group])
        self._phrasing_owner = [owner for owner, group in enumerate(counted) for _ in group]
        self._phrasings = self._index(counts for group in counted for counts in group)
        self._wholes = self._index(
            sum(group, self._features.read(answer))
            for group, answer in zip(counted, answers, strict=True)
        )

    def search(self, text: str, kind: str | None = None, limit: int = 3) -> list[Match]:
        """The rules nearest to `text`, best first, at most `limit`; equal scores by rule id.

        `kind` is the kind that the bot understood; its rules get a little ahead. Never raises.
        """
        asked = text[:LONGEST_QUESTION]
        counts = self._features.read(asked)
        scores = self._scores(counts)
        trust = 1.0 if sum(map(is_notion, counts)) > 1 else THIN
        otherwise = trust if self._features.is_anchored(asked) else trust * FOREIGN
        matches = [
            Match(rule, scores[owner] * (trust * KIND_BOOST if kind in rule.kinds else otherwise))
            for owner, rule in enumerate(self._rules)
            if owner in scores
        ]
        return sorted(matches, key=lambda match: (-match.score, match.rule.id))[:limit]

    def beyond(self, text: str) -> BeyondMatch | None:
        """The nearest topic that no rule answers; None if there is nothing in common."""
        scores = self._scores(self._features.read(text[:LONGEST_QUESTION]))
        matches = [
            BeyondMatch(topic, scores[owner])
            for owner, topic in enumerate(self._topics, start=len(self._rules))
            if owner in scores
        ]
        return min(matches, key=lambda match: (-match.score, match.topic.id), default=None)

    def _scores(self, counts: Counter[str]) -> dict[int, float]:
        """Score by owner (rules first, then topics) for every owner with anything in common."""
        weights = self._weights(counts)
        asked = _unit(weights)
        nearest: dict[int, float] = defaultdict(float)
        for phrasing, cosine in _cosines(asked, self._phrasings).items():
            owner = self._phrasing_owner[phrasing]
            nearest[owner] = max(nearest[owner], cosine)
        covered = self._covered(weights)
        return {
            owner: NEAREST_SHARE * nearest[owner]
            + WHOLE_SHARE * cosine
            + COVERED_SHARE * covered[owner]
            for owner, cosine in _cosines(asked, self._wholes).items()
        }

    def _covered(self, weights: Vector) -> dict[int, float]:
        total = sum(weights.values())
        covered: dict[int, float] = defaultdict(float)
        for feature, weight in weights.items():
            for owner, _ in self._wholes.get(feature, ()):
                covered[owner] += weight / total
        return covered

    def _weights(self, counts: Counter[str]) -> Vector:
        unseen = max(self._rarity.values(), default=1.0)
        return {
            feature: (1 + math.log(count))
            * self._rarity.get(feature, unseen)
            * (NOTION_WEIGHT if is_notion(feature) else SIZE_WEIGHT[len(feature)])
            for feature, count in counts.items()
        }

    def _index(self, texts: Iterable[Counter[str]]) -> Index:
        index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, counts in enumerate(texts):
            for feature, weight in _unit(self._weights(counts)).items():
                index[feature].append((position, weight))
        return dict(index)


def _rarity(texts: list[Counter[str]]) -> Vector:
    """Inverse document frequency of every feature."""
    holding = Counter(feature for counts in texts for feature in counts)
    return {
        feature: math.log((len(texts) + 1) / (held + 1)) + 1 for feature, held in holding.items()
    }


def _unit(weights: Vector) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {feature: weight / length for feature, weight in weights.items()}


def _cosines(asked: Vector, index: Index) -> dict[int, float]:
    cosines: dict[int, float] = defaultdict(float)
    for feature, weight in asked.items():
        for position, held in index.get(feature, ()):
            cosines[position] += weight * held
    return cosines
