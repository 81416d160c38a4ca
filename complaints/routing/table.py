"""The routing tables of `data/routing/`: from a kind to a matter code, from the code to offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.model import Kind
from complaints.routing.matters import Conditions, Door, Matter, conditions, load_matters
from complaints.routing.questions import Question, load_questions
from complaints.routing.reported import BureauWords, load_bureau_words
from complaints.said import NotMeant, Word, as_searched, load_not_meant
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class KindRule:
    """From a kind to a matter code, when the conditions hold."""

    id: str
    kind: Kind
    when: Conditions
    matter: str


@dataclass(frozen=True)
class RoutingTable:
    """The tables and their version.

    `class_matters` names for a class of taught subjects the matter whose lead is its authority.
    """

    version: str
    matters: Mapping[str, Matter]
    rules: tuple[KindRule, ...]
    sure_kind: float
    subject_classes: Mapping[str, tuple[Word, ...]]
    bureau_words: BureauWords
    class_matters: Mapping[str, str]
    questions: tuple[Question, ...]
    doors: tuple[Door, ...]

    def subject_class(self, subject: str | None) -> str | None:
        """The class of a taught subject (学科 or a sort of 非学科); None when it is not said."""
        if not subject:
            return None
        said = as_searched(subject)
        classes = self.subject_classes.items()
        return next((n for n, words in classes if any(w.is_in(said) for w in words)), "other")

    def door(self, kind: Kind, said: str) -> str | None:
        """The id of the door that words lead to (`as_searched`); None when they name none."""
        for door in self.doors:
            fits = not door.kinds or kind in door.kinds
            if fits and door.words.is_in(said):
                return door.id
        return None

    def door_text(self, door_id: str | None) -> str:
        """What to tell about a door; about the last one when none is named."""
        return next((d.text for d in self.doors if d.id == door_id), self.doors[-1].text)


def load_routing(folder: Path) -> RoutingTable:
    """Read the tables of a folder: matters, kinds, subjects, questions, words for bureaus, and
    the longer words in which a word does not count.

    Raises DataFileError for a wrong entry, an id that is there twice, a rule to an unknown matter or
    door, a kind without a last row.
    """
    not_meant = load_not_meant(folder)
    version, matters, doors = load_matters(folder, not_meant)
    path = folder / "kinds.yml"
    kinds_file = load_checked(path, folder / "schema" / "kinds.json")
    classes, class_matters = _subjects(folder, matters, not_meant)
    return RoutingTable(
        version=f"{version}/{kinds_file['version']}",
        matters=matters,
        rules=_rules(path, kinds_file, matters, {door.id for door in doors}, not_meant),
        sure_kind=float(kinds_file["confidence"]["kind"]),
        subject_classes=classes,
        bureau_words=load_bureau_words(folder, not_meant),
        class_matters=class_matters,
        questions=load_questions(folder, not_meant),
        doors=doors,
    )


def _subjects(
    folder: Path, matters: Mapping[str, Matter], not_meant: NotMeant
) -> tuple[dict[str, tuple[Word, ...]], dict[str, str]]:
    path = folder / "subjects.yml"
    content = load_checked(path, folder / "schema" / "subjects.json")
    authorities = content["authorities"]
    for name in authorities:
        if authorities[name] not in matters:
            raise error_at(path, authorities, name, f"no matter {authorities[name]}")
    words = {str(e["class"]): not_meant.words(e["words"]) for e in content["classes"]}
    return words, {str(name): str(authorities[name]) for name in authorities}


def _rules(
    path: Path, content: Any, matters: Mapping[str, Matter], doors: set[str], not_meant: NotMeant
) -> tuple[KindRule, ...]:
    rules: dict[str, KindRule] = {}
    for entry in content["kinds"]:
        if entry["id"] in rules:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        if entry["matter"] not in matters:
            raise error_at(path, entry, "matter", f"no matter {entry['matter']}")
        when = conditions(entry["when"], not_meant)
        if not set(when.facts.get("door", ())) <= doors:
            raise error_at(path, entry, "when", "no such door in matters.yml")
        rules[entry["id"]] = KindRule(entry["id"], Kind(entry["kind"]), when, entry["matter"])
    for kind in Kind:
        own = [rule for rule in rules.values() if rule.kind == kind]
        if not own or own[-1].when:
            raise error_at(path, content, "kinds", f"{kind} needs a last row without conditions")
    return tuple(rules.values())
