"""How long each step of a ticket may take, from `data/routing/deadlines.yml` and a city's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from complaints.deadlines.rule_files import read_rules
from complaints.deadlines.rules import Extension, Rule, Step, best
from complaints.deadlines.rules import Limit as Limit
from complaints.workdays import counting, shanghai_date, utc_now
from resolution.terms import SchoolTerms


@dataclass(frozen=True)
class Deadlines:
    """The limits of one installation. `terms` tell the city's workdays."""

    limits: Mapping[Step, tuple[Rule[Limit], ...]]
    extensions: tuple[Rule[Extension], ...]
    terms: SchoolTerms

    def limit(
        self,
        matter_code: str | None,
        *,
        urgent: bool,
        step: Step = "answer",
        on: date | None = None,
        district: str | None = None,
    ) -> Limit:
        """The limit for a step that begins `on` that day (default: today); urgent tickets are
        never given more than others.
        """
        on = on or shanghai_date(utc_now())
        own = best(self.limits[step], matter_code, False, district, on)
        if not urgent:
            return own
        hurried = best(self.limits[step], matter_code, True, district, on)
        return own if own.unit == hurried.unit and own.count < hurried.count else hurried

    def extension(
        self,
        matter_code: str | None,
        *,
        urgent: bool,
        on: date | None = None,
        district: str | None = None,
    ) -> Extension:
        """How often and how far the answer may be put off; 0 times means not at all."""
        on = on or shanghai_date(utc_now())
        return best(self.extensions, matter_code, urgent, district, on)

    def last_day(
        self,
        step: Step,
        since: datetime,
        matter_code: str | None,
        *,
        urgent: bool = False,
        district: str | None = None,
    ) -> date:
        """The last day (Asia/Shanghai) of a step that began then and knows no pause.

        The day of `since` does not count. For 协办, 报到, 督办反馈, 回访 and the like.
        """
        begun = shanghai_date(since)
        limit = self.limit(matter_code, urgent=urgent, step=step, on=begun, district=district)
        return counting(limit.unit, self.terms).nth(begun, limit.count)

    def promised_on(
        self,
        filed_at: datetime,
        matter_code: str | None,
        *,
        urgent: bool,
        district: str | None = None,
    ) -> date:
        """The day (Asia/Shanghai) until whose end the reporter is promised an answer."""
        return self.last_day("answer", filed_at, matter_code, urgent=urgent, district=district)


def load_deadlines(folder: Path, terms: SchoolTerms, region: Path | None = None) -> Deadlines:
    """Read `deadlines.yml`, and that of the city in folder `region` if it has one.

    Raises DataFileError naming file, line and field: two entries of which neither goes first, a
    step without a limit on some day, a matter code or district that does not exist.
    """
    rules = read_rules(folder, region)
    return Deadlines(rules.limits, rules.extensions, terms)
