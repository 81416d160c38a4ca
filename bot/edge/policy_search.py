"""Which rules a reader of the rule book is looking for: by its words, a document's number, or an id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policy.adviser import LEAST_NEARNESS, THRESHOLD
from policy.features import normalise
from policy.model import Rule, RuleBook
from policy.retrieval import Retriever

MOST_ALIKE = 8  # rules that are found by what they mean
NEAR_BEST = 0.5  # and how far behind the best of them one may be
SURE_BEYOND = 0.0  # score from which a topic beyond the rules is named: its door is said
LEAST_NUMBER = 4  # letters and digits of a document's number that name it


@dataclass(frozen=True)
class Hits:
    """The rules that were found, best first; without any, where to ask instead, if that is known."""

    rules: tuple[Rule, ...]
    door: str | None = None


class PolicySearch:
    """Search over all rules of a book. Without a retriever only words that stand there are found."""

    def __init__(self, rule_book: RuleBook, retriever: Retriever | None) -> None:
        self._retriever = retriever
        self._rules = tuple(rule_book.rules.values())
        self._ids = {rule.id: normalise(rule.id) for rule in self._rules}
        self._titles = {rule.id: normalise(rule.title) for rule in self._rules}
        self._numbers = {rule.id: _joined(*_numbers(rule)) for rule in self._rules}
        self._texts = {rule.id: _joined(*_texts(rule)) for rule in self._rules}

    def find(self, query: str) -> Hits:
        """The rules for a query; none for one without a letter or digit."""
        words = [word for part in query.split() if (word := normalise(part))]
        if not words:
            return Hits(())
        whole = "".join(words)
        named = self._named(whole)
        if named:
            return Hits(tuple(named))
        alike, order, door = self._alike(query)
        exact = [rule for rule in self._rules if self._titles[rule.id] == whole]
        titled = [*exact, *sorted(self._with(words, self._titles), key=order)]
        written = sorted(self._with(words, self._texts), key=order)
        rules = {rule.id: rule for rule in (*titled, *alike, *written)}
        return Hits(tuple(rules.values()), None if rules else door)

    def _named(self, whole: str) -> list[Rule]:
        """The rule with this id, or those of the document with this number."""
        by_id = [rule for rule in self._rules if self._ids[rule.id] == whole]
        is_number = len(whole) >= LEAST_NUMBER and any(map(str.isdigit, whole))
        return by_id or (self._with([whole], self._numbers) if is_number else [])

    def _with(self, words: list[str], texts: dict[str, str]) -> list[Rule]:
        return [rule for rule in self._rules if all(word in texts[rule.id] for word in words)]

    def _alike(self, query: str) -> tuple[list[Rule], Callable[[Rule], int], str | None]:
        """The rules that mean this, the order of all by nearness, and the door beyond the rules."""
        if self._retriever is None:
            return [], lambda rule: 0, None
        found = self._retriever.search(query, limit=len(self._rules))
        order = {match.rule.id: place for place, match in enumerate(found.matches)}
        best = found.matches[0].score if found.matches else THRESHOLD
        beyond = found.beyond if found.beyond and found.beyond.score >= best else None
        understood = found.nearness >= LEAST_NEARNESS and beyond is None
        least = max(THRESHOLD, best - NEAR_BEST)
        alike = [match.rule for match in found.matches[:MOST_ALIKE] if match.score >= least]
        return (
            alike if understood else [],
            lambda rule: order.get(rule.id, len(order)),
            beyond.topic.door if beyond and beyond.score >= SURE_BEYOND else None,
        )


def _numbers(rule: Rule) -> list[str]:
    return [source.document.number for source in rule.sources if source.document.number]


def _texts(rule: Rule) -> list[str]:
    titles = [source.document.title for source in rule.sources]
    says = [case.say for case in rule.cases]
    told = [rule.title, rule.statement, *says, rule.exceptions or ""]
    return [rule.id, *told, *titles, *_numbers(rule), "全国" if rule.national else rule.region]


def _joined(*texts: str) -> str:
    """Normal forms, apart from each other so that no word is found across two texts."""
    return "\n".join(map(normalise, texts))
