"""Finds the rules that a question is about, or notices that it is about something else.

Every phrasing in the rule book is an example of what it stands under: a rule that is asked about, a
case of a rule that is told, or a topic without a rule. `search_index` learns them; here the kinds
understood and the facts told move rules a little ahead or behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from policy.conditions import Facts
from policy.fact_reader import FactReader
from policy.features import FeatureReader, normalise
from policy.judge import judge_rule
from policy.kept_index import index_of
from policy.model import BeyondTopic, Rule, RuleBook

LONGEST_QUESTION = 400  # characters; the rest of a long story does not change what is asked
WEIGHED = 40  # rules for which kinds and facts are weighed
KIND_BONUS = 0.1
FIT_BONUS = 0.04  # for each stated fact that one of the rule's cases turns on
LOCAL_BONUS = 0.15  # for a rule of the place that was named
ELSEWHERE = 0.6  # taken off a rule that does not speak of such a case
ELSEWHERE_LOCAL = 0.15  # and off one for a place that was not named


@dataclass(frozen=True, slots=True)
class Match:
    """A rule and how near the question is to it; about 0 undecided, above 1 the same words.

    `likeness`: to the phrasings that ask what the rule says, then to those of each of its cases.
    """

    rule: Rule
    score: float
    likeness: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BeyondMatch:
    """A topic without a rule and how near the question is to it, on the scale of Match."""

    topic: BeyondTopic
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a question may be about: rules, best first, and the nearest topic without a rule.

    `nearness`: the cosine to the nearest phrasing of all, 0 nothing in common, 1 the same words.
    """

    matches: tuple[Match, ...] = ()
    beyond: BeyondMatch | None = None
    nearness: float = 0.0


class Retriever:
    """Search over the rules of a day (in force, or history by then) and the topics beyond them.

    `kept`: a file in which what was learnt is kept until rules or code change.
    """

    def __init__(
        self,
        rule_book: RuleBook,
        reader: FactReader,
        on: date | None = None,
        kept: Path | None = None,
    ) -> None:
        day = (on or date.today()).isoformat()
        self._rules = [rule for rule in rule_book.rules.values() if rule.in_force_from <= day]
        self._topics = list(rule_book.beyond.values())
        groups = [group for rule in self._rules for group in _groups_of(rule)]
        sizes = [1 + len(rule.cases) for rule in self._rules]
        self._slots = np.concatenate(([0], np.cumsum(sizes))).astype(int)
        groups += [(topic.title, *topic.questions) for topic in self._topics]
        self._features = FeatureReader(rule_book.notions, reader.named)
        ready = len(groups) > 1
        self._index = index_of(groups, self._features, rule_book.wording, kept) if ready else None

    def search(
        self,
        text: str,
        kinds: Mapping[str, float] | None = None,
        facts: Facts | None = None,
        limit: int = 3,
    ) -> Found:
        """The rules nearest to `text`, best first, at most `limit`; equal scores by rule id.

        `kinds`: the kinds understood, with their confidence; their rules get a little ahead.
        `facts`: what was understood of the case; rules that turn on it get ahead, rules that do
        not speak of it fall behind. Never raises.
        """
        if self._index is None or not normalise(text):
            return Found()
        sorts = self._features.read(text[:LONGEST_QUESTION])
        scores, nearness = self._index.scores(self._index.space.vector(sorts))
        cut = int(self._slots[-1])
        of_rules = np.maximum.reduceat(scores[:cut], self._slots[:-1]) if cut else scores[:0]
        order = np.argsort(-of_rules)[: max(WEIGHED, limit)]
        matches = []
        for place in order.tolist():
            rule = self._rules[place]
            likeness = scores[self._slots[place] : self._slots[place + 1]].tolist()
            bonus = _kind_bonus(rule, kinds or {}) + _fit(rule, facts or {})
            matches.append(Match(rule, max(likeness) + bonus, tuple(likeness)))
        matches.sort(key=lambda match: (-match.score, match.rule.id))
        topic = None
        if self._topics:
            best = int(scores[cut:].argmax())
            topic = BeyondMatch(self._topics[best], float(scores[cut + best]))
        return Found(tuple(matches[:limit]), topic, nearness)


def _groups_of(rule: Rule) -> list[tuple[str, ...]]:
    """The phrasings that ask what the rule says, and those of each case."""
    cases = [(case.say, *case.questions) for case in rule.cases]
    return [(rule.title, rule.statement, *rule.questions), *cases]


def _kind_bonus(rule: Rule, kinds: Mapping[str, float]) -> float:
    return KIND_BONUS * max((kinds.get(name, 0.0) for name in rule.kinds), default=0.0)


def _fit(rule: Rule, facts: Facts) -> float:
    """How well the facts suit a rule: a bonus if a case turns on them, less if it cannot apply."""
    finding = judge_rule(rule, facts)
    if finding is None:
        return -ELSEWHERE if rule.national else -ELSEWHERE_LOCAL
    local = 0.0 if rule.national else LOCAL_BONUS
    known = {**rule.assume, **facts}
    turned_on = [
        len(case.when.wanted.keys() & facts.keys())
        for case in rule.cases
        if case.when.holds(known) is not False
    ]
    return local + FIT_BONUS * max(turned_on, default=0)
