"""Finds rules that say yes and no to one and the same case.

Two rules contradict each other when both are of one topic, hold in the same place at the same time,
some case fits both, one forbids it, and the other allows it while speaking of everything that the
prohibition turns on. A local rule that forbids more than the national one is no contradiction: the
stricter one wins there. One that allows what the national rule forbids is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path

from datafiles import DataFileError
from policy.model import Case, Rule, Verdict


def check_consistent(rules: Mapping[str, Rule]) -> None:
    """Raises DataFileError naming the file and line of the allowing rule and both ids."""
    for topic in _by_topic(rules.values()):
        for allowing, forbidding in permutations(topic, 2):
            if _same_time(allowing, forbidding) and not _may_be_stricter(forbidding, allowing):
                _check(allowing, forbidding)


def _by_topic(rules: Iterable[Rule]) -> list[list[Rule]]:
    topics: dict[str, list[Rule]] = {}
    for rule in rules:
        topics.setdefault(rule.topic, []).append(rule)
    return list(topics.values())


def _check(allowing: Rule, forbidding: Rule) -> None:
    for yes in _cases(allowing, Verdict.ALLOWED):
        for no in _cases(forbidding, Verdict.FORBIDDEN):
            wide = allowing.applies.merged(yes.when)
            narrow = forbidding.applies.merged(no.when)
            if narrow.wanted.keys() <= wide.wanted.keys() and wide.meets(narrow):
                raise DataFileError(
                    f"{allowing.file}:{allowing.line}: cases: {allowing.id} allows what "
                    f"{forbidding.id} forbids ({', '.join(sorted(narrow.wanted)) or 'always'})",
                    Path(allowing.file),
                )


def _cases(rule: Rule, verdict: Verdict) -> list[Case]:
    """The rule's cases of that verdict. One without a condition means always only if it stands
    alone; beside others it is known by its phrasings and is no other rule's case."""
    return [
        case
        for case in rule.cases
        if case.verdict is verdict and (case.when.wanted or len(rule.cases) == 1)
    ]


def _same_time(first: Rule, second: Rule) -> bool:
    begins = max(first.in_force_from, second.in_force_from)
    ends = [rule.in_force_until for rule in (first, second) if rule.in_force_until is not None]
    return not ends or begins <= min(ends)


def _may_be_stricter(forbidding: Rule, allowing: Rule) -> bool:
    """Whether the prohibition may stand beside the permission: it is local, the other is not or
    is of another place."""
    return not forbidding.national and forbidding.region != allowing.region
