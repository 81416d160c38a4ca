"""Words of danger to a person, from `data/routing/danger.yml`: which numbers to call at once.

They are searched in simplified characters of normal width, without those that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from opencc import OpenCC  # type: ignore[import-untyped]

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
    searched = _normal(text)
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


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def _normal(text: str) -> str:
    """Width folded, marks and invisible characters out, traditional characters simplified."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", text) if _is_seen(char))
    # OpenCC keeps 著, which is 着 in all but 著名 and 著作.
    return str(_to_simplified().convert(seen)).replace("著", "着")


def _is_seen(char: str) -> bool:
    category = unicodedata.category(char)
    return char in "\n\t" or not (category[0] == "M" or category in ("Cc", "Cf", "Cs", "Co"))
