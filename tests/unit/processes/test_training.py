"""The model is trained when its data changed, only then, and never passes half done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from processes.preflight import CannotStart
from processes.training import model_file, train_if_changed
from settings import Settings

TRAINER = """
import pathlib, sys
target = pathlib.Path(sys.argv[1])
target.write_text("half ")
{middle}
target.write_text("whole " + pathlib.Path("domain.yml").read_text())
"""


@pytest.fixture
def settings(environment, tmp_path) -> Settings:
    root = tmp_path / "root"
    for folder in ("data/nlu", "data/stories", "bot/nlu", "data/regions/demo"):
        (root / folder).mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "requirements.txt"):
        (root / name).write_text("v1")
    (root / "data/nlu/acts.yml").write_text("hello")
    (tmp_path / "var").mkdir()
    return environment(ROOT=root)


def trainer(middle: str = ""):
    return lambda target, *more: [sys.executable, "-c", TRAINER.format(middle=middle), str(target)]


def model(settings: Settings) -> str:
    return model_file(settings).read_text()


def test_it_trains_once_and_not_again(settings):
    assert train_if_changed(settings, trainer())
    assert model(settings) == "whole v1"
    assert not train_if_changed(settings, trainer("raise SystemExit(1)"))


@pytest.mark.parametrize("file", ["domain.yml", "data/nlu/new.yml", "bot/nlu/part.py"])
def test_changed_data_trains_again(settings, file):
    train_if_changed(settings, trainer())
    (settings.root / file).write_text("v2")
    assert train_if_changed(settings, trainer())
    assert not train_if_changed(settings, trainer())


def test_a_lost_model_trains_again(settings):
    train_if_changed(settings, trainer())
    model_file(settings).unlink()
    assert train_if_changed(settings, trainer())


def test_a_training_that_fails_says_where_to_look_and_keeps_the_old_model(settings):
    train_if_changed(settings, trainer())
    (settings.root / "domain.yml").write_text("v2")
    broken = trainer("raise SystemExit('line 3 of acts.yml')")
    with pytest.raises(CannotStart, match=r"training.log(.|\n)*line 3 of acts.yml"):
        train_if_changed(settings, broken)
    assert model(settings) == "whole v1"
    (settings.root / "domain.yml").write_text("v1")
    assert not train_if_changed(settings, broken)


def test_a_training_that_was_killed_leaves_no_half_model_behind(settings):
    train_if_changed(settings, trainer())
    (settings.root / "domain.yml").write_text("v2")
    with pytest.raises(CannotStart):
        train_if_changed(settings, trainer("import os; os.kill(os.getpid(), 9)"))
    assert model(settings) == "whole v1"
    assert train_if_changed(settings, trainer())
    assert model(settings) == "whole v2"
    assert {p.name for p in settings.models_folder.iterdir()} == {"jiesu.tar.gz", "fingerprint"}


def test_a_trainer_that_leaves_no_model_is_a_failure(settings):
    with pytest.raises(CannotStart):
        train_if_changed(settings, lambda target: [sys.executable, "-c", "pass"])


def test_the_log_is_where_the_message_says(settings):
    train_if_changed(settings, trainer("print('epoch 1')"))
    assert "epoch 1" in Path(settings.var / "log/training.log").read_text()
