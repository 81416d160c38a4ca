"""What the rule book is made of: documents, rules with their cases, and topics beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy.conditions import Condition, Facts

NATIONAL = "national"


class Verdict(StrEnum):
    """What is said of a parent's case."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    DEPENDS = "depends"
    INFO = "info"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Document:
    """A law, notice or opinion. `date` is YYYY, YYYY-MM or YYYY-MM-DD, or "unknown".

    `status`: in_force, expired, repealed, or draft (never came into force).
    """

    id: str
    title: str
    number: str | None
    issuer: str
    date: str
    url: str | None
    status: str
    mark: str
    region: str
    in_force_from: str | None
    in_force_until: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: a document and, if confirmed, the article in it."""

    document: Document
    article: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says when its condition holds; `say` follows the verdict's own words.

    `questions`: how parents tell such a case. One without a condition is known by them alone.
    """

    when: Condition
    verdict: Verdict
    say: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it says, of which facts, where it stands, and how parents ask for it.

    `topic`: rules of one topic are judged together. `applies`: without it the rule has nothing to
    say. `assume`: facts taken for granted when nobody said otherwise. `cases`: the first that holds
    decides; none at all: the rule only informs.
    """

    id: str
    title: str
    statement: str
    topic: str
    applies: Condition
    assume: Facts
    cases: tuple[Case, ...]
    exceptions: str | None
    sources: tuple[Source, ...]
    region: str
    in_force_from: str
    in_force_until: str | None
    kinds: frozenset[str]
    questions: tuple[str, ...]
    mark: str
    owner: str
    review_by: date
    related: tuple[str, ...]
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applies on `day`. A bound without day or month covers all of it."""
        asked = day.isoformat()
        begun = self.in_force_from <= asked
        return begun and (
            self.in_force_until is None or asked[: len(self.in_force_until)] <= self.in_force_until
        )

    @property
    def national(self) -> bool:
        """Whether it holds everywhere."""
        return self.region == NATIONAL


@dataclass(frozen=True, slots=True)
class BeyondTopic:
    """Something parents ask that no rule answers; `door` says where to ask instead."""

    id: str
    title: str
    door: str | None
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact with one of several values: how it is said, asked for, and answered by button.

    `weak`: words that count only when no other word of the fact is said.
    """

    name: str
    ask: str | None
    buttons: Mapping[str, frozenset[str]]
    groups: Mapping[str, frozenset[str]]
    words: Mapping[str, frozenset[str]]
    weak: Mapping[str, frozenset[str]]

    def expand(self, values: frozenset[str]) -> frozenset[str]:
        """The values with each group replaced by what it stands for."""
        return frozenset().union(*(self.groups.get(value, {value}) for value in values))


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact that is true or false. A word with None says neither, but holds one that would."""

    name: str
    ask: str | None
    buttons: Mapping[str, bool]
    words: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that rules name. `all_of` holds its own name and those of the places around it."""

    name: str
    words: frozenset[str]
    all_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class FactWords:
    """The facts that rules may turn on (facts.yml)."""

    choices: Mapping[str, Choice]
    flags: Mapping[str, Flag]
    numbers: Mapping[str, str | None]
    places: Mapping[str, Place]

    def ask_for(self, name: str) -> str | None:
        """The question that asks a parent for a fact; None if the bot never asks for it."""
        if name in self.choices:
            return self.choices[name].ask
        if name in self.flags:
            return self.flags[name].ask
        return "在哪个省、哪个市？" if name == REGION else self.numbers.get(name)


REGION = "region"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything in `data/policy/`, checked; documents, rules and topics by id.

    `notions`: word → the notion it stands for in the search; `wording`: SHA-256 of the files that
    say how words are read.
    """

    documents: dict[str, Document]
    rules: dict[str, Rule]
    beyond: dict[str, BeyondTopic]
    notions: dict[str, str]
    facts: FactWords
    wording: str = ""
