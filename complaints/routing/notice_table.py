"""Which findings make which notices, and the texts of these, from `data/routing/notices.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datafiles import error_at, load_checked


@dataclass(frozen=True)
class NoticeRule:
    """After these findings on these matters: (kind, role) of who is told."""

    matters: frozenset[str]
    findings: frozenset[str]
    to: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NoticeTable:
    """The rules and texts of `notices.yml`."""

    version: str
    findings: Mapping[str, str]
    never_to_schools: frozenset[str]
    rules: tuple[NoticeRule, ...]
    texts: Mapping[str, str]


def load_notices(folder: Path) -> NoticeTable:
    """Read `notices.yml`.

    Raises DataFileError for a wrong entry, an unknown finding, and a notice to a school about a
    matter of which no school may be told.
    """
    path = folder / "notices.yml"
    content = load_checked(path, folder / "schema" / "notices.json")
    findings = {str(code): str(words) for code, words in content["findings"].items()}
    never = frozenset(map(str, content["never_to_schools"]))
    return NoticeTable(
        version=str(content["version"]),
        findings=findings,
        never_to_schools=never,
        rules=tuple(_rule(path, entry, findings, never) for entry in content["notices"]),
        texts={str(name): str(text) for name, text in content["texts"].items()},
    )


def _rule(path: Path, entry: Any, findings: Mapping[str, str], never: frozenset[str]) -> NoticeRule:
    matters = frozenset(map(str, entry["matters"]))
    if not set(entry["findings"]) <= set(findings):
        raise error_at(path, entry, "findings", "not one of the findings above")
    to = tuple((str(one["kind"]), str(one.get("role", ""))) for one in entry["to"])
    if matters & never and any(kind == "school" for kind, _ in to):
        raise error_at(path, entry, "matters", f"never to a school: {min(matters & never)}")
    return NoticeRule(matters, frozenset(map(str, entry["findings"])), to)
