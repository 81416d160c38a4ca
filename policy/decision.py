"""From what the rules of one topic say to one verdict, and to what must be asked back.

A prohibition beats a permission, so a stricter local rule beats the national one; a local rule
that speaks of the case beats a national one that leaves it open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy.judge import Finding
from policy.model import Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, the findings that carry it (first one first), and the facts it turns on."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def decide(own: Finding | None, peers: Sequence[Finding]) -> Decision | None:
    """The verdict of the nearest rule's finding and those of its topic, nearest first.

    None when none of the rules speaks of the case.
    """
    if own and own.verdict is Verdict.INFO:
        return Decision(Verdict.INFO, (own,))
    forbidding = [found for found in (own, *peers) if found and _forbids(found, own)]
    if forbidding:
        ordered = sorted(forbidding, key=lambda found: found.rule.national)
        return Decision(Verdict.FORBIDDEN, tuple(ordered))
    local = [found for found in peers if not found.rule.national and found.case and found.stated]
    told = [found for found in peers if found.case and found.stated]
    if own is None or own.missing:
        ordered = [*local, *told, *([own] if own else [])] or list(peers)
    else:
        ordered = [*local, own]
    if not ordered:
        return None
    first = ordered[0]
    return Decision(first.verdict, tuple(ordered[:3]), first.missing)


def _forbids(found: Finding, own: Finding | None) -> bool:
    return found.forbids and (found is own or bool(found.stated))
