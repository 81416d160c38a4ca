"""`make audit-verify`: what it says, and its exit code."""

from __future__ import annotations

import sqlite3

import pytest

from complaints.audit.chain import record
from complaints.audit.witness import witness_head
from complaints.storage import Storage
from complaints.workdays import utc_now
from processes.audit_verify import heads_file, verify
from tests.keys import KEYS


@pytest.fixture
def storage(tmp_path) -> Storage:
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    storage.create()
    with storage.write() as session:
        for actor in ("a", "b"):
            record(session, None, action="interest", role="hotline", actor=actor, at=utc_now())
    return storage


def test_a_sound_chain(storage, tmp_path, capsys):
    witness = tmp_path / "heads.jsonl"
    witness_head(storage, witness, utc_now())
    assert verify(storage, witness) == 0
    said = capsys.readouterr().out
    assert "2 条记录" in said and "1 个链尾" in said and "完好" in said


def test_it_says_that_there_is_no_witness(storage, tmp_path, capsys):
    assert verify(storage, tmp_path / "heads.jsonl") == 0
    assert "没有见证文件" in capsys.readouterr().out


def test_a_broken_chain(storage, tmp_path, capsys):
    with sqlite3.connect(tmp_path / "jiesu.db") as hand:
        hand.execute("UPDATE event SET actor = 'c' WHERE seq = 2")
    assert verify(storage, tmp_path / "heads.jsonl") == 1
    assert "× 第 2 条：内容或散列被改动" in capsys.readouterr().out


def test_a_wrong_key_is_thought_of(storage, tmp_path, capsys):
    with sqlite3.connect(tmp_path / "jiesu.db") as hand:
        hand.execute("UPDATE event SET actor = 'c'")
    assert verify(storage, tmp_path / "heads.jsonl") == 1
    assert "密钥" in capsys.readouterr().out


def test_an_empty_database_is_not_called_sound(tmp_path, capsys):
    storage = Storage(f"sqlite:///{tmp_path}/new.db", KEYS)
    assert verify(storage, tmp_path / "heads.jsonl") == 1
    assert "make migrate" in capsys.readouterr().out


def test_the_witness_lies_beside_the_database_not_in_it(environment):
    settings = environment()
    assert heads_file(settings) == settings.var / "audit" / "heads.jsonl"
