"""Sparse tf-idf features of a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from bot.nlu import model_files, ngrams, normalise, passages
from bot.nlu.stored_component import StoredComponent
from bot.nlu.zh_tokenizer import START, TAG


class Vocabulary:
    """The known features with their weights; turns counts into a sparse vector.

    Words, tags and character n-grams form a block each. Each block has length one, so that the
    many character n-grams do not outweigh the few words.
    """

    def __init__(self, names: list[str], idf: np.ndarray) -> None:
        """`names` in the order of their columns, `idf` the weight of each."""
        self.names, self.idf = names, idf
        self._columns = {name: column for column, name in enumerate(names)}
        self._blocks = np.array([ngrams.BLOCKS.index(name[0]) for name in names], dtype=np.int32)

    @classmethod
    def fit(cls, documents: Iterable[Mapping[str, int]], min_documents: int) -> Vocabulary:
        """Learn the features that occur in at least `min_documents` of `documents`."""
        frequency: Counter[str] = Counter()
        total = 0
        for document in documents:
            frequency.update(document.keys())
            total += 1
        names = sorted(name for name, count in frequency.items() if count >= min_documents)
        counts = np.array([frequency[name] for name in names], dtype=np.float64)
        idf = np.log((1 + total) / (1 + counts)) + 1
        return cls(names, idf.astype(np.float32))

    def row(self, weighted: Iterable[tuple[float, Mapping[str, int]]]) -> csr_matrix:
        """The weighted sum of the vectors of several counts; empty if nothing is known."""
        parts = [(weight, *self._vector(counts)) for weight, counts in weighted]
        indices = np.concatenate([columns for _, columns, _ in parts])
        values = np.concatenate([weight * values for weight, _, values in parts])
        pointers = np.array([0, len(indices)], dtype=np.int32)
        row = csr_matrix((values, indices, pointers), shape=(1, len(self.names)))
        row.sum_duplicates()
        return row

    def _vector(self, counts: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values: (1 + log count) · idf, each block scaled to length one."""
        columns = self._columns
        known = [(columns[name], count) for name, count in counts.items() if name in columns]
        indices = np.array([column for column, _ in known], dtype=np.int32)
        values = np.array([count for _, count in known], dtype=np.float32)
        values = (1 + np.log(values)) * self.idf[indices]
        blocks = self._blocks[indices]
        lengths = np.sqrt(np.bincount(blocks, values**2, minlength=len(ngrams.BLOCKS)))
        return indices, (values / lengths[blocks]).astype(np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextFeatures(StoredComponent):
    """Adds one sparse row to each message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """What must stand before this in the pipeline."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_documents`: a feature of fewer training examples is not learned."""
        return {"min_documents": 3}

    @classmethod
    def sources(cls, config: dict[str, Any]) -> list[Path]:
        """The modules that make features."""
        modules = (Path(str(module.__file__)) for module in (ngrams, passages))
        return [Path(__file__), *modules, *normalise.sources()]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._vocabulary = Vocabulary([], np.zeros(0, dtype=np.float32))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn vocabulary and weights, and store them."""
        documents = [_Text(message).counts() for message in training_data.nlu_examples]
        self._vocabulary = Vocabulary.fit(documents, self._config["min_documents"])
        return self.save()

    def write(self, directory: Path) -> None:
        model_files.write_json(directory / "vocabulary.json", self._vocabulary.names)
        model_files.write_arrays(directory / "idf.npz", idf=self._vocabulary.idf)

    def read(self, directory: Path) -> None:
        names = model_files.read_json(directory / "vocabulary.json")
        (idf,) = model_files.read_arrays(directory / "idf.npz", "idf")
        self._vocabulary = Vocabulary(names, idf)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to the examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages; a message without known features gets an empty row."""
        for message in messages:
            if isinstance(message.get(TEXT), str):
                row = self._vocabulary.row(_Text(message).weighted_counts())
                name = type(self).__name__
                message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, name))
        return messages


class _Text:
    """A message's normalised text and words, to count features in all or part of it."""

    def __init__(self, message: Message) -> None:
        self.text, _ = normalise.normalise(message.get(TEXT))
        self.tokens = message.get(TOKENS_NAMES[TEXT], [])

    def counts(self, start: int = 0, end: int | None = None) -> Counter[str]:
        end = len(self.text) if end is None else end
        words = [
            (token.text, token.data[TAG])
            for token in self.tokens
            if start <= token.data[START] < end
        ]
        return ngrams.count_features(self.text[start:end], words)

    def weighted_counts(self) -> list[tuple[float, Counter[str]]]:
        """The whole, its opening, and its passages together count a third each.

        On letters this is right more often than the whole alone, by eight in a hundred.
        """
        stretches = passages.passages(self.text)
        if len(stretches) < 2:
            return [(1.0, self.counts())]
        return [
            (1 / 3, self.counts()),
            (1 / 3, self.counts(*passages.opening(self.text))),
            *((1 / 3 / len(stretches), self.counts(*stretch)) for stretch in stretches),
        ]
