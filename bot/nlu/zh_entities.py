"""Entities of a message from three sources: known names, patterns, a trained model."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import (
    entity_features,
    entity_model,
    entity_patterns,
    gazetteer,
    model_files,
    normalise,
)
from bot.nlu.entity_features import Word
from bot.nlu.entity_model import EntityModel
from bot.nlu.entity_patterns import Span
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.zh_tokenizer import START, TAG

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_OPENING, _CLOSING = "(《“\"'", ")》”\"'"


def merge(*sources: Iterable[Span]) -> list[Span]:
    """One answer for each stretch of text; `sources` in order of trust.

    The source trusted more wins, within a source the longer span. But a longer org contains what
    stands inside it: 星光数学 is a body, not a subject.
    """
    ranked = [(rank, span) for rank, spans in enumerate(sources) for span in spans]
    orgs = [span for _, span in ranked if span.label == "org"]
    ranked = [(rank, span) for rank, span in ranked if not any(_inside(span, o) for o in orgs)]
    chosen: list[Span] = []
    for _, span in sorted(ranked, key=lambda item: (item[0], item[1].start - item[1].end)):
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _inside(span: Span, other: Span) -> bool:
    longer = other.end - other.start > span.end - span.start
    return longer and other.start <= span.start and span.end <= other.end


def strip_punctuation(text: str, span: Span) -> Span | None:
    """Shorten `span` until it begins and ends with a letter or digit; None if nothing is left."""
    inner = text[span.start : span.end]
    kept = _EDGES.sub("", inner)
    if not kept:
        return None
    start = span.start + inner.index(kept)
    end = start + len(kept)
    closing = text[end : span.end][:1]
    if closing and closing in _CLOSING and _OPENING[_CLOSING.index(closing)] in kept:
        end += 1  # 星光教育(东街店): the bracket belongs to the name
    return Span(start, end, span.label)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ZhEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Sets Rasa's entities; positions and values are those of the message as written."""

    @classmethod
    def required_components(cls) -> list[type]:
        """What must stand before this in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`regions`: folder of the region files; `iterations` of the model's training."""
        return {"regions": "data/regions", "iterations": 40}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What besides this class and its config decides the result."""
        modules = (entity_features, entity_model, entity_patterns, gazetteer, model_files)
        folder = Path(config.get("regions", cls.get_default_config()["regions"]))
        return model_files.digest(
            Path(__file__),
            *(Path(str(module.__file__)) for module in modules),
            *normalise.sources(),
            *gazetteer.region_files(folder),
        )

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        names: Gazetteer,
        model: EntityModel | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._names, self._model = names, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ZhEntityExtractor:
        """A new, untrained component (Rasa's interface)."""
        names = Gazetteer(gazetteer.read_names(Path(config["regions"])))
        return cls(config, model_storage, resource, names)

    def train(self, training_data: TrainingData) -> Resource:
        """Train the model and store it with the known names."""
        examples = []
        for message in training_data.nlu_examples:
            plain, spans = training_example(message)
            examples.append((plain, _words(message), spans))
        self._model = EntityModel.train(examples, self._config["iterations"])
        with self._storage.write_to(self._resource) as directory:
            model_files.write_json(directory / "names.json", self._names.names)
            (directory / "model.crfsuite").write_bytes(self._model.content)
            model_files.seal(directory, type(self).__name__)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ZhEntityExtractor:
        """The component as trained; raises ModelFileError for files that are not its own."""
        with model_storage.read_from(resource) as directory:
            model_files.check_seal(directory, cls.__name__)
            names = Gazetteer(model_files.read_json(directory / "names.json"))
            model = EntityModel((directory / "model.crfsuite").read_bytes())
        return cls(config, model_storage, resource, names, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those it has."""
        for message in messages:
            if isinstance(message.get(TEXT), str):
                found = self.add_extractor_name(self._extract(message))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing: the examples keep their own entities."""
        return training_data

    def _extract(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT)
        plain, offsets = normalise.normalise(text)
        trained = self._model.find(plain, _words(message)) if self._model and plain else ()
        sources = (self._names.find(plain), entity_patterns.find_patterns(plain), trained)
        stripped = [[strip_punctuation(plain, span) for span in spans] for spans in sources]
        merged = merge(*([span for span in spans if span] for spans in stripped))
        return [_entity(text, offsets, span) for span in merged]


def _words(message: Message) -> list[Word]:
    return [
        Word(token.data[START], token.data[START] + len(token.text), token.text, token.data[TAG])
        for token in message.get(TOKENS_NAMES[TEXT], [])
    ]


def _entity(text: str, offsets: list[int], span: Span) -> dict[str, Any]:
    start, end = normalise.original_span(offsets, span.start, span.end)
    return {
        ENTITY_ATTRIBUTE_TYPE: span.label,
        ENTITY_ATTRIBUTE_START: start,
        ENTITY_ATTRIBUTE_END: end,
        ENTITY_ATTRIBUTE_VALUE: text[start:end],
    }


def training_example(message: Message) -> tuple[str, list[Span]]:
    """The normalised text of an annotated example, and its spans in that text."""
    plain, offsets = normalise.normalise(message.get(TEXT))
    spans = []
    for entity in message.get(ENTITIES, []):
        start = bisect_left(offsets, entity[ENTITY_ATTRIBUTE_START])
        end = bisect_left(offsets, entity[ENTITY_ATTRIBUTE_END])
        if start < end:
            spans.append(Span(start, end, entity[ENTITY_ATTRIBUTE_TYPE]))
    return plain, spans
