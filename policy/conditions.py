"""Conditions over the facts of a case, in three values: holds, does not hold, cannot be known yet.

A condition is a box: for each fact a set of values or an interval of numbers, all of which must
hold. So two conditions can be tested for a common case, which finds contradicting rules.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

FactValue = frozenset[str] | bool | float
Facts = Mapping[str, FactValue]
"""What is known of a case. Times of day are minutes since midnight; a missing name is unknown."""

_BOUND = re.compile(r"^(>=|<=|=|>|<) ([0-9.]+)(?::([0-5][0-9]))?$")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit for a number, such as `> 90`."""

    sign: str
    limit: float

    def holds(self, number: float) -> bool:
        """Whether `number` is on the right side."""
        return _COMPARE[self.sign](number, self.limit)

    def meets(self, other: Bound) -> bool:
        """Whether some number satisfies both."""
        probes = {
            limit + step
            for limit in (self.limit, other.limit)
            for step in (-math.inf, -0.001, 0.0, 0.001, math.inf)
        }
        return any(self.holds(number) and other.holds(number) for number in probes)


Wanted = frozenset[str] | bool | Bound


@dataclass(frozen=True, slots=True)
class Condition:
    """Facts that must all hold; an empty one always holds."""

    wanted: Mapping[str, Wanted]

    def holds(self, facts: Facts) -> bool | None:
        """True, False, or None when it turns on a fact that is not known."""
        unknown = False
        for name, wanted in self.wanted.items():
            if name not in facts:
                unknown = True
            elif not _fits(wanted, facts[name]):
                return False
        return None if unknown else True

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The facts that it needs and that are not known."""
        return tuple(name for name in self.wanted if name not in facts)

    def meets(self, other: Condition) -> bool:
        """Whether one and the same case can satisfy both."""
        common = self.wanted.keys() & other.wanted.keys()
        return all(_overlap(self.wanted[name], other.wanted[name]) for name in common)

    def merged(self, other: Condition) -> Condition:
        """Both at once; where both speak of the same fact, `other` is the narrower."""
        return Condition({**self.wanted, **other.wanted})


def read_bound(text: str) -> Bound:
    """`> 90`, `<= 20:30` (as minutes since midnight). Raises ValueError for anything else."""
    match = _BOUND.match(text)
    if not match:
        raise ValueError(f"{text!r} is no comparison such as '> 90'")
    sign, number, minutes = match.groups()
    limit = float(number) * 60 + int(minutes) if minutes else float(number)
    return Bound(sign, limit)


def _fits(wanted: Wanted, value: FactValue) -> bool:
    if isinstance(wanted, Bound):
        return not isinstance(value, bool | frozenset) and wanted.holds(value)
    if isinstance(wanted, bool):
        return value is wanted
    return isinstance(value, frozenset) and bool(wanted & value)


def _overlap(first: Wanted, second: Wanted) -> bool:
    if isinstance(first, Bound) and isinstance(second, Bound):
        return first.meets(second)
    if isinstance(first, frozenset) and isinstance(second, frozenset):
        return bool(first & second)
    return first is second
