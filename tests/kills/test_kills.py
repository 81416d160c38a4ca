"""Whatever the moment of death: nothing lost, nothing doubled. More rounds: tests/kills/kill.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.kill import database, kill_rounds
from tests.postgres import binaries


@pytest.mark.parametrize("sort", ["sqlite", "postgresql"])
def test_an_installation_killed_at_work_loses_and_doubles_nothing(sort: str, tmp_path: Path):
    if sort == "postgresql" and binaries() is None:
        pytest.skip("needs PostgreSQL's programs")
    with database(sort, tmp_path) as url:
        assert kill_rounds(url, tmp_path, rounds=4, seed=7) == []
