"""Trains the model when what it is made from has changed, and only then."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from processes.labelled import as_training_data, read_labelled
from processes.learning import extra_file
from processes.preflight import CannotStart
from processes.progress import waiting
from processes.supervisor import die_with_parent
from settings import Settings

_SOURCES = ("config.yml", "domain.yml", "requirements.txt")
_FOLDERS = ("data/nlu", "data/stories", "bot/nlu")


def model_file(settings: Settings) -> Path:
    """The trained model."""
    return settings.models_folder / "jiesu.tar.gz"


def fingerprint(settings: Settings) -> str:
    """SHA-256 over all that the model is made from."""
    digest = hashlib.sha256()
    folders = [settings.root / folder for folder in _FOLDERS] + [settings.regions_folder]
    files = [settings.root / name for name in _SOURCES]
    for folder in folders:
        files += [p for p in folder.rglob("*") if p.suffix in (".yml", ".py", ".txt", ".json")]
    for file in sorted(files):
        digest.update(file.relative_to(settings.root).as_posix().encode())
        digest.update(file.read_bytes())
    if extra_file(settings).exists():
        digest.update(extra_file(settings).read_bytes())
    return digest.hexdigest()


def rasa_command(target: Path, *more: Path) -> list[str]:
    """The command that trains a model into the file `target`, also from the folders `more`."""
    return [sys.executable, "-m", "processes.rasa_training", str(target), *map(str, more)]


def train_if_changed(settings: Settings, command: Callable[..., list[str]] = rasa_command) -> bool:
    """Train when the model is missing or older than its sources. Returns whether it trained.

    The model that is there stays until a new one is whole. Raises CannotStart when training fails,
    DataFileError when an operator's labelled messages cannot be read.
    """
    model, mark = model_file(settings), settings.models_folder / "fingerprint"
    wanted = fingerprint(settings)
    if model.exists() and mark.exists() and mark.read_text() == wanted:
        return False
    settings.models_folder.mkdir(exist_ok=True)
    fresh = settings.models_folder / "unfinished.tar.gz"
    fresh.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _train(settings, command(fresh, *_extra_data(settings, Path(folder))))
    if not fresh.exists():
        raise CannotStart("模型训练结束了，却没有留下模型文件：请看训练日志。")
    mark.unlink(missing_ok=True)  # it speaks of the model that goes now
    fresh.replace(model)
    mark.write_text(wanted)
    return True


def _extra_data(settings: Settings, folder: Path) -> list[Path]:
    """The operator's labelled messages as training data in `folder`; nothing if there are none."""
    if not extra_file(settings).exists():
        return []
    rows = read_labelled(extra_file(settings))
    (folder / "extra.yml").write_text(as_training_data(rows), encoding="utf-8")
    return [folder]


def _train(settings: Settings, command: list[str]) -> None:
    log = settings.var / "log" / "training.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        training = subprocess.Popen(
            command,
            cwd=settings.root,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
            preexec_fn=die_with_parent,
        )
        try:
            waiting("训练模型", lambda: training.poll() is not None)
        except BaseException:
            training.kill()
            training.wait()
            raise
    if training.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise CannotStart(f"模型训练失败，日志在 {log}，末尾是：\n{tail}")
