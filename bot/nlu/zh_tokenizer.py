"""Chinese word segmentation with our own dictionary of domain words."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import jieba
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import normalise
from bot.nlu.stored_component import StoredComponent

jieba.setLogLevel(logging.WARNING)

# Keys of a token's data: the dictionary's tag ("" if none), and where the word begins in the
# normalised text (the token's own start and end refer to the message as written).
TAG, START = "tag", "start"


class DictionaryError(RasaException):
    """A line of the domain dictionary is not "word frequency tag"."""


def parse_dictionary(text: str) -> list[tuple[str, int, str]]:
    """Read lines "word frequency tag" (# begins a comment); raises DictionaryError."""
    words = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        if len(fields) != 3 or not fields[1].isdecimal():
            raise DictionaryError(f"dictionary line {number}: expected 词 频 词性, found {line!r}")
        words.append((normalise.normalise(fields[0])[0], int(fields[1]), fields[2]))
    return words


@lru_cache(maxsize=1)
def _general_frequencies() -> tuple[dict[str, int], int]:
    # Built here instead of by jieba.initialize, which leaves a marshal file in a shared folder.
    plain = jieba.Tokenizer()
    frequencies, total = plain.gen_pfdict(plain.get_dict_file())
    return frequencies, total


def build_segmenter(words: list[tuple[str, int, str]]) -> jieba.Tokenizer:
    """A segmenter of its own (nothing process-wide changes) that knows `words`."""
    segmenter = jieba.Tokenizer()
    frequencies, segmenter.total = _general_frequencies()
    segmenter.FREQ = dict(frequencies)
    segmenter.initialized = True
    for word, frequency, tag in words:
        segmenter.add_word(word, frequency, tag)
    return segmenter


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ZhTokenizer(StoredComponent, Tokenizer):
    """Tokens carry normalised words; their start and end refer to the message as written."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Chinese only."""
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings; `dictionary`: file of domain words."""
        return {
            "dictionary": "data/nlu/dictionary.txt",
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def sources(cls, config: dict[str, Any]) -> list[Path]:
        """The dictionary, and what it is read with."""
        return [Path(config["dictionary"]), Path(__file__), *normalise.sources()]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        Tokenizer.__init__(self, config)
        StoredComponent.__init__(self, config, storage, resource)
        self._use("")

    def prepare(self) -> None:
        """Read the dictionary; raises DictionaryError."""
        self._use(Path(self._config["dictionary"]).read_text(encoding="utf-8"))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the dictionary in the model: a server needs no data folder."""
        return self.save()

    def write(self, directory: Path) -> None:
        (directory / "words.txt").write_text(self._words, encoding="utf-8")

    def read(self, directory: Path) -> None:
        self._use((directory / "words.txt").read_text(encoding="utf-8"))

    def _use(self, words: str) -> None:
        self._words = words
        entries = parse_dictionary(words)
        self._tags = {word: tag for word, _, tag in entries}
        self._segmenter = build_segmenter(entries) if entries else None

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Segment one text; spaces are no tokens, a dictionary word carries its tag."""
        text, offsets = normalise.normalise(message.get(attribute))
        tokens = []
        for word, start, end in self._segmenter.tokenize(text):
            if word.strip():
                first, last = normalise.original_span(offsets, start, end)
                data = {TAG: self._tags.get(word, ""), START: start}
                tokens.append(Token(word, first, last, data=data))
        return tokens
