"""`make migrate`: up by itself, back only when the operator is sure."""

from __future__ import annotations

import pytest

from actions.keys import installation_keys
from complaints.storage import Storage
from complaints.storage.migrations import FIRST, HEAD, version_of
from processes.migrate import run
from processes.preflight import CannotStart


@pytest.fixture
def settings(environment):
    settings = environment()
    settings.var.mkdir()
    return settings


def version(settings) -> str:
    return version_of(Storage(settings.database_url, installation_keys(settings)).engine)


def test_up_back_and_up_again(settings, capsys):
    assert run(settings, None, sure=False) == 0
    assert version(settings) == HEAD
    assert run(settings, FIRST, sure=True) == 0
    assert version(settings) == FIRST
    assert run(settings, None, sure=False) == 0
    assert version(settings) == HEAD
    assert f"已从版本 {FIRST} 升级到 {HEAD}" in capsys.readouterr().out


def test_going_back_asks_first(settings, capsys):
    run(settings, None, sure=False)
    assert run(settings, FIRST, sure=False) == 1
    assert version(settings) == HEAD
    assert "备份" in capsys.readouterr().out


def test_a_version_that_never_was(settings):
    with pytest.raises(CannotStart):
        run(settings, "0042", sure=True)
    assert version(settings) == HEAD
