"""The routing tables of `data/routing/`: from a kind to a matter code, from the code to offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.model import Kind
from complaints.routing.reported import BureauWords, load_bureau_words
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Matter:
    """One row of the jurisdiction table."""

    code: str
    title: str
    lead: str
    co: tuple[str, ...]
    level: str
    urgent: bool
    source: str


@dataclass(frozen=True)
class KindRule:
    """From a kind to a matter code, when the conditions hold."""

    id: str
    kind: Kind
    when: Mapping[str, tuple[str, ...]]
    matter: str


@dataclass(frozen=True)
class RoutingTable:
    """The tables and their version."""

    version: str
    matters: Mapping[str, Matter]
    rules: tuple[KindRule, ...]
    sure_kind: float
    subject_classes: Mapping[str, tuple[str, ...]]
    bureau_words: BureauWords

    def subject_class(self, subject: str | None) -> str | None:
        """The class of a taught subject (学科 or a sort of 非学科); None when it is not said."""
        if not subject:
            return None
        found = (n for n, words in self.subject_classes.items() if any(w in subject for w in words))
        return next(found, "other")


def load_routing(folder: Path) -> RoutingTable:
    """Read `matters.yml`, `kinds.yml`, `subjects.yml` and `bureau_words.yml`.

    Raises DataFileError for a wrong entry, an id that is there twice, a rule to an unknown matter, a
    kind without a last row.
    """
    version, matters = _matters(folder)
    path = folder / "kinds.yml"
    kinds_file = load_checked(path, folder / "schema" / "kinds.json")
    subjects = load_checked(folder / "subjects.yml", folder / "schema" / "subjects.json")
    return RoutingTable(
        version=f"{version}/{kinds_file['version']}",
        matters=matters,
        rules=_rules(path, kinds_file, matters),
        sure_kind=float(kinds_file["confidence"]["kind"]),
        subject_classes={
            str(entry["class"]): tuple(map(str, entry["words"])) for entry in subjects["classes"]
        },
        bureau_words=load_bureau_words(folder),
    )


def _matters(folder: Path) -> tuple[str, dict[str, Matter]]:
    path = folder / "matters.yml"
    content = load_checked(path, folder / "schema" / "matters.json")
    matters: dict[str, Matter] = {}
    for entry in content["matters"]:
        if entry["code"] in matters:
            raise error_at(path, entry, "code", f"{entry['code']} is used twice")
        matters[entry["code"]] = Matter(
            code=entry["code"],
            title=entry["title"],
            lead=entry["lead"],
            co=tuple(entry["co"]),
            level=entry["level"],
            urgent=entry["urgent"],
            source=entry["source"],
        )
    return str(content["version"]), matters


def _rules(path: Path, content: Any, matters: Mapping[str, Matter]) -> tuple[KindRule, ...]:
    rules: dict[str, KindRule] = {}
    for entry in content["kinds"]:
        if entry["id"] in rules:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        if entry["matter"] not in matters:
            raise error_at(path, entry, "matter", f"no matter {entry['matter']}")
        when = {str(key): tuple(map(str, values)) for key, values in entry["when"].items()}
        rules[entry["id"]] = KindRule(entry["id"], Kind(entry["kind"]), when, entry["matter"])
    for kind in Kind:
        own = [rule for rule in rules.values() if rule.kind == kind]
        if not own or own[-1].when:
            raise error_at(path, content, "kinds", f"{kind} needs a last row without conditions")
    return tuple(rules.values())
