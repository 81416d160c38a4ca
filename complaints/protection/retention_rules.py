"""How long what belongs to a closed ticket is kept, from `data/routing/retention.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any

from complaints.lifecycle.states import State
from complaints.model import Kind
from datafiles import error_at, load_checked


class What(StrEnum):
    """What is erased together."""

    PERSONAL = "personal"
    EVIDENCE = "evidence"
    TEXTS = "texts"
    READINGS = "readings"


@dataclass(frozen=True)
class RetentionRule:
    """One entry of the file. Where its number comes from is told by `source` and `statutory`."""

    id: str
    keep: timedelta
    source: str
    statutory: bool


@dataclass(frozen=True)
class RetentionRules:
    """The rule for each state and what; for some kinds another. None for a kind: all others."""

    version: str
    rules: Mapping[tuple[State, What, Kind | None], RetentionRule]

    def of(self, state: State, kind: str) -> dict[RetentionRule, frozenset[What]]:
        """The rules for a ticket and what each of them erases; none while the state is open."""
        found: dict[RetentionRule, frozenset[What]] = {}
        if state.is_open:
            return found
        for what in What:
            special = self.rules.get((state, what, Kind(kind)))
            rule = special or self.rules[state, what, None]
            found[rule] = found.get(rule, frozenset()) | {what}
        return found


def load_retention(folder: Path) -> RetentionRules:
    """Read `retention.yml` of a folder.

    Raises DataFileError naming file, line and field for a wrong entry, an id that is there twice,
    an unknown kind, two rules for the same thing, or a state and what without a rule.
    """
    path = folder / "retention.yml"
    content = load_checked(path, folder / "schema" / "retention.json")
    rules: dict[tuple[State, What, Kind | None], RetentionRule] = {}
    ids: set[str] = set()
    for entry in content["rules"]:
        if entry["id"] in ids:
            raise error_at(path, entry, "id", f"{entry['id']} is there twice")
        ids.add(entry["id"])
        _add(rules, path, entry)
    closed = [state for state in State if not state.is_open]
    for state, what in product(closed, What):
        if (state, what, None) not in rules:
            raise error_at(path, content, "rules", f"nothing says how long {what} of {state} stays")
    return RetentionRules(str(content["version"]), rules)


def _add(
    rules: dict[tuple[State, What, Kind | None], RetentionRule], path: Path, entry: Any
) -> None:
    rule = RetentionRule(
        id=str(entry["id"]),
        keep=timedelta(days=int(entry["days"])),
        source=str(entry["source"]),
        statutory=bool(entry["statutory"]),
    )
    for state, what, kind in product(entry["states"], entry["what"], _kinds(path, entry)):
        key = State(state), What(what), kind
        if key in rules:
            twice = f"{what} of {state} is ruled by {rules[key].id} already"
            raise error_at(path, entry, "id", twice)
        rules[key] = rule


def _kinds(path: Path, entry: Any) -> tuple[Kind | None, ...]:
    if "kinds" not in entry:
        return (None,)
    try:
        return tuple(Kind(kind) for kind in entry["kinds"])
    except ValueError as unknown:
        raise error_at(path, entry, "kinds", str(unknown)) from unknown
