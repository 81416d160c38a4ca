"""Reads deadlines files into rules, and refuses those that leave two answers or none."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, cast, get_args

from complaints.deadlines.rules import STEPS, Extension, Given, Limit, Place, Rule, Scope, Step
from complaints.workdays import ONE_DAY, Unit
from datafiles import DataFileError, error_at, load_checked


@dataclass(frozen=True)
class Rules:
    """What the files say."""

    limits: Mapping[Step, tuple[Rule[Limit], ...]]
    extensions: tuple[Rule[Extension], ...]


@dataclass(frozen=True)
class _Source:
    """A file and what its entries may name."""

    path: Path
    content: Any
    place: Place
    codes: frozenset[str]
    districts: frozenset[str]


@dataclass(frozen=True)
class _Found(Generic[Given]):
    """A rule, and where it stands: its file, entry and field."""

    rule: Rule[Given]
    path: Path
    entry: Any
    field: str


def read_rules(folder: Path, region: Path | None) -> Rules:
    """The rules of `folder`'s deadlines.yml and of the city's, where there is one."""
    codes = matter_codes(folder)
    path = folder / "deadlines.yml"
    content = load_checked(path, folder / "schema" / "deadlines.json")
    sources = [_Source(path, content, Place.ANYWHERE, codes, frozenset())]
    own = region / "deadlines.yml" if region else None
    if region and own and own.exists():
        schemas = region.parent / "schema"
        content = load_checked(own, schemas / "deadlines.json")
        city = load_checked(region / "city.yml", schemas / "city.json", lines=False)
        districts = frozenset(district["id"] for district in city["districts"])
        sources.append(_Source(own, content, Place.CITY, codes, districts))
    found = [limit for source in sources for limit in _limits(source)]
    by_step = {step: [limit for at, limit in found if at == step] for step in STEPS}
    limits = {step: _checked(path, step, of_step) for step, of_step in by_step.items()}
    extensions = [extension for source in sources for extension in _extensions(source)]
    return Rules(limits, _checked(path, "extensions", extensions))


def matter_codes(folder: Path) -> frozenset[str]:
    """The matter codes that `matters.yml` knows."""
    matters = load_checked(folder / "matters.yml", folder / "schema" / "matters.json", lines=False)
    return frozenset(matter["code"] for matter in matters["matters"])


def checked_codes(path: Path, entry: Any, known: frozenset[str]) -> frozenset[str] | None:
    """The `codes` of an entry, all of which exist; None where it names none."""
    for code in entry.get("codes", ()):
        if code not in known:
            raise error_at(path, entry, "codes", f"no matter {code}")
    return frozenset(entry["codes"]) if "codes" in entry else None


def days_of(path: Path, entry: Any) -> tuple[date, date]:
    """`from` and `until` of an entry; far away where it does not say. Both days are included."""
    since, until = _day(path, entry, "from", date.min), _day(path, entry, "until", date.max)
    if until < since:
        raise error_at(path, entry, "until", f"{until} is before from {since}")
    return since, until


def _day(path: Path, entry: Any, field: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(entry[field]) if field in entry else otherwise
    except ValueError as wrong:
        raise error_at(path, entry, field, f"{entry[field]!r} is not a date") from wrong


def _limits(source: _Source) -> Iterator[tuple[Step, _Found[Limit]]]:
    for entry in source.content["limits"]:
        scope = _scope(source, entry)
        fields = [field for field in entry if field.endswith(("_workdays", "_days"))]
        if not fields:
            raise error_at(source.path, entry, "source", "this entry limits no step")
        _check_pauses(source.path, entry)
        for field in fields:
            step, _, unit = field.rpartition("_")
            limit = Limit(entry[field], cast(Unit, unit), entry["statutory"], entry["source"])
            yield cast(Step, step), _Found(Rule(scope, limit), source.path, entry, field)


def _check_pauses(path: Path, entry: Any) -> None:
    """All pauses together are never shorter than one of them."""
    for unit in get_args(Unit):
        total = f"pause_total_{unit}"
        if entry.get(total, sys.maxsize) < entry.get(f"pause_{unit}", 0):
            raise error_at(path, entry, total, f"less than pause_{unit}")


def _extensions(source: _Source) -> Iterator[_Found[Extension]]:
    for entry in source.content["extensions"]:
        extension = Extension(
            entry["times"], entry.get("workdays", 0), entry["statutory"], entry["source"]
        )
        yield _Found(Rule(_scope(source, entry), extension), source.path, entry, "times")


def _scope(source: _Source, entry: Any) -> Scope:
    since, until = days_of(source.path, entry)
    district = entry.get("district")
    if district is not None and district not in source.districts:
        raise error_at(source.path, entry, "district", f"no district {district}")
    return Scope(
        codes=checked_codes(source.path, entry, source.codes),
        urgent=entry.get("urgent", False),
        place=Place.DISTRICT if district else source.place,
        district=district,
        since=since,
        until=until,
    )


def _checked(path: Path, name: str, found: Sequence[_Found[Given]]) -> tuple[Rule[Given], ...]:
    """The rules of one step: none ties with another, and a general one holds on every day."""
    for index, late in enumerate(found):
        for early in found[:index]:
            if late.rule.scope.ties_with(early.rule.scope):
                message = f"ties with line {early.entry.lc.line + 1} of {early.path.name}"
                raise error_at(late.path, late.entry, late.field, message)
    general = sorted(
        (one for one in found if one.rule.scope.is_general), key=lambda one: one.rule.scope.since
    )
    _check_every_day(path, name, general)
    return tuple(one.rule for one in found)


def _check_every_day(path: Path, name: str, general: Sequence[_Found[Given]]) -> None:
    if not general:
        raise DataFileError(f"{path}:1: {name}: no entry for every ticket", path)
    if general[0].rule.scope.since != date.min:
        first = general[0]
        message = f"nothing holds for {name} before {first.rule.scope.since}"
        raise error_at(path, first.entry, "from", message)
    for one, after in zip(general, [*general[1:], None], strict=True):
        until = one.rule.scope.until
        ends = date.max if after is None else after.rule.scope.since - ONE_DAY
        if until != ends:
            raise error_at(path, one.entry, "until", f"nothing holds for {name} after {until}")
