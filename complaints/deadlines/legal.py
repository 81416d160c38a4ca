"""What law and local rules say about time, to be shown beside a ticket: `legal_limits.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from complaints.deadlines.rule_files import checked_codes, days_of, matter_codes
from datafiles import error_at, load_checked

NATIONWIDE = "全国"

_PROCEDURES = {
    "hotline": "12345热线",
    "petition": "信访",
    "market": "市场监管投诉举报",
    "penalty": "行政处罚",
    "review": "行政复议",
    "lawsuit": "行政诉讼",
    "disclosure": "政府信息公开",
    "supervision": "教育督导",
}
_UNITS = {
    "hours": "小时",
    "days": "日",
    "workdays": "个工作日",
    "months": "个月",
    "years": "年",
}
_UNCONFIRMED = "待核"
_ARTICLE = re.compile(r"第[\d、一二三四五六七八九十百]+条")


@dataclass(frozen=True)
class Prolonging:
    """By how much a legal limit may be prolonged: `times` and `when` None where not said."""

    count: int
    unit: str
    times: int | None
    when: str | None

    @property
    def text(self) -> str:
        """As people read it."""
        often = {None: "", 1: "一次", 2: "1至2次，每次"}[self.times]
        condition = f"（{self.when}）" if self.when else ""
        return f"可延长{often}不超过{self.count}{_UNITS[self.unit]}{condition}"


@dataclass(frozen=True)
class LegalLimit:
    """One rule about time. `count` and `unit` None: it gives no number. Both days are included.

    `status` is 法定, 地方规定, 待核 (nobody has seen the text: not to be cited) or 系统默认. `codes`
    None: all matters.
    """

    id: str
    procedure: str
    step: str
    count: int | None
    unit: str | None
    extension: Prolonging | None
    region: str
    since: date
    until: date
    status: str
    source: str
    codes: frozenset[str] | None

    @property
    def procedure_label(self) -> str:
        """The procedure as people read it."""
        return _PROCEDURES[self.procedure]

    @property
    def text(self) -> str:
        """The length as people read it."""
        if self.count is None or self.unit is None:
            return "没有写明天数"
        longer = f"，{self.extension.text}" if self.extension else ""
        return f"{self.count}{_UNITS[self.unit]}{longer}"

    def concerns(self, matter_code: str | None, on: date, region: str | None) -> bool:
        """Whether it is in force on that day, in that place, for that matter."""
        return (
            (self.codes is None or matter_code in self.codes)
            and self.since <= on <= self.until
            and (self.region == NATIONWIDE or (region is not None and _same(self.region, region)))
        )


@dataclass(frozen=True)
class LegalLimits:
    """All rules about time that the file knows."""

    limits: tuple[LegalLimit, ...]

    def legal_limits(
        self, matter_code: str | None, on: date, region: str | None
    ) -> tuple[LegalLimit, ...]:
        """What holds for a matter on a day: everywhere, and in `region` (潍坊 or 潍坊市)."""
        return tuple(limit for limit in self.limits if limit.concerns(matter_code, on, region))


def load_legal_limits(folder: Path) -> LegalLimits:
    """Read `legal_limits.yml`.

    Raises DataFileError naming file, line and field: an id used twice, a matter code that does not
    exist, days that cannot be, and an article cited where nobody has seen the text.
    """
    path = folder / "legal_limits.yml"
    content = load_checked(path, folder / "schema" / "legal_limits.json")
    codes = matter_codes(folder)
    found: dict[str, LegalLimit] = {}
    for entry in content["limits"]:
        if entry["id"] in found:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        if entry["status"] == _UNCONFIRMED and _ARTICLE.search(entry["source"]):
            raise error_at(path, entry, "source", "an unconfirmed limit cites no article")
        found[entry["id"]] = _limit(path, entry, codes)
    return LegalLimits(tuple(found.values()))


def _limit(path: Path, entry: Any, codes: frozenset[str]) -> LegalLimit:
    since, until = days_of(path, entry)
    return LegalLimit(
        id=entry["id"],
        procedure=entry["procedure"],
        step=entry["step"],
        count=entry.get("count"),
        unit=entry.get("unit"),
        extension=_prolonging(entry.get("extension")),
        region=entry["region"],
        since=since,
        until=until,
        status=entry["status"],
        source=entry["source"],
        codes=checked_codes(path, entry, codes),
    )


def _prolonging(entry: Any) -> Prolonging | None:
    if entry is None:
        return None
    return Prolonging(entry["count"], entry["unit"], entry.get("times"), entry.get("when"))


def _same(one: str, other: str) -> bool:
    return one.removesuffix("市") == other.removesuffix("市")
