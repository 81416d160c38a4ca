"""docs/mechanisms.md says of each mechanism where it can be seen; what it names must be there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/mechanisms.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| D\d", line)
]


def test_all_forty_three_are_there_in_order():
    assert [row[0] for row in ROWS] == [f"D{number}" for number in range(1, 44)]


def test_what_is_named_exists():
    for number, _, _, shown in ROWS:
        for path in re.findall(r"`([^`]+)`", shown):
            assert (ROOT / "tests" / path).exists(), f"{number}: {path}"


def test_what_is_shown_nowhere_says_that_it_is_not_there_yet():
    for number, _, how, shown in ROWS:
        assert shown or "还没有" in how, number
