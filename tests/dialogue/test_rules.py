"""The dialogue rules hold: Rasa's own checks over the data and over test stories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    lean = "from processes.rasa_server import prepare; prepare(); from rasa.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", lean, *arguments],
        cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "JIESU_CHANNEL_TOKEN": "t" * 64},
    )  # fmt: skip


@pytest.mark.timeout(180)
def test_data_and_domain_fit_together():
    checked = rasa("data", "validate", "--data", "data/nlu", "data/stories")
    assert checked.returncode == 0, checked.stderr[-3000:]


@pytest.mark.timeout(180)
def test_stories_are_predicted(tmp_path):
    tested = rasa(
        "test", "core", "--model", "models/jiesu.tar.gz", "--stories", "tests/dialogue/test_stories.yml",
        "--out", str(tmp_path), "--fail-on-prediction-errors", "--no-plot",
    )  # fmt: skip
    failed = tmp_path / "failed_test_stories.yml"
    assert tested.returncode == 0, tested.stderr[-2000:] + (
        failed.read_text() if failed.exists() else ""
    )
