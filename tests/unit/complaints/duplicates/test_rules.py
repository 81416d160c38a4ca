"""A mistake in `duplicates.yml` names file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from complaints.duplicates.rules import load_duplicates
from complaints.model import Kind
from datafiles import DataFileError
from tests.unit.complaints.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema").mkdir()
    shutil.copy(ROOT / "data/routing/duplicates.yml", tmp_path)
    shutil.copy(ROOT / "data/routing/schema/duplicates.json", tmp_path / "schema")
    return tmp_path


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("kinds: [venue_safety]", "kinds: [venue_savety]", "no kind venue_savety"),
        ("kinds: [venue_safety]", "kinds: [enrolment]", "enrolment is there twice"),
        ("reporters: 3", "reporters: 2", "risk.reporters"),
        ("near_text: 0.55", "near_text: 5", "near_text"),
    ],
)
def test_a_mistake_is_placed(folder, right, wrong, said):
    path = folder / "duplicates.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"duplicates\.yml:\d+: .*") as mistake:
        load_duplicates(folder)
    assert said in str(mistake.value)


def test_every_kind_has_its_limits():
    rules = load_duplicates(ROOT / "data/routing")
    assert all(rules.limits(kind).days >= 1 for kind in Kind)
    assert rules.risk_from >= 3
