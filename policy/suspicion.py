"""Marks a filed ticket with the rules that it may violate, by the judge that answers questions.

A suspicion for the clerk, never a finding: what was filed is one side's word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from policy.adviser import Adviser
from policy.answer import citations, source_line
from policy.judge import Finding, judge_rule, violated

ALIKE = 0.1  # score from which a sentence is taken to tell a rule's case
ALIKE_BY_FACTS = -0.4  # and where the facts told fit the case
MOST_SENTENCES = 12
MOST_RULES = 4
SHORTEST_SENTENCE = 4  # characters
SEARCHED = 20  # rules looked at per sentence,
CANDIDATES = 2  # of which the nearest of the ticket's kind count

_SENTENCES = re.compile(r"[。！？!?；;\n]+")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A rule that a report may tell a violation of: id, title, what it says, where it stands."""

    rule_id: str
    title: str
    says: str
    source: str


Suspect = Callable[[str, str, datetime], tuple[Suspicion, ...]]
"""From a report's words, its kind and when it was filed to the rules it may violate."""

REMEMBERED = 500  # tickets whose marks are kept in memory


def suspect_by(adviser: Adviser) -> Suspect:
    """The marks of a ticket by this rule book; those of the last tickets are remembered."""

    @lru_cache(maxsize=REMEMBERED)
    def suspect(told: str, kind: str, said_at: datetime) -> tuple[Suspicion, ...]:
        return tuple(
            Suspicion(
                finding.rule.id,
                finding.rule.title,
                finding.case.say if finding.case else finding.rule.statement,
                source_line(citations(finding.rule, adviser.today())),
            )
            for finding in suspected(adviser, told, kind, said_at)
        )

    return suspect


def suspected(adviser: Adviser, told: str, kind: str, said_at: datetime) -> list[Finding]:
    """The rules that forbid what a report tells, likeliest first, at most four.

    `told`: the report's words with its times and sums; `kind`: what it is about; `said_at`: when
    it was filed, aware. Only rules of that kind, so a side remark does not accuse of anything.
    """
    facts = adviser.reader.read(told, said_at)
    scores: dict[str, tuple[float, Finding]] = {}
    for sentence in [told, *_sentences(told)]:
        found = adviser.retriever.search(sentence, {kind: 1.0}, facts, limit=SEARCHED)
        of_kind = [match for match in found.matches if kind in match.rule.kinds][:CANDIDATES]
        for match in of_kind:
            finding = judge_rule(match.rule, facts, (-math.inf, *match.likeness[1:]))
            if finding and finding.forbids:
                least = ALIKE_BY_FACTS if finding.stated else ALIKE
                before = scores.get(match.rule.id, (least, finding))[0]
                if match.score >= before:
                    scores[match.rule.id] = (match.score, finding)
    likely = [finding for _, finding in sorted(scores.values(), key=lambda pair: -pair[0])]
    topics = {finding.rule.topic for finding in likely}
    of_topic = [rule for rule in adviser.book.rules.values() if rule.topic in topics]
    more = [f for f in violated(of_topic, facts) if f.rule.id not in scores]
    return [*likely, *more][:MOST_RULES]


def _sentences(told: str) -> list[str]:
    parts = [part.strip() for part in _SENTENCES.split(told)]
    return [part for part in parts if len(part) >= SHORTEST_SENTENCE][:MOST_SENTENCES]
