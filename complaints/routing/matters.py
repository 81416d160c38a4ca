"""The jurisdiction table of `matters.yml`: who handles a matter, and the doors of what is elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.model import Kind
from complaints.said import NotMeant, WordList
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Conditions:
    """Facts and the values that are allowed; `words` are looked for in what was said."""

    facts: Mapping[str, tuple[str, ...]]
    words: WordList | None = None

    def __bool__(self) -> bool:
        """Whether there is any condition at all."""
        return bool(self.facts) or self.words is not None


@dataclass(frozen=True)
class Variant:
    """Another division of a matter, when the conditions hold."""

    when: Conditions
    lead: str
    co: tuple[str, ...]


@dataclass(frozen=True)
class Matter:
    """One row of the jurisdiction table; `equal` are as competent as the lead (首接负责)."""

    code: str
    title: str
    lead: str
    co: tuple[str, ...]
    level: str
    urgent: bool
    source: str
    equal: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Door:
    """Where a matter belongs that no bureau of this system may take. No kinds: of every kind."""

    id: str
    kinds: frozenset[Kind]
    words: WordList
    text: str


def load_matters(
    folder: Path, not_meant: NotMeant
) -> tuple[str, dict[str, Matter], tuple[Door, ...]]:
    """Version, matters by code and doors of `matters.yml`. Raises DataFileError."""
    path = folder / "matters.yml"
    content = load_checked(path, folder / "schema" / "matters.json")
    doors = _doors(path, content, not_meant)
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
            equal=tuple(entry.get("equal", ())),
            variants=tuple(
                Variant(conditions(one["when"], not_meant), one["lead"], tuple(one["co"]))
                for one in entry.get("variants", ())
            ),
        )
    return str(content["version"]), matters, doors


def conditions(entry: Any, not_meant: NotMeant) -> Conditions:
    """The `when` of a row."""
    facts = {str(key): tuple(map(str, entry[key])) for key in entry if key != "words"}
    return Conditions(facts, not_meant.word_list(entry["words"]) if "words" in entry else None)


def _doors(path: Path, content: Any, not_meant: NotMeant) -> tuple[Door, ...]:
    doors: dict[str, Door] = {}
    for entry in content["doors"]:
        if entry["id"] in doors:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        unknown = [name for name in entry.get("kinds", ()) if name not in set(Kind)]
        if unknown:
            raise error_at(path, entry, "kinds", f"no kind {unknown[0]}")
        is_last = entry is content["doors"][-1]
        if bool(entry["words"]) == is_last:
            raise error_at(path, entry, "words", "the last door, and only that, has no words")
        doors[entry["id"]] = Door(
            id=str(entry["id"]),
            kinds=frozenset(map(Kind, entry.get("kinds", ()))),
            words=not_meant.word_list(entry["words"]),
            text=str(entry["text"]),
        )
    return tuple(doors.values())
