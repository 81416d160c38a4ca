"""The operator's school year: vacations, and holidays the official calendar does not know yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from datafiles import error_at, load_checked
from resolution.span import ONE_DAY, Span

Season = Literal["winter", "summer"]

# Where the file says nothing about a year: what is usual for compulsory education.
_USUAL: dict[Season, tuple[tuple[int, int], tuple[int, int]]] = {
    "winter": ((1, 20), (2, 20)),
    "summer": ((7, 6), (8, 31)),
}


@dataclass(frozen=True)
class Vacation:
    """A school vacation, both days included; `assumed` if the file does not give that year."""

    season: Season
    start: date
    end: date
    assumed: bool = False

    @property
    def span(self) -> Span:
        """Its days."""
        return Span(self.start, self.end)


@dataclass(frozen=True)
class SchoolTerms:
    """Vacations by season and year (a winter vacation belongs to the year in which it ends).

    `extra_holidays` maps a day to the holiday's Chinese name; both extras count only for years
    that the official calendar does not know.
    """

    vacations: Mapping[tuple[Season, int], Vacation] = field(default_factory=dict)
    extra_holidays: Mapping[date, str] = field(default_factory=dict)
    extra_workdays: frozenset[date] = frozenset()

    def vacation(self, season: Season, year: int) -> Vacation:
        """The vacation of that year, from the file or else the usual one."""
        given = self.vacations.get((season, year))
        if given:
            return given
        first, last = _USUAL[season]
        return Vacation(season, date(year, *first), date(year, *last), assumed=True)

    def around(self, year: int) -> list[Vacation]:
        """The vacations of the year before, of `year` and of the year after, in order."""
        seasons: tuple[Season, Season] = ("winter", "summer")
        return [self.vacation(s, y) for y in range(year - 1, year + 2) for s in seasons]

    def semesters(self, year: int) -> list[Span]:
        """The school terms between those vacations, in order."""
        vacations = self.around(year)
        return [
            Span(before.end + ONE_DAY, after.start - ONE_DAY)
            for before, after in pairwise(vacations)
        ]


def load_terms(path: Path) -> SchoolTerms:
    """Read a region's `terms.yml`, checked by `terms.json` in the regions' schema folder.

    Raises DataFileError naming file, line and field for the first mistake.
    """
    content = load_checked(path, path.parent.parent / "schema" / "terms.json")
    return SchoolTerms(
        vacations=_vacations(path, content["vacations"]),
        extra_holidays=_holidays(path, content["extra_holidays"]),
        extra_workdays=frozenset(
            _day(path, content["extra_workdays"], index)
            for index in range(len(content["extra_workdays"]))
        ),
    )


def _vacations(path: Path, entries: Any) -> dict[tuple[Season, int], Vacation]:
    found: dict[tuple[Season, int], Vacation] = {}
    for entry in entries:
        start, end = _range(path, entry)
        vacation = Vacation(entry["season"], start, end)
        for other in found.values():
            if start <= other.end and other.start <= end:
                raise error_at(path, entry, "start", f"overlaps the {other.season} {other.start}")
        if (vacation.season, end.year) in found:
            raise error_at(path, entry, "season", f"{vacation.season} {end.year} is given twice")
        found[vacation.season, end.year] = vacation
    return found


def _holidays(path: Path, entries: Any) -> dict[date, str]:
    found: dict[date, str] = {}
    for entry in entries:
        start, end = _range(path, entry)
        for day in Span(start, end).days(most=31):
            if day in found:
                raise error_at(path, entry, "start", f"{day} is {found[day]} already")
            found[day] = entry["holiday"]
    return found


def _range(path: Path, entry: Any) -> tuple[date, date]:
    start, end = _day(path, entry, "start"), _day(path, entry, "end")
    if start > end:
        raise error_at(path, entry, "end", f"{end} is before the start {start}")
    return start, end


def _day(path: Path, node: Any, key: Any) -> date:
    try:
        return date.fromisoformat(node[key])
    except ValueError as wrong:
        raise error_at(path, node, key, f"{node[key]!r} is not a day of the calendar") from wrong
