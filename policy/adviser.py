"""Answers a parent's question: reads the facts, finds the rules, judges, words the answer.

Pure but for the day's date; a question that no rule answers is declined. A follow-up keeps what
was said before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from policy.answer import Alternative, Answer, answer_decision, answer_rule, declined
from policy.conditions import Facts, FactValue
from policy.decision import decide
from policy.fact_reader import FactReader
from policy.follow_up import Earlier, changed_facts, is_follow_up, keeps_topic
from policy.judge import judge_rule
from policy.model import Rule, RuleBook
from policy.retrieval import Match, Retriever
from policy.rule_book import load_rule_book
from resolution.terms import SchoolTerms
from resolution.when import SHANGHAI

THRESHOLD = -0.6  # score below which the nearest rule is more likely wrong than right
LEAST_NEARNESS = 0.15  # cosine below which nobody has asked anything like it
RATHER_DECLINE = 0.1  # by so much a rule must be nearer than the nearest topic without one
CLOSE = 0.1  # a rule so little behind the best is offered beside it
MOST_ALTERNATIVES = 2
CASE_IS_LIKELIER = 0.1  # parents tell a case more often than they ask what a rule says
SAME_PARTY = 0.1  # for a follow-up, a rule about the same sort of party gets so much ahead
BESIDE = 0.5  # weight of what the question before was about, for a follow-up on another topic
_NOON = time(12)
SEARCHED = 8  # rules looked at beyond the first


@dataclass(frozen=True)
class Adviser:
    """The rule book with what is needed to answer from it, on a day (default: today in China)."""

    book: RuleBook
    retriever: Retriever
    reader: FactReader
    on: date | None = None

    def answer(
        self,
        text: str,
        kinds: Mapping[str, float] | None = None,
        earlier: Earlier | None = None,
        known: Facts | None = None,
    ) -> Answer:
        """Answer a question. `kinds`: the kinds understood, with confidence. Never raises.

        `known`: facts from elsewhere, such as what the named party is; the text's own count first.
        `earlier`: the question before it in this conversation, for 那高中呢 and for the reply to a
        question back.
        """
        said = self._read(text)
        facts = {**(known or {}), **said}
        if earlier and is_follow_up(text, said, earlier):
            return self._follow(text, facts, earlier)
        found = self.retriever.search(text, kinds, facts, limit=SEARCHED)
        best = found.matches[0].score if found.matches else -1.0
        if found.beyond is not None and found.beyond.score >= best - RATHER_DECLINE:
            return declined(found.beyond.topic.door)
        if best < THRESHOLD or found.nearness < LEAST_NEARNESS:
            return declined(None)
        return self._judged(text, facts, found.matches)

    def follows(self, text: str, earlier: Earlier) -> bool:
        """Whether a message only makes sense after the question before it."""
        return is_follow_up(text, self._read(text), earlier)

    def rule(self, rule_id: str) -> Answer | None:
        """A rule as it stands, for a button that names it; None if there is no such rule."""
        rule = self.book.rules.get(rule_id)
        return answer_rule(rule, self.today()) if rule else None

    def value_of(self, fact: str, title: str) -> FactValue | None:
        """What the button `title` says of a fact; None for one that was never offered."""
        asked = self.book.facts.choices.get(fact) or self.book.facts.flags.get(fact)
        return asked.buttons.get(title) if asked else None

    def with_fact(self, name: str, value: FactValue, earlier: Earlier) -> Answer:
        """The earlier question again, with the fact that a button gave."""
        return self._again(earlier.text, {**earlier.facts, name: value}, earlier)

    def _read(self, text: str) -> dict[str, FactValue]:
        """The facts of a text said on the day of answering."""
        return self.reader.read(text, datetime.combine(self.today(), _NOON, SHANGHAI))

    def _follow(self, text: str, facts: Mapping[str, FactValue], earlier: Earlier) -> Answer:
        merged = {**earlier.facts, **changed_facts(facts, earlier)}
        if keeps_topic(self.reader.rest(text)):
            return self._again(f"{earlier.text} {text}", merged, earlier)
        rule = self.book.rules.get(earlier.rule_id)
        others = self._nearby(text, merged, rule) if rule else []
        if not others or others[0].score < THRESHOLD:
            return declined(None)
        return self._judged(f"{earlier.text} {text}", merged, others)

    def _nearby(self, text: str, facts: Mapping[str, FactValue], rule: Rule) -> list[Match]:
        """The rules of other topics that a few words mean after an answer by `rule`: near to the
        words themselves, to the words beside what the answer was about, and to who it was about."""
        known, every = {**rule.assume, **facts}, len(self.book.rules)
        beside = self.retriever.search(f"{text} {rule.title}", None, known, limit=every).matches
        weight = {match.rule.id: BESIDE * match.score for match in beside}
        near = [
            replace(
                match,
                score=match.score
                + weight.get(match.rule.id, 0.0)
                + SAME_PARTY * (match.rule.assume.get("actor") == known.get("actor", ())),
            )
            for match in self.retriever.search(text, None, known, limit=every).matches
            if match.rule.topic != rule.topic
        ]
        return sorted(near, key=lambda match: -match.score)[:SEARCHED]

    def _again(self, text: str, facts: Mapping[str, FactValue], earlier: Earlier) -> Answer:
        """The rules of the earlier question's topic on changed facts."""
        rule = self.book.rules.get(earlier.rule_id)
        matches = self.retriever.search(text, None, facts, limit=len(self.book.rules)).matches
        of_topic = [match for match in matches if rule and match.rule.topic == rule.topic]
        return self._judged(text, facts, of_topic) if of_topic else declined(None)

    def _judged(
        self, text: str, facts: Mapping[str, FactValue], matches: Sequence[Match]
    ) -> Answer:
        best = matches[0]
        likeness = (best.likeness[0] - CASE_IS_LIKELIER, *best.likeness[1:])
        own = judge_rule(best.rule, facts, likeness)
        peers = [
            found for rule in self._peers(best.rule, matches) if (found := judge_rule(rule, facts))
        ]
        decision = decide(own, peers)
        others = [match.rule.id for match in matches]
        if decision is None:
            told = answer_rule(best.rule, self.today())
            return replace(
                told, rule_ids=_once([best.rule.id, *others]), facts=facts, question=text
            )
        answer = answer_decision(decision, self.book.facts, facts, self.today())
        return replace(
            answer,
            rule_ids=_once([*answer.rule_ids, *others]),
            alternatives=() if answer.ask else _close(matches),
            question=text,
        )

    def _peers(self, best: Rule, matches: Sequence[Match]) -> list[Rule]:
        """The other rules in force of the best one's topic, nearest first."""
        near = {match.rule.id: match.rule for match in matches}
        today = self.today()
        return [
            rule
            for rule in {**near, **self.book.rules}.values()
            if rule.topic == best.topic and rule is not best and rule.in_force_on(today)
        ]

    def today(self) -> date:
        """The day on which it answers."""
        return self.on or datetime.now(SHANGHAI).date()


def load_adviser(
    folder: Path, terms: SchoolTerms, on: date | None = None, kept: Path | None = None
) -> Adviser:
    """The adviser of the rule book in `folder`; `kept`: where its learnt search is kept.

    Raises DataFileError for a mistake in the rule book.
    """
    book = load_rule_book(folder)
    reader = FactReader(book.facts, terms)
    return Adviser(book, Retriever(book, reader, on, kept), reader, on)


def _close(matches: Sequence[Match]) -> tuple[Alternative, ...]:
    best = matches[0]
    return tuple(
        Alternative(match.rule.id, match.rule.title)
        for match in matches[1 : 1 + MOST_ALTERNATIVES]
        if match.score >= best.score - CLOSE
    )


def _once(rule_ids: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule_ids))
