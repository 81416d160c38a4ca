"""Whether two reports tell the same matter: one party, kind and period, or nearly the same text.

Two registered parties that differ are never the same matter, whatever the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from complaints.duplicates.likeness import LEAST_PAIRS, pairs, shared
from complaints.duplicates.names import Same, same_party
from complaints.rules import Rules
from complaints.workdays import shanghai_date
from resolution.when import resolve_when

Why = Literal["same_party", "near_text"]


@dataclass(frozen=True)
class Candidate:
    """A report, or a ticket (then with `ticket_id`, so that it does not find itself).

    `party_id`: the registered party, else `subject_party` names it; `happened`: when, as told;
    `filed_at`: an aware time.
    """

    kind: str
    party_id: str | None
    subject_party: str | None
    district: str | None
    detail: str
    happened: str | None
    filed_at: datetime
    ticket_id: int | None = None


class Matcher:
    """Holds one report against others; what is the same each time is worked out once."""

    def __init__(self, candidate: Candidate, rules: Rules) -> None:
        self._of, self._rules = candidate, rules
        self._limits = rules.duplicates.limits(candidate.kind)
        self._pairs = pairs(candidate.detail)
        self._days = _days(candidate, rules)

    def compare(self, told: Candidate) -> tuple[Why, float] | None:
        """Why the other report tells the same matter, and how alike the texts are; None if not."""
        alike = shared(self._pairs, pairs(told.detail))
        is_matter = told.kind == self._of.kind and alike >= self._limits.least_likeness
        is_text = alike >= self._rules.duplicates.near_text and len(self._pairs) >= LEAST_PAIRS
        if not (is_matter or is_text) or _elsewhere(self._of, told):
            return None
        same = same_party(
            (self._of.party_id, self._of.subject_party), (told.party_id, told.subject_party)
        )
        if same is Same.YES and is_matter:
            why: Why = "same_party"
        elif is_text and (same is Same.YES or (same is Same.UNKNOWN and self._in_district(told))):
            why = "near_text"
        else:
            return None
        near = _days_between(self._days, _days(told, self._rules)) <= self._limits.days
        return (why, alike) if near else None

    def _in_district(self, told: Candidate) -> bool:
        return self._of.district is not None and self._of.district == told.district


def _elsewhere(candidate: Candidate, told: Candidate) -> bool:
    """Whether an unregistered party is in another district: its name is not its own there."""
    if candidate.party_id and told.party_id:
        return False
    return None not in (candidate.district, told.district) and candidate.district != told.district


def _days(candidate: Candidate, rules: Rules) -> tuple[date, date]:
    """When a matter happened, first and last day; until now where it goes on, else when filed."""
    filed_on = shanghai_date(candidate.filed_at)
    if not candidate.happened:
        return filed_on, filed_on
    told = resolve_when(candidate.happened, candidate.filed_at, rules.city.terms)
    if told.recurs or (told.start is None and told.end is None):
        return filed_on, filed_on
    first, last = told.start or told.end, told.end or candidate.filed_at
    assert first is not None
    return shanghai_date(first), max(shanghai_date(first), shanghai_date(last))


def _days_between(one: tuple[date, date], other: tuple[date, date]) -> int:
    """Days from the end of the earlier period to the start of the later; 0 where they meet."""
    return max(0, (max(one[0], other[0]) - min(one[1], other[1])).days)
