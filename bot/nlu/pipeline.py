"""The steps of config.yml run by hand, without a Rasa server: for measurements and tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from bot.nlu.act_kind_classifier import ActKindClassifier
from bot.nlu.stored_component import StoredComponent
from bot.nlu.text_features import TextFeatures
from bot.nlu.zh_entities import ZhEntityExtractor
from bot.nlu.zh_tokenizer import ZhTokenizer

Step = tuple[type[StoredComponent], dict[str, Any]]

_OURS = (ZhTokenizer, TextFeatures, ActKindClassifier, ZhEntityExtractor)


def steps_of(config: Path) -> list[Step]:
    """Our components in a Rasa config file with their settings; others are passed over."""
    by_name = {f"{step.__module__}.{step.__name__}": step for step in _OURS}
    entries = YAML(typ="safe").load(config.read_text(encoding="utf-8"))["pipeline"]
    return [
        (step, {**step.get_default_config(), **{k: v for k, v in entry.items() if k != "name"}})
        for entry in entries
        if (step := by_name.get(entry["name"]))
    ]


def read_examples(folder: Path) -> TrainingData:
    """All training examples in the YAML files under `folder`."""
    files = sorted(folder.rglob("*.yml"))
    return TrainingData().merge(*(RasaYAMLReader().read(str(path)) for path in files))


class Pipeline:
    """Trained components in their order."""

    def __init__(self, components: Sequence[StoredComponent]) -> None:
        self._components = components

    @classmethod
    def train(cls, steps: Sequence[Step], data: TrainingData, folder: Path) -> Pipeline:
        """Train each step on `data`, keeping its files in the empty folder `folder`."""
        storage = LocalModelStorage.create(folder)
        context = ExecutionContext(GraphSchema({}))
        components: list[StoredComponent] = []
        for step, config in steps:
            component = step.create(config, storage, Resource(step.__name__), context)
            component.train(data)
            data = component.process_training_data(data)
            components.append(component)
        return cls(components)

    @classmethod
    def load(cls, steps: Sequence[Step], folder: Path) -> Pipeline:
        """The pipeline that `train` kept in `folder`; raises ModelFileError."""
        storage = LocalModelStorage(folder)
        context = ExecutionContext(GraphSchema({}))
        return cls(
            [step.load(config, storage, Resource(step.__name__), context) for step, config in steps]
        )

    def parse(self, text: str) -> dict[str, Any]:
        """What Rasa's parse of a message would give."""
        message = Message({"text": text})
        for component in self._components:
            component.process([message])
        return message.as_dict(only_output_properties=True)
