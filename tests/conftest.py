"""In CI a skipped test is a failed run: what needs a browser or a server must have had it."""

from __future__ import annotations

import os

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if os.environ.get("CI") and skipped and exitstatus == 0:
        reporter.write_line(f"{skipped} skipped test(s): not allowed in CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
