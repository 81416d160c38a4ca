"""Fixed codes of a ticket's end: findings, results (D38, D75), reasons for not taking it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Finding:
    """What the bureau found (核查结论); `confirms` whether what was reported holds, even in part."""

    code: str
    label: str
    confirms: bool


@dataclass(frozen=True)
class Rejection:
    """Why a ticket is not taken on, and the right door instead."""

    code: str
    label: str
    door: str
    source: str


@dataclass(frozen=True)
class Outcomes:
    """The codes of one installation; `results` from code to label."""

    findings: Mapping[str, Finding]
    results: Mapping[str, str]
    default_result: str
    rejections: Mapping[str, Rejection]


def load_outcomes(folder: Path) -> Outcomes:
    """Read `outcomes.yml`. Raises DataFileError for a wrong entry or a code that is there twice."""
    path = folder / "outcomes.yml"
    content = load_checked(path, folder / "schema" / "outcomes.json")
    for part in ("findings", "results", "rejections"):
        _refuse_twice(path, content[part])
    results = {str(entry["code"]): str(entry["label"]) for entry in content["results"]}
    if content["default_result"] not in results:
        raise error_at(path, content, "default_result", f"no result {content['default_result']}")
    return Outcomes(
        findings={
            entry["code"]: Finding(entry["code"], entry["label"], entry["confirms"])
            for entry in content["findings"]
        },
        results=results,
        default_result=str(content["default_result"]),
        rejections={
            entry["code"]: Rejection(entry["code"], entry["label"], entry["door"], entry["source"])
            for entry in content["rejections"]
        },
    )


def _refuse_twice(path: Path, entries: Any) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry["code"] in seen:
            raise error_at(path, entry, "code", f"{entry['code']} is used twice")
        seen.add(entry["code"])
