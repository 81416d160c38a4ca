"""The rule book: documents, rules, topics beyond them and the search's words (`data/policy/`).

Decides what a valid rule book is; what the schemas cannot say (references, doubles, an article
for a fact that nobody has confirmed) is checked here. How rules are found is not its business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from datafiles import error_at, load_checked

UNCONFIRMED = "memory"  # a mark that starts so: nobody has read it in the document yet
NUMBER_UNSURE = frozenset({"memory_medium", "memory_low"})


@dataclass(frozen=True, slots=True)
class Document:
    """A law, notice or opinion. `date` is YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known."""

    id: str
    title: str
    number: str | None
    issuer: str
    date: str
    url: str | None
    status: str
    mark: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: a document and, if confirmed, the article in it."""

    document: Document
    article: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the parent reads it, where it stands, and how parents ask for it."""

    id: str
    title: str
    answer: str
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

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applies on `day`. A bound without day or month covers all of it."""
        asked = day.isoformat()
        begun = self.in_force_from <= asked
        return begun and (
            self.in_force_until is None or asked[: len(self.in_force_until)] <= self.in_force_until
        )


@dataclass(frozen=True, slots=True)
class BeyondTopic:
    """Something parents ask that no rule answers; `door` says where to ask instead."""

    id: str
    title: str
    door: str | None
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """How the search reads words: the notion that a word stands for, words to pass over, and
    words that show that a question is about schooling at all."""

    notions: dict[str, str]
    filler: tuple[str, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything in `data/policy/`, checked; documents, rules and topics by id."""

    documents: dict[str, Document]
    rules: dict[str, Rule]
    beyond: dict[str, BeyondTopic]
    words: Words


def load_rule_book(folder: Path) -> RuleBook:
    """Read documents, rules, beyond and words (.yml) in `folder`, schemas in `folder`/schema.

    Raises DataFileError naming file, line and field for the first mistake.
    """
    documents = _documents(folder / "documents.yml")
    return RuleBook(
        documents=documents,
        rules=_rules(folder / "rules.yml", documents),
        beyond=_beyond(folder / "beyond.yml"),
        words=_words(folder / "words.yml"),
    )


def _read(path: Path) -> Any:
    return load_checked(path, path.parent / "schema" / f"{path.stem}.schema.json")


def _each_once(path: Path, entries: Any) -> Iterator[Any]:
    seen: set[str] = set()
    for entry in entries:
        if entry["id"] in seen:
            raise error_at(path, entry, "id", f"{entry['id']} is there twice")
        seen.add(entry["id"])
        yield entry


def _documents(path: Path) -> dict[str, Document]:
    documents = {}
    for entry in _each_once(path, _read(path)):
        if entry["number"] is not None and entry["mark"] in NUMBER_UNSURE:
            raise error_at(path, entry, "number", f"must be null while mark is {entry['mark']}")
        documents[entry["id"]] = Document(**entry)
    return documents


def _rules(path: Path, documents: dict[str, Document]) -> dict[str, Rule]:
    entries = _read(path)
    rules = {entry["id"]: _rule(path, entry, documents) for entry in _each_once(path, entries)}
    for entry in entries:
        for position, other in enumerate(entry["related"]):
            if other not in rules or other == entry["id"]:
                raise error_at(path, entry["related"], position, f"related: no other rule {other}")
    return rules


def _rule(path: Path, entry: Any, documents: dict[str, Document]) -> Rule:
    span = entry["in_force"]
    if span["until"] is not None and span["until"] < span["from"]:
        raise error_at(path, span, "until", f"{span['until']} is before {span['from']}")
    try:
        review_by = date.fromisoformat(entry["review_by"])
    except ValueError as wrong:
        raise error_at(path, entry, "review_by", f"{entry['review_by']}: {wrong}") from wrong
    return Rule(
        id=entry["id"],
        title=entry["title"],
        answer=entry["answer"],
        sources=tuple(_source(path, entry, cited, documents) for cited in entry["documents"]),
        region=entry["region"],
        in_force_from=span["from"],
        in_force_until=span["until"],
        kinds=frozenset(entry["kinds"]),
        questions=tuple(entry["questions"]),
        mark=entry["mark"],
        owner=entry["owner"],
        review_by=review_by,
        related=tuple(entry["related"]),
    )


def _source(path: Path, entry: Any, cited: Any, documents: dict[str, Document]) -> Source:
    if cited["document"] not in documents:
        raise error_at(path, cited, "document", f"unknown document {cited['document']}")
    if cited["article"] is not None and entry["mark"].startswith(UNCONFIRMED):
        raise error_at(path, cited, "article", f"must be null while mark is {entry['mark']}")
    return Source(documents[cited["document"]], cited["article"])


def _beyond(path: Path) -> dict[str, BeyondTopic]:
    return {
        entry["id"]: BeyondTopic(
            entry["id"], entry["title"], entry["door"], tuple(entry["questions"])
        )
        for entry in _each_once(path, _read(path))
    }


def _words(path: Path) -> Words:
    content = _read(path)
    notions: dict[str, str] = {}
    for notion, words in content["same"].items():
        for position, word in enumerate(words):
            if word in notions:
                raise error_at(path, words, position, f"{word}: already under {notions[word]}")
            notions[word] = notion
    return Words(notions, tuple(content["filler"]), tuple(content["anchors"]))
