"""Entities of a message from three sources: known names, patterns, a trained model."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    spans,
)
from bot.nlu.entity_features import Word
from bot.nlu.entity_model import EntityModel
from bot.nlu.entity_patterns import Span
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.stored_component import StoredComponent
from bot.nlu.zh_tokenizer import START, TAG

_SHORT, _OPENING = 60, 140  # characters
_SENTENCE = re.compile(r"[^。!?;]+[。!?;]*")
_NAMES = ("org", "person", "place")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ZhEntityExtractor(StoredComponent, EntityExtractorMixin):
    """Sets Rasa's entities; positions and values are those of the message as written."""

    @classmethod
    def required_components(cls) -> list[type]:
        """What must stand before this in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`regions`: folder of the region files; `iterations` of the model's training."""
        return {"regions": "data/regions", "iterations": 15}

    @classmethod
    def sources(cls, config: dict[str, Any]) -> list[Path]:
        """The modules of extraction and the region files."""
        modules = (entity_features, entity_model, entity_patterns, gazetteer, spans)
        files = [Path(__file__), *(Path(str(module.__file__)) for module in modules)]
        return [*files, *normalise.sources(), *gazetteer.region_files(Path(config["regions"]))]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._names = Gazetteer({})
        self._model: EntityModel | None = None

    def prepare(self) -> None:
        """Read the names of the region files; raises RegionFileError."""
        self._names = Gazetteer(gazetteer.read_names(Path(self._config["regions"])))

    def train(self, training_data: TrainingData) -> Resource:
        """Train the model and store it with the known names."""
        examples = [
            piece
            for message in training_data.nlu_examples
            for piece in _pieces(*training_example(message), _words(message))
        ]
        self._model = EntityModel.train(examples, self._config["iterations"])
        return self.save()

    def write(self, directory: Path) -> None:
        model_files.write_json(directory / "names.json", self._names.names)
        if self._model:
            (directory / "model.crfsuite").write_bytes(self._model.content)

    def read(self, directory: Path) -> None:
        self._names = Gazetteer(model_files.read_json(directory / "names.json"))
        self._model = EntityModel((directory / "model.crfsuite").read_bytes())

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
        trained = list(self._read(plain, _words(message)))
        sources = (self._names.find(plain), entity_patterns.find_patterns(plain), trained)
        stripped = [[spans.strip_punctuation(plain, span) for span in found] for found in sources]
        merged = spans.merge(*([span for span in found if span] for found in stripped))
        return [_entity(text, offsets, span) for span in merged]

    def _read(self, plain: str, words: list[Word]) -> Iterator[Span]:
        """What the model finds, read as a clerk reads: who is meant stands in the opening.

        After it, only sentences count that name a person by title, and all until a body is named.
        That is twice as fast on letters, and fewer bodies named in passing are taken for it.
        """
        is_named = False
        for start, end in _stretches(plain):
            part = plain[start:end]
            if not self._model or (is_named and not entity_features.names_a_person(part)):
                continue
            for span in self._model.find(part, _within(words, start, end)):
                is_named = is_named or span.label == "org"
                yield span._replace(start=span.start + start, end=span.end + start)


def _stretches(plain: str) -> Iterator[tuple[int, int]]:
    """The opening, whole sentences of together _OPENING characters or more; then each sentence."""
    start = 0
    for sentence in _SENTENCE.finditer(plain):
        end = sentence.end()
        if end >= _OPENING or end == len(plain):
            yield start, end
            start = end
    if start < len(plain):
        yield start, len(plain)


def _within(words: list[Word], start: int, end: int) -> list[Word]:
    return [
        word._replace(start=word.start - start, end=word.end - start)
        for word in words
        if start <= word.start and word.end <= end
    ]


def _words(message: Message) -> list[Word]:
    return [
        Word(token.data[START], token.data[START] + len(token.text), token.text, token.data[TAG])
        for token in message.get(TOKENS_NAMES[TEXT], [])
    ]


def _pieces(
    plain: str, found: list[Span], words: list[Word]
) -> Iterator[tuple[str, list[Word], list[Span]]]:
    """A message to learn from: a short one whole, of a letter only the sentences that name someone.

    The others would more than double the time of training and change nothing.
    """
    if len(plain) <= _SHORT:
        yield plain, words, found
        return
    for sentence in _SENTENCE.finditer(plain):
        start, end = sentence.span()
        inside = [s for s in found if start <= s.start and s.end <= end]
        if any(span.label in _NAMES for span in inside):
            yield (
                sentence.group(),
                _within(words, start, end),
                [s._replace(start=s.start - start, end=s.end - start) for s in inside],
            )


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
