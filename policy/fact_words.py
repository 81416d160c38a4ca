"""Reads `facts.yml`: the facts that rules may turn on, their words, questions and buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datafiles import error_at, load_checked
from policy.conditions import Bound, Condition, FactValue, Wanted, read_bound
from policy.model import REGION, Choice, FactWords, Flag, Place

_TRUTH = {"true": True, "false": False}


def load_fact_words(path: Path) -> FactWords:
    """The vocabulary of facts in `path`, whose schema stands in `schema/` beside it.

    Raises DataFileError naming file, line and field.
    """
    content = load_checked(path, path.parent / "schema" / "facts.schema.json")
    return FactWords(
        choices={name: _choice(path, name, at) for name, at in content["choices"].items()},
        flags={name: _flag(path, name, at) for name, at in content["flags"].items()},
        numbers={name: at["ask"] for name, at in content["numbers"].items()},
        places=_places(path, content["regions"]),
    )


def read_condition(path: Path, node: Any, field: str, words: FactWords) -> Condition:
    """The condition at `node[field]`. Raises DataFileError for a fact or value that is unknown."""
    return Condition(
        {name: _wanted(path, node[field], name, words) for name in node.get(field) or {}}
    )


def read_facts(path: Path, node: Any, field: str, words: FactWords) -> dict[str, FactValue]:
    """Facts at `node[field]` to be taken for granted: choices and flags only."""
    known: dict[str, FactValue] = {}
    for name in node.get(field) or {}:
        wanted = _wanted(path, node[field], name, words)
        if isinstance(wanted, Bound):
            raise error_at(path, node[field], name, "a number cannot be taken for granted")
        known[name] = wanted
    return known


def _wanted(path: Path, node: Any, name: str, words: FactWords) -> Wanted:
    value = node[name]
    if name in words.flags:
        if not isinstance(value, bool):
            raise error_at(path, node, name, f"{value}: must be true or false")
        return value
    if name in words.numbers:
        try:
            return read_bound(str(value))
        except ValueError as wrong:
            raise error_at(path, node, name, str(wrong)) from wrong
    if not isinstance(value, list):
        raise error_at(path, node, name, f"{value}: must be a list of values")
    values = frozenset(map(str, value))
    choice = words.choices.get(name)
    known = set(words.places) if name == REGION else set(choice.words) if choice else None
    if known is None:
        raise error_at(path, node, name, "no such fact in facts.yml")
    if values - known:
        raise error_at(path, node, name, f"unknown value {'、'.join(sorted(values - known))}")
    return choice.expand(values) if choice else values


def _choice(path: Path, name: str, content: Any) -> Choice:
    weak = content.get("weak", {})
    _check_values(path, content, weak)
    seen: set[str] = set()
    for sayings in (*content["words"].values(), *weak.values()):
        for position, word in enumerate(sayings):
            if word in seen:
                raise error_at(path, sayings, position, f"{word}: stands for two values")
            seen.add(word)
    return Choice(
        name=name,
        ask=content["ask"],
        buttons=_sets(content["buttons"]),
        groups=_sets(content["groups"]),
        words=_sets(content["words"]),
        weak=_sets(weak),
    )


def _check_values(path: Path, content: Any, weak: Any) -> None:
    """Groups, buttons and weak words may only name values that have words."""
    values = set(content["words"]) - set(content["groups"])
    for group, members in (*content["groups"].items(), *content["buttons"].items()):
        for position, member in enumerate(members):
            if member not in values:
                raise error_at(path, members, position, f"{group}: no value {member}")
    for value in weak:
        if value not in content["words"]:
            raise error_at(path, weak, value, f"no value {value}")


def _sets(lists: Any) -> dict[str, frozenset[str]]:
    return {name: frozenset(members) for name, members in lists.items()}


def _flag(path: Path, name: str, content: Any) -> Flag:
    words: dict[str, bool | None] = {}
    for truth in _TRUTH:
        for position, word in enumerate(content[truth]):
            if word in words:
                raise error_at(path, content[truth], position, f"{word}: stands for both")
            words[word] = _TRUTH[truth]
    neutral = dict.fromkeys(content.get("neutral", ()))
    return Flag(name, content["ask"], dict(content["buttons"]), {**neutral, **words})


def _places(path: Path, content: Any) -> dict[str, Place]:
    within = {entry["name"]: entry["within"] for entry in content}
    places: dict[str, Place] = {}
    for entry in content:
        around, name = {entry["name"]}, entry["within"]
        while name is not None:
            if name not in within or name in around:
                raise error_at(path, entry, "within", f"no place {name} that could hold it")
            around.add(name)
            name = within[name]
        words = frozenset({*entry["words"], entry["name"]})
        places[entry["name"]] = Place(entry["name"], words, frozenset(around))
    return places
