"""Judges a case by the rules: pure functions from facts to a verdict and the rules that decide.

The same judge answers a parent's question and marks a filed ticket with the rules that it may
violate. Facts decide where a rule's cases turn on them; where they do not, the likeness of the
words to the phrasings of each case does, if the caller has measured it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policy.conditions import Facts
from policy.model import REGION, Case, Rule, Verdict

Likeness = Sequence[float]
"""How like a message is to the phrasings of a rule: first to those that only ask what the rule
says, then to those of each case."""


ASKS_CLEARLY = 0.4  # likeness by which a question for the rule beats a case that its facts tell


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of a case.

    `case`: the one that holds, None if the rule only informs or the facts do not suffice.
    `stated`: facts that the case turns on and that somebody said, not ones taken for granted.
    `missing`: facts that would decide, when they are wanting.
    """

    rule: Rule
    case: Case | None = None
    stated: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The case's verdict; DEPENDS while facts are wanting; INFO when the rule only informs."""
        if self.case:
            return self.case.verdict
        return Verdict.DEPENDS if self.missing else Verdict.INFO

    @property
    def forbids(self) -> bool:
        """Whether the case as told is not allowed."""
        return self.case is not None and self.case.verdict is Verdict.FORBIDDEN


def judge_rule(rule: Rule, facts: Facts, likeness: Likeness | None = None) -> Finding | None:
    """What `rule` says of `facts`; None if it does not speak of such a case or such a place."""
    if not rule.national and not _within(rule.region, facts):
        return None
    known = {**rule.assume, **facts}
    if rule.applies.holds(known) is False:
        return None
    asks = likeness[0] - max(likeness[1:]) if likeness and rule.cases else -math.inf
    open_cases: list[int] = []
    for place, case in enumerate(rule.cases):
        holds = case.when.holds(known)
        stated = case.when.wanted.keys() & facts.keys()
        if holds and stated and asks < ASKS_CLEARLY:
            return Finding(rule, case, frozenset(stated))
        if holds is not False:
            open_cases.append(place)
    if asks >= 0:
        return Finding(rule)
    if likeness is None:
        only = len(rule.cases) == 1 and len(open_cases) == 1 and not rule.cases[0].when.wanted
        return Finding(rule, rule.cases[0] if only else None)
    return _by_words(rule, open_cases, likeness, known)


def violated(rules: Iterable[Rule], facts: Facts) -> list[Finding]:
    """The rules that a case as told may violate by a fact that was stated, local ones first."""
    findings = [judge_rule(rule, facts) for rule in rules]
    forbidding = [found for found in findings if found and found.forbids and found.stated]
    return sorted(forbidding, key=lambda found: found.rule.national)


def _by_words(rule: Rule, open_cases: list[int], likeness: Likeness, known: Facts) -> Finding:
    """The open case that the words are most like; none if they only ask what the rule says."""
    best = max(open_cases, key=lambda place: likeness[place + 1], default=None)
    if best is None or likeness[0] >= likeness[best + 1]:
        return Finding(rule)
    case = rule.cases[best]
    missing = case.when.missing(known)
    others = [rule.cases[place] for place in open_cases if rule.cases[place].when.missing(known)]
    if missing and any(other.verdict is not case.verdict for other in others):
        return Finding(rule, missing=missing)
    return Finding(rule, case)


def _within(region: str, facts: Facts) -> bool:
    places = facts.get(REGION)
    return isinstance(places, frozenset) and region in places
