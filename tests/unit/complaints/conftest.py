"""The demo city and a fresh SQLite database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from complaints.model import Kind, Report
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.storage.tables import Base
from tests.keys import KEYS
from tests.postgres import binaries, cluster

ROOT = Path(__file__).resolve().parents[3]
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if binaries() is None:
        pytest.skip("needs PostgreSQL's programs")
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A fresh database of each sort."""
    if request.param == "sqlite":
        storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    else:
        storage = Storage(request.getfixturevalue("postgresql"), KEYS)
        Base.metadata.drop_all(storage.engine)
    storage.create()
    return storage


@pytest.fixture
def report(rules: Rules) -> Report:
    """A weekend class at a registered subject training body."""
    body = next(p for p in rules.city.parties.values() if p.party_class == "subject")
    return Report(
        intake_id="intake-1",
        kind=Kind.OVER_HOURS_TRAINING,
        kind_confidence=0.95,
        detail="周六上午还在给五年级上数学课",
        subject_party=body.name,
        when="周六上午",
        subject="数学",
        grade="五年级",
    )


@pytest.fixture
def change(report: Report):
    return lambda **fields: replace(report, **fields)
