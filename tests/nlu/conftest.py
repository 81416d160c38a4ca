"""Real training data and segmenter, read once for all tests of the language understanding."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.zh_tokenizer import build_segmenter, parse_dictionary

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def dictionary() -> list[tuple[str, int, str]]:
    text = (ROOT / "data/nlu/dictionary.txt").read_text(encoding="utf-8")
    return parse_dictionary(text)


@pytest.fixture(scope="session")
def segmenter(dictionary: list[tuple[str, int, str]]) -> jieba.Tokenizer:
    return build_segmenter(dictionary)


@pytest.fixture(scope="session")
def examples() -> list[Message]:
    files = sorted((ROOT / "data/nlu").rglob("*.yml"))
    return [message for path in files for message in load_data(str(path)).nlu_examples]
