"""An installation's settings in a folder of the test's own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Settings]:
    """Read the settings with these variables set (`JIESU_` is put before each name)."""
    monkeypatch.setenv("JIESU_VAR", str(tmp_path / "var"))
    for name in ("WEB", "RASA", "ACTION"):
        monkeypatch.setenv(f"JIESU_{name}_PORT", str(free_port()))

    def read(**variables: object) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(f"JIESU_{name}", str(value))
        return Settings.from_environment()

    return read
