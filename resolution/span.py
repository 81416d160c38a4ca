"""A run of days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """First and last day, both included; None where the words leave that side open."""

    start: date | None
    end: date | None

    @property
    def bounded(self) -> bool:
        """Whether both ends are known."""
        return self.start is not None and self.end is not None

    @property
    def single(self) -> bool:
        """Whether it is one known day."""
        return self.bounded and self.start == self.end

    def within(self, other: Span) -> bool:
        """Whether all its days, known at both ends, are among those of `other`."""
        if not (self.start and self.end and other.start and other.end):
            return False
        return other.start <= self.start and self.end <= other.end

    def days(self, most: int) -> Iterator[date]:
        """The days of a bounded span, at most the first `most`; none if a side is open."""
        if self.start is None or self.end is None:
            return
        for offset in range(min((self.end - self.start).days + 1, most)):
            yield self.start + timedelta(days=offset)


def month_span(year: int, month: int) -> Span:
    """All days of a month; `month` may run over either end of the year (0 is December before)."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - ONE_DAY)
