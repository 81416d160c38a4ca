"""Which entry of a deadlines file holds for a ticket: the one that says most about it.

What an entry may be about, in order of weight: urgent tickets, matter codes, a place. So what is
said of urgent tickets beats what is said of a matter, and that beats what a city says of all its
tickets ("法定更长的从其规定", facts C1 T10); of two entries about the same matter the city's own
wins over the general one, and a district's over the city's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Generic, Literal, TypeVar, get_args

from complaints.workdays import Unit

Step = Literal[
    "accept",
    "sign",
    "return",
    "arbitrate",
    "co_answer",
    "report_in",
    "answer",
    "pause",
    "pause_total",
    "supervise",
    "call_back",
]
STEPS: tuple[Step, ...] = get_args(Step)

_UNITS = {"workdays": "个工作日", "days": "日"}


@dataclass(frozen=True)
class Limit:
    """How long a step may take; `statutory` tells 法定 from 系统默认; `source` is Chinese."""

    count: int
    unit: Unit
    statutory: bool
    source: str

    @property
    def text(self) -> str:
        """The length as people read it."""
        return f"{self.count}{_UNITS[self.unit]}"

    @property
    def status(self) -> str:
        """What people must be told about where the limit comes from."""
        return "法定" if self.statutory else "系统默认，非法定"


@dataclass(frozen=True)
class Extension:
    """How often an answer may be put off (延期), and by how many workdays each time at most."""

    times: int
    workdays: int
    statutory: bool
    source: str


class Place(IntEnum):
    """How near to the ticket an entry was made."""

    ANYWHERE = 0
    CITY = 1
    DISTRICT = 2


@dataclass(frozen=True)
class Scope:
    """What an entry is about. `codes` and `district` None: all; the days are both included.

    `urgent` True means urgent tickets only, False any ticket.
    """

    codes: frozenset[str] | None = None
    urgent: bool = False
    place: Place = Place.ANYWHERE
    district: str | None = None
    since: date = date.min
    until: date = date.max

    @property
    def rank(self) -> tuple[bool, bool, Place]:
        """Which of two entries that both hold goes first: the greater."""
        return self.urgent, self.codes is not None, self.place

    @property
    def is_general(self) -> bool:
        """Whether it is about every ticket (of its days)."""
        return self.rank == (False, False, Place.ANYWHERE)

    def covers(self, matter_code: str | None, urgent: bool, district: str | None, on: date) -> bool:
        """Whether it holds for such a ticket on that day."""
        return (
            (self.codes is None or matter_code in self.codes)
            and (urgent or not self.urgent)
            and (self.district is None or self.district == district)
            and self.since <= on <= self.until
        )

    def ties_with(self, other: Scope) -> bool:
        """Whether both can hold for one ticket with neither going first."""
        return (
            self.rank == other.rank
            and self.district == other.district
            and (not self.codes or not other.codes or bool(self.codes & other.codes))
            and self.since <= other.until
            and other.since <= self.until
        )


Given = TypeVar("Given")


@dataclass(frozen=True)
class Rule(Generic[Given]):
    """What an entry gives, and to which tickets."""

    scope: Scope
    gives: Given


def best(
    rules: Iterable[Rule[Given]],
    matter_code: str | None,
    urgent: bool,
    district: str | None,
    on: date,
) -> Given:
    """What holds for such a ticket on that day. The rules have a general one for every day."""
    holding = (rule for rule in rules if rule.scope.covers(matter_code, urgent, district, on))
    return max(holding, key=lambda rule: rule.scope.rank).gives
