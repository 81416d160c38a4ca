"""What counts as the same matter told again, from `data/routing/duplicates.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from complaints.model import Kind
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class KindLimits:
    """`days`: how far apart two tellings of one matter may be, and how long a closed one is found.

    `least_likeness`: how alike the texts must be besides party and kind; 0 if these are enough.
    """

    days: int
    least_likeness: float


@dataclass(frozen=True)
class DuplicateRules:
    """The limits of one installation.

    `offer_from`: independent reporters a case must have before another reporter is told of it.
    `risk_from`, `risk_days`: independent reporters on one party, and within how many days, that
    raise a risk notice; no smaller number is ever shown.
    """

    version: str
    default: KindLimits
    by_kind: Mapping[str, KindLimits]
    near_text: float
    offer_from: int
    risk_from: int
    risk_days: int

    def limits(self, kind: str) -> KindLimits:
        """The limits of a kind."""
        return self.by_kind.get(kind, self.default)


def load_duplicates(folder: Path) -> DuplicateRules:
    """Read `duplicates.yml`. Raises DataFileError for a wrong entry or a kind that is there twice."""
    path = folder / "duplicates.yml"
    content = load_checked(path, folder / "schema" / "duplicates.json")
    by_kind: dict[str, KindLimits] = {}
    for entry in content["kinds"]:
        limits = KindLimits(int(entry["days"]), float(entry["least_likeness"]))
        for name in entry["kinds"]:
            if name not in list(Kind):
                raise error_at(path, entry, "kinds", f"no kind {name}")
            if name in by_kind:
                raise error_at(path, entry, "kinds", f"{name} is there twice")
            by_kind[str(name)] = limits
    default = content["defaults"]
    return DuplicateRules(
        version=str(content["version"]),
        default=KindLimits(int(default["days"]), float(default["least_likeness"])),
        by_kind=by_kind,
        near_text=float(content["near_text"]),
        offer_from=int(content["offer_from"]),
        risk_from=int(content["risk"]["reporters"]),
        risk_days=int(content["risk"]["days"]),
    )
