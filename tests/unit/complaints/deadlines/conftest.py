"""The deadlines of the demo city, and a copy of the data files to make mistakes in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from complaints.deadlines.limits import Deadlines, load_deadlines
from resolution.terms import load_terms

DATA = Path(__file__).resolve().parents[4] / "data"


def load(data: Path) -> Deadlines:
    """The deadlines of the demo city below `data`."""
    demo = data / "regions/demo"
    return load_deadlines(data / "routing", load_terms(demo / "terms.yml"), demo)


@pytest.fixture(scope="session")
def deadlines() -> Deadlines:
    return load(DATA)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("regions", "routing"):
        shutil.copytree(DATA / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def city_says(data: Path) -> Callable[[str], Deadlines]:
    """The deadlines where the demo city's own file says this, after its comments."""

    def read(text: str) -> Deadlines:
        (data / "regions/demo/deadlines.yml").write_text(text, encoding="utf-8")
        return load(data)

    return read
