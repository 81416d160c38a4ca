"""Words of danger to a person, from `data/routing/danger.yml`: which numbers to call at once.

They are searched in simplified characters of normal width, without those that nobody sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from complaints.said import plain_characters
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class DangerGroup:
    """One sort of danger: what it looks like, whom to call, one sentence of advice."""

    id: str
    pattern: re.Pattern[str]
    numbers: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class Alarm:
    """What a dangerous message is answered before anything else."""

    groups: tuple[str, ...]
    numbers: tuple[str, ...]
    text: str


def load_danger(folder: Path) -> tuple[DangerGroup, ...]:
    """Read `danger.yml`. Raises DataFileError for a wrong entry or a broken pattern."""
    path = folder / "danger.yml"
    groups = []
    for entry in load_checked(path, folder / "schema" / "danger.json")["groups"]:
        try:
            pattern = re.compile("|".join(entry["patterns"]))
        except re.error as broken:
            raise error_at(path, entry, "patterns", str(broken)) from broken
        numbers = tuple(map(str, [*entry["numbers"], *entry.get("also", [])]))
        groups.append(DangerGroup(str(entry["id"]), pattern, numbers, str(entry["advice"])))
    return tuple(groups)


def find_danger(text: str, groups: tuple[DangerGroup, ...]) -> Alarm | None:
    """The alarm that `text` calls for, or None."""
    searched = plain_characters(text)
    hits = [group for group in groups if group.pattern.search(searched)]
    if not hits:
        return None
    numbers = tuple(dict.fromkeys(number for group in hits for number in group.numbers))
    advice = "".join(dict.fromkeys(group.advice for group in hits))
    call = "、".join(numbers)
    return Alarm(
        groups=tuple(group.id for group in hits),
        numbers=numbers,
        text=f"如果有人正处在危险中，请马上拨打 {call}。{advice}",
    )
