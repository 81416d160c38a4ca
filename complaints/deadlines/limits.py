"""When a ticket must be answered: workdays by matter code, from `data/routing/deadlines.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from complaints.workdays import add_workdays, shanghai_date
from datafiles import load_checked
from resolution.terms import SchoolTerms


@dataclass(frozen=True)
class Limit:
    """Workdays to sign and to answer; `statutory` tells 法定 from 系统默认."""

    sign_workdays: int
    answer_workdays: int
    statutory: bool
    source: str


@dataclass(frozen=True)
class Deadlines:
    """The limits of one installation."""

    default: Limit
    urgent: Limit
    by_matter: Mapping[str, Limit]
    terms: SchoolTerms

    def limit(self, matter_code: str, *, urgent: bool) -> Limit:
        """The limit that holds for a ticket; urgent ones are never slower than the rest."""
        own = self.by_matter.get(matter_code, self.default)
        if urgent and self.urgent.answer_workdays < own.answer_workdays:
            return self.urgent
        return own

    def promised_on(self, filed_at: datetime, matter_code: str, *, urgent: bool) -> date:
        """The day (Asia/Shanghai) until whose end the reporter is promised an answer."""
        workdays = self.limit(matter_code, urgent=urgent).answer_workdays
        return add_workdays(shanghai_date(filed_at), workdays, self.terms)


def load_deadlines(folder: Path, terms: SchoolTerms) -> Deadlines:
    """Read `deadlines.yml`; `terms` tell the city's workdays. Raises DataFileError."""
    content = load_checked(folder / "deadlines.yml", folder / "schema" / "deadlines.json")
    default = _limit(content["defaults"], {})
    by_matter = {
        str(code): _limit(entry, content["defaults"])
        for entry in content["by_matter"]
        for code in entry["codes"]
    }
    urgent = _limit(content["urgent"], content["defaults"])
    return Deadlines(default, urgent, by_matter, terms)


def _limit(entry: Any, defaults: Any) -> Limit:
    return Limit(
        sign_workdays=int(entry.get("sign_workdays", defaults.get("sign_workdays", 1))),
        answer_workdays=int(entry["answer_workdays"]),
        statutory=bool(entry.get("statutory", False)),
        source=str(entry.get("source", "")),
    )
