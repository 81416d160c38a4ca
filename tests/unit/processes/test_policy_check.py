"""`make policy-check` and `make policy-diff`, as an operator runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from processes import policy_check

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product's data in a folder of its own, where mistakes can be made."""
    shutil.copytree(ROOT / "data" / "policy", tmp_path / "data" / "policy")
    shutil.copytree(ROOT / "data" / "regions", tmp_path / "data" / "regions")
    monkeypatch.setenv("JIESU_ROOT", str(tmp_path))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["policy_check", *arguments])
    return policy_check.main()


def test_a_sound_rule_book_is_counted(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch) == 0
    said = capsys.readouterr().out
    assert "211 条规则" in said and "没有核对原文" in said


def test_a_mistake_is_named_with_file_and_line(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = installation / "data" / "policy" / "rules" / "homework.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("D02", "D99", 1), encoding="utf-8")
    assert run(monkeypatch) == 1
    assert "homework.yml:" in capsys.readouterr().err


def test_a_rule_that_was_reworded_shows_in_its_answers(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = installation / "before"
    shutil.copytree(installation / "data" / "policy", before)
    shutil.copytree(ROOT / "models", installation / "models")
    file = installation / "data" / "policy" / "documents.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("教基厅函〔2021〕13号", "教基厅函〔2021〕31号"), encoding="utf-8")
    asked = installation / "asked.jsonl"
    questions = [{"text": "初中作业每天最多多久"}, {"text": "可以匿名举报吗"}]
    asked.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    assert run(monkeypatch, "--before", str(before), str(asked)) == 0
    said = capsys.readouterr().out
    assert "2 个问题，1 个答复有变化" in said
    assert "13号" in said and "31号" in said


@pytest.mark.parametrize("before", ["nowhere", "/nowhere"])
def test_a_version_that_is_not_there_is_said(
    installation: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    before: str,
) -> None:
    assert run(monkeypatch, "--before", before) == 1
    assert before in capsys.readouterr().err
