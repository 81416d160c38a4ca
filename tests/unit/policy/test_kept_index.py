"""What the search learnt is kept; a file that is damaged, foreign or out of date is never used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from policy.features import FeatureReader
from policy.kept_index import index_of
from policy.search_index import SearchIndex

HOMEWORK = ["作业写到几点", "作业太多", "每天作业多少分钟", "作业要多久", "留很多作业"]
FEES = ["学费交一年", "收费太贵", "一次收多少钱", "学费能退吗", "交了很多学费"]
READER = FeatureReader({}, lambda text: [])


def best(index: SearchIndex, text: str) -> int:
    scores, _ = index.scores(index.space.vector(READER.read(text)))
    return int(scores.argmax())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "models" / "policy.npz"


def learnt(file: Path, wording: str = "w") -> SearchIndex:
    return index_of([HOMEWORK, FEES], READER, wording, file)


def test_the_kept_search_answers_as_the_learnt_one(file: Path) -> None:
    fresh, kept = learnt(file), learnt(file)
    for text in ("作业多", "学费", "今天作业学费"):
        vector = READER.read(text)
        one, _ = fresh.scores(fresh.space.vector(vector))
        other, _ = kept.scores(kept.space.vector(vector))
        assert np.array_equal(one, other)
    assert (best(kept, "作业好多"), best(kept, "学费好贵")) == (0, 1)


def test_it_is_learnt_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt(file)
    monkeypatch.setattr(SearchIndex, "learn", None)
    learnt(file)


@pytest.mark.parametrize("change", ["groups", "wording"])
def test_another_rule_book_is_learnt_anew(file: Path, change: str) -> None:
    learnt(file)
    before = file.read_bytes()
    if change == "wording":
        learnt(file, "other")
    else:
        index_of([HOMEWORK, [*FEES, "退费"]], READER, "w", file)
    assert file.read_bytes() != before


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", b"\x80\x04pickle"])
def test_a_damaged_file_is_passed_over_and_written_anew(file: Path, damage: bytes) -> None:
    learnt(file)
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert best(learnt(file), "作业好多") == 0
    assert len(file.read_bytes()) == len(whole)


def test_where_nothing_can_be_written_it_is_learnt_each_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert best(index_of([HOMEWORK, FEES], READER, "w", blocked / "policy.npz"), "作业好多") == 0


def test_without_a_file_it_is_learnt_each_time() -> None:
    assert best(index_of([HOMEWORK, FEES], READER, "w", None), "学费好贵") == 1
