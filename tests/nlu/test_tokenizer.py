from __future__ import annotations

import jieba
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.zh_tokenizer import DictionaryError, ZhTokenizer, parse_dictionary


def test_every_dictionary_word_stays_one_token(
    dictionary: list[tuple[str, int, str]], segmenter: jieba.Tokenizer
) -> None:
    cut = {word: list(segmenter.cut(word)) for word, _, _ in dictionary}
    assert {word: parts for word, parts in cut.items() if parts != [word]} == {}


def test_no_dictionary_word_stands_twice(dictionary: list[tuple[str, int, str]]) -> None:
    words = [word for word, _, _ in dictionary]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_our_words_do_not_reach_the_segmenter_of_others(
    dictionary: list[tuple[str, int, str]], segmenter: jieba.Tokenizer
) -> None:
    assert "课后延时服务" in segmenter.FREQ
    assert "课后延时服务" not in jieba.dt.FREQ


@pytest.mark.parametrize("line", ["双减", "双减 多 词", "双减 1 词 多"])
def test_a_wrong_dictionary_line_is_named(line: str) -> None:
    with pytest.raises(DictionaryError, match="line 2"):
        parse_dictionary(f"# 词 频 词性\n{line}\n")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> ZhTokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    words = folder / "words.txt"
    words.write_text("课后延时服务 20000 after_school\n", encoding="utf-8")
    (folder / "model").mkdir()
    return ZhTokenizer.create(
        {**ZhTokenizer.get_default_config(), "dictionary": str(words)},
        LocalModelStorage.create(folder / "model"),
        Resource("tokenizer"),
        ExecutionContext(GraphSchema({})),
    )


@pytest.mark.parametrize(
    "text", ["強制課後延時服務！！！", "  课后延时服务\n要交 钱 ", "/report 😭", "", " ", "😭"]
)
def test_tokens_are_never_blank_and_lie_in_the_message_as_written(
    tokenizer: ZhTokenizer, text: str
) -> None:
    message = Message({"text": text})
    tokenizer.process([message])
    tokens = message.get("text_tokens")
    assert message.get("text") == text
    assert all(token.text.strip() for token in tokens)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)


def test_a_dictionary_word_is_known_in_traditional_writing(tokenizer: ZhTokenizer) -> None:
    tokens = tokenizer.tokenize(Message({"text": "強制課後延時服務"}), "text")
    assert [(t.text, t.start, t.end, t.data["tag"]) for t in tokens][-1] == (
        "课后延时服务",
        2,
        8,
        "after_school",
    )


def test_a_changed_dictionary_changes_the_fingerprint(tokenizer: ZhTokenizer, tmp_path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("甲乙 1 x", encoding="utf-8")
    before = ZhTokenizer.fingerprint_addon({"dictionary": str(path)})
    path.write_text("甲乙 2 x", encoding="utf-8")
    assert before != ZhTokenizer.fingerprint_addon({"dictionary": str(path)})
