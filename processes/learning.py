"""Learning from use: an operator's labelled messages join the training examples if that helps.

Five-fold cross-validation decides: the model of `data/nlu` alone against models that also learned
from four fifths of the messages, each message judged by a model that has not seen it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from processes.labelled import Labelled, as_training_data, read_labelled
from processes.rasa_server import prepare
from settings import Settings

if TYPE_CHECKING:  # Rasa must be imported after `prepare`
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.nlu.pipeline import Pipeline

FOLDS = 5


@dataclass(frozen=True)
class Score:
    """How many of `total` messages were given the right act and the right kind."""

    total: int = 0
    acts: int = 0
    kinds: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.total + other.total, self.acts + other.acts, self.kinds + other.kinds)

    def __str__(self) -> str:
        return f"行为 {self.acts / self.total:.3f}，类别 {self.kinds / self.total:.3f}"


@dataclass(frozen=True)
class Comparison:
    """The same messages before and after learning."""

    before: Score
    after: Score

    @property
    def is_worse(self) -> bool:
        """Whether fewer acts and kinds together are right than before."""
        return self.after.acts + self.after.kinds < self.before.acts + self.before.kinds


def extra_file(settings: Settings) -> Path:
    """The labelled messages that training uses beside data/nlu; outside of the repository."""
    return settings.var / "nlu" / "extra.jsonl"


def compare(settings: Settings, rows: Sequence[Labelled]) -> Comparison:
    """Judge `rows` by the model without them and by models that learned from the others."""
    prepare()
    from bot.nlu.pipeline import read_examples

    base = read_examples(settings.root / "data" / "nlu")
    before = score(train(settings, base, ()), rows)
    after = Score()
    for learned, judged in folds(rows):
        after += score(train(settings, base, learned), judged)
    return Comparison(before, after)


def folds(rows: Sequence[Labelled]) -> Iterator[tuple[list[Labelled], list[Labelled]]]:
    """Split into FOLDS parts, always the same and in no order of time; yields (others, part)."""
    mixed = sorted(rows, key=lambda row: hashlib.sha256(row.whole.encode()).digest())
    for fold in range(FOLDS):
        judged = mixed[fold::FOLDS]
        if judged:
            yield [row for i, row in enumerate(mixed) if i % FOLDS != fold], judged


def train(settings: Settings, base: TrainingData, rows: Sequence[Labelled]) -> Pipeline:
    """Act and kind learned from `base` and `rows`, by the steps of config.yml."""
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.nlu.pipeline import Pipeline, steps_of
    from bot.nlu.zh_entities import ZhEntityExtractor

    steps = steps_of(settings.root / "config.yml")
    steps = [(step, config) for step, config in steps if step is not ZhEntityExtractor]
    examples = list(base.training_examples)
    if rows:
        examples += RasaYAMLReader().reads(as_training_data(rows)).training_examples
    # Training hangs tokens and features onto the messages, so each gets messages of its own.
    data = TrainingData([Message(dict(message.data)) for message in examples])
    with tempfile.TemporaryDirectory() as folder:
        return Pipeline.train(steps, data, Path(folder))


def score(pipeline: Pipeline, rows: Sequence[Labelled]) -> Score:
    """How many acts and kinds are right."""
    found = [pipeline.parse(row.whole) for row in rows]
    pairs = list(zip(found, rows, strict=True))
    return Score(
        total=len(rows),
        acts=sum(answer["intent"]["name"] == row.act for answer, row in pairs),
        kinds=sum(answer["kind"]["name"] == row.kind for answer, row in pairs),
    )


def learn(settings: Settings, file: Path) -> bool:
    """Take the messages of `file` into the training set unless that makes the model worse.

    Says both accuracies. Returns whether they were taken. Raises DataFileError for a wrong line.
    """
    rows = read_labelled(file)
    print(f"用 {len(rows)} 条标注信息做 {FOLDS} 折交叉验证，需要几分钟……", flush=True)
    found = compare(settings, rows)
    print(f"学之前：{found.before}\n学之后：{found.after}")
    if found.is_worse:
        print("学了反而变差，没有采用；原来的模型不变。")
        return False
    target = extra_file(settings)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_bytes(file.read_bytes())
    return True


def forget(settings: Settings) -> None:
    """Train without labelled messages again."""
    extra_file(settings).unlink(missing_ok=True)
