"""Reads the rule book (`data/policy/`) and checks it.

Decides what a valid rule book is; what the schemas cannot say (references, doubles, an article for
a fact that nobody has confirmed, rules that contradict each other) is checked here and in
`contradictions`. How rules are found and judged is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from datafiles import DataFileError, error_at, load_checked
from policy.contradictions import check_consistent
from policy.fact_words import load_fact_words, read_condition, read_facts
from policy.model import (
    NATIONAL,
    BeyondTopic,
    Case,
    Document,
    FactWords,
    Rule,
    RuleBook,
    Source,
    Verdict,
)

_WORDINGS = ("facts.yml", "words.yml")
UNCONFIRMED = "memory"  # a mark that starts so: nobody has read it in the document yet
NUMBER_UNSURE = frozenset({"memory_medium", "memory_low"})


def load_rule_book(folder: Path, *, with_lines: bool = False) -> RuleBook:
    """Read documents, facts, beyond, words (.yml) and rules/*.yml in `folder`, schemas in schema/.

    `with_lines`: rules know where they stand, which takes some seconds. Raises DataFileError naming
    file, line and field for the first mistake, found by reading again with lines.
    """
    try:
        return _load(folder, lambda path: with_lines)
    except DataFileError as mistake:
        if with_lines or mistake.file is None:
            raise
        wrong = mistake.file
    return _load(folder, lambda path: path == wrong)


def _load(folder: Path, lines_of: Callable[[Path], bool]) -> RuleBook:
    def read(path: Path, schema: str | None = None) -> Any:
        file = folder / "schema" / f"{schema or path.stem}.schema.json"
        return load_checked(path, file, lines=lines_of(path))

    documents = _documents(folder / "documents.yml", read)
    facts = load_fact_words(folder / "facts.yml")
    rules = _rules(folder, documents, facts, read)
    check_consistent(rules)
    return RuleBook(
        documents=documents,
        rules=rules,
        beyond=_beyond(folder / "beyond.yml", read),
        notions=_notions(folder / "words.yml", read),
        facts=facts,
        wording=sha256(b"".join((folder / name).read_bytes() for name in _WORDINGS)).hexdigest(),
    )


Read = Callable[..., Any]
"""From a file (and the name of its schema, when it has another) to its checked content."""


def _each_once(path: Path, entries: Any, seen: set[str]) -> Iterator[Any]:
    for entry in entries:
        if entry["id"] in seen:
            raise error_at(path, entry, "id", f"{entry['id']} is there twice")
        seen.add(entry["id"])
        yield entry


def _documents(path: Path, read: Read) -> dict[str, Document]:
    documents = {}
    for entry in _each_once(path, read(path), set()):
        if entry["number"] is not None and entry["mark"] in NUMBER_UNSURE:
            raise error_at(path, entry, "number", f"must be null while mark is {entry['mark']}")
        documents[entry["id"]] = Document(**entry)
    return documents


def _rules(
    folder: Path, documents: dict[str, Document], facts: FactWords, read: Read
) -> dict[str, Rule]:
    seen: set[str] = set()
    titles: set[str] = set()
    rules: dict[str, Rule] = {}
    entries: list[tuple[Path, Any]] = []
    for path in sorted((folder / "rules").glob("*.yml")):
        for entry in _each_once(path, read(path, "rules"), seen):
            rules[entry["id"]] = _rule(path, entry, documents, facts)
            entries.append((path, entry))
            if entry["title"] in titles:  # a button says no more than the title
                raise error_at(path, entry, "title", f"{entry['title']} is there twice")
            titles.add(entry["title"])
    for path, entry in entries:
        for position, other in enumerate(entry["related"]):
            if other not in rules or other == entry["id"]:
                raise error_at(path, entry["related"], position, f"related: no other rule {other}")
    return rules


def _rule(path: Path, entry: Any, documents: dict[str, Document], facts: FactWords) -> Rule:
    span = entry["in_force"]
    if span["until"] is not None and span["until"] < span["from"]:
        raise error_at(path, span, "until", f"{span['until']} is before {span['from']}")
    try:
        review_by = date.fromisoformat(entry["review_by"])
    except ValueError as wrong:
        raise error_at(path, entry, "review_by", f"{entry['review_by']}: {wrong}") from wrong
    if entry["region"] != NATIONAL and entry["region"] not in facts.places:
        raise error_at(path, entry, "region", f"no place {entry['region']} in facts.yml")
    return Rule(
        id=entry["id"],
        title=entry["title"],
        statement=entry["statement"],
        topic=entry["topic"],
        applies=read_condition(path, entry, "applies", facts),
        assume=read_facts(path, entry, "assume", facts),
        cases=_cases(path, entry, facts),
        exceptions=entry.get("exceptions"),
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
        file=str(path),
        line=int(entry.lc.line) + 1 if hasattr(entry, "lc") else 0,
    )


def _cases(path: Path, entry: Any, facts: FactWords) -> tuple[Case, ...]:
    """The cases; several without a condition are told apart by their phrasings alone."""
    bare = [case for case in entry["cases"] if not case["when"]]
    for case in bare:
        if len(bare) > 1 and not case.get("questions"):
            raise error_at(path, case, "when", "without condition and questions it is never chosen")
    return tuple(
        Case(
            when=read_condition(path, case, "when", facts),
            verdict=Verdict(case["verdict"]),
            say=case["say"],
            questions=tuple(case.get("questions", ())),
        )
        for case in entry["cases"]
    )


def _source(path: Path, entry: Any, cited: Any, documents: dict[str, Document]) -> Source:
    if cited["document"] not in documents:
        raise error_at(path, cited, "document", f"unknown document {cited['document']}")
    mark = cited.get("mark", entry["mark"])
    if cited["article"] is not None and mark.startswith(UNCONFIRMED):
        raise error_at(path, cited, "article", f"must be null while mark is {mark}")
    return Source(documents[cited["document"]], cited["article"])


def _beyond(path: Path, read: Read) -> dict[str, BeyondTopic]:
    return {
        entry["id"]: BeyondTopic(
            entry["id"], entry["title"], entry["door"], tuple(entry["questions"])
        )
        for entry in _each_once(path, read(path), set())
    }


def _notions(path: Path, read: Read) -> dict[str, str]:
    content = read(path)
    notions: dict[str, str] = {}
    for notion, words in content["same"].items():
        for position, word in enumerate(words):
            if word in notions:
                raise error_at(path, words, position, f"{word}: already under {notions[word]}")
            notions[word] = notion
    return notions
