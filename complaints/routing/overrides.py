"""Where a city divides the work otherwise than the jurisdiction table (facts B0-4).

`jurisdiction.yml` of the city: for some matters, in one district or everywhere, another lead and
other co-handlers from a day on. A city without the file follows the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Override:
    """One line: roles as in `matters.yml`; `district` None is the whole city."""

    id: str
    matters: tuple[str, ...]
    district: str | None
    lead: str
    co: tuple[str, ...]
    source: str
    valid_from: date

    @property
    def words(self) -> str:
        """Which line it was, as it is kept with the ticket: the file may change later."""
        return f"{self.id} {self.source}，{self.valid_from.isoformat()}起"


def load_overrides(folder: Path, districts: Collection[str]) -> tuple[Override, ...]:
    """Read a city's `jurisdiction.yml`; no file, no overrides. Raises DataFileError."""
    path = folder / "jurisdiction.yml"
    if not path.exists():
        return ()
    found: dict[str, Override] = {}
    for entry in load_checked(path, folder.parent / "schema" / "jurisdiction.json"):
        if entry["id"] in found:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        if entry["district"] and entry["district"] not in districts:
            raise error_at(path, entry, "district", f"no district {entry['district']}")
        try:
            valid_from = date.fromisoformat(entry["from"])
        except ValueError as wrong:
            raise error_at(path, entry, "from", f"{entry['from']} is no date") from wrong
        found[entry["id"]] = Override(
            id=str(entry["id"]),
            matters=tuple(map(str, entry["matters"])),
            district=entry["district"],
            lead=str(entry["lead"]),
            co=tuple(map(str, entry["co"])),
            source=str(entry["source"]),
            valid_from=valid_from,
        )
    return tuple(found.values())


def override_for(
    overrides: Iterable[Override], matter: str, district: str | None, on: date
) -> Override | None:
    """The line that holds for a matter in a district on a day; the district's before the city's."""
    valid = [
        line
        for line in overrides
        if matter in line.matters and line.district in (None, district) and line.valid_from <= on
    ]
    return max(valid, key=lambda line: (line.district is not None, line.valid_from), default=None)
