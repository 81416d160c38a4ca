"""A small model is trained, stored, loaded and damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.nlu.act_kind_classifier import ActKindClassifier
from bot.nlu.model_files import ModelFileError
from bot.nlu.pipeline import Pipeline, Step
from bot.nlu.text_features import TextFeatures
from bot.nlu.zh_entities import ZhEntityExtractor
from bot.nlu.zh_tokenizer import ZhTokenizer

EXAMPLES = """
version: "3.1"
nlu:
- intent: report
  metadata: {kind: homework_overload}
  examples: |
    - [青木小学](org)作业太多，写到[十一点](when)
    - [三年级](grade)作业写不完，投诉[白石小学](org)
    - 举报[红叶小学](org)作业超时
- intent: report
  metadata: {kind: training_fees_refund}
  examples: |
    - [蓝天学堂](org)不退学费[三千元](amount)
    - 举报[晨星学堂](org)跑路不退费
    - 退费一直拖，[绿野学堂](org)不退款
- intent: thanks
  examples: |
    - 谢谢
    - 多谢你们
    - 非常感谢
"""
MESSAGES = [
    "我要举报[青木小学](org)作业",
    "谢谢",
    "",
    "😭",
    "？？？",
    "蓝天學堂不退費３０００元！！",
]
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


def settings(folder: Path) -> list[Step]:
    words = folder / "words.txt"
    words.write_text("不退费 20000 refund\n", encoding="utf-8")
    own = {
        ZhTokenizer: {"dictionary": str(words)},
        TextFeatures: {"min_documents": 1},
        ZhEntityExtractor: {"regions": str(folder / "none"), "iterations": 20},
    }
    steps = (ZhTokenizer, TextFeatures, ActKindClassifier, ZhEntityExtractor)
    return [(step, {**step.get_default_config(), **own.get(step, {})}) for step in steps]


@pytest.fixture(scope="module")
def trained(folder: Path) -> Parse:
    data = RasaYAMLReader().reads(EXAMPLES)
    (folder / "storage").mkdir()
    return Pipeline.train(settings(folder), data, folder / "storage").parse


def load(folder: Path, storage_folder: Path) -> Parse:
    return Pipeline.load(settings(folder), storage_folder).parse


def test_a_loaded_model_says_what_the_trained_one_said(trained: Parse, folder: Path) -> None:
    loaded = load(folder, folder / "storage")
    for text in MESSAGES:
        assert loaded(text) == trained(text)


def test_act_and_kind_are_told_apart(trained: Parse) -> None:
    answer = trained("举报青木小学作业太多")
    assert answer["intent"]["name"] == "report"
    assert answer["kind"]["name"] == "homework_overload"
    assert answer["kind"] == answer["kind_ranking"][0]
    assert sum(act["confidence"] for act in answer["intent_ranking"]) == pytest.approx(1)


def test_a_message_that_names_no_matter_is_of_no_kind(trained: Parse) -> None:
    assert trained("非常感谢")["kind"]["confidence"] < 0.5


@pytest.mark.parametrize("text", ["", " ", "\n", "😭😭", "？？？！", "。", "\u200b", "龘"])
def test_a_message_that_says_nothing_is_left_to_the_fallback(trained: Parse, text: str) -> None:
    answer = trained(text)
    assert answer["intent"]["confidence"] <= 0.5
    assert answer["entities"] == []


def test_entities_are_quoted_as_the_parent_wrote_them(trained: Parse) -> None:
    text = "他們收了３０００元！！！"
    (found,) = [e for e in trained(text)["entities"] if e["entity"] == "amount"]
    assert found["value"] == "３０００元" == text[found["start"] : found["end"]]
    assert found["extractor"] == "ZhEntityExtractor"


@pytest.mark.parametrize(
    "name",
    [
        "ZhTokenizer/words.txt",
        "TextFeatures/vocabulary.json",
        "TextFeatures/idf.npz",
        "ActKindClassifier/kind.npz",
        "ZhEntityExtractor/model.crfsuite",
        "ZhEntityExtractor/names.json",
        "ActKindClassifier/seal.json",
    ],
)
def test_a_damaged_model_is_refused(trained: Parse, folder: Path, tmp_path: Path, name) -> None:
    copy = copied(folder / "storage", tmp_path)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ModelFileError, match=name.split("/")[0] if "seal" not in name else ""):
        load(folder, copy)


def test_a_missing_or_added_file_is_refused(trained: Parse, folder: Path, tmp_path: Path) -> None:
    copy = copied(folder / "storage", tmp_path)
    (copy / "ActKindClassifier/extra.pkl").write_bytes(b"x")
    with pytest.raises(ModelFileError, match=r"extra\.pkl"):
        load(folder, copy)
    (copy / "ActKindClassifier/extra.pkl").unlink()
    (copy / "ActKindClassifier/act.npz").unlink()
    with pytest.raises(ModelFileError, match=r"act\.npz"):
        load(folder, copy)


def copied(storage: Path, target: Path) -> Path:
    for path in storage.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(storage)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return target
