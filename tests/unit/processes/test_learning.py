"""An operator's labelled messages are checked, learned from, and left out if they do harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datafiles import DataFileError
from processes import learning
from processes.labelled import Labelled, as_training_data, read_labelled
from processes.learning import Comparison, Score, extra_file, folds, learn
from processes.training import model_file, train_if_changed

ROW = {
    "title": "青木小学周六上课", "text": "青木小学周六上课，老师姓吴(教数学)。", "act": "report",
    "category": "school_makeup_classes", "org": ["青木小学"], "when": ["周六"], "second": None,
}  # fmt: skip


def written(path, *rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"act": "shout"}, "act"),
        ({"category": "pets"}, "category"),
        ({"text": " "}, "text"),
        ({"title": 3}, "title"),
        ({"org": "青木小学"}, "org"),
    ],
)
def test_a_wrong_line_is_named_with_file_line_and_field(tmp_path, change, field):
    file = written(tmp_path / "mine.jsonl", ROW, ROW | change)
    with pytest.raises(DataFileError, match=rf"mine\.jsonl:2: {field}: "):
        read_labelled(file)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"[1]"])
def test_a_file_without_messages_is_refused(tmp_path, content):
    (tmp_path / "mine.jsonl").write_bytes(content)
    with pytest.raises(DataFileError, match=r"mine\.jsonl:1: "):
        read_labelled(tmp_path / "mine.jsonl")


def test_names_are_marked_where_they_stand_and_the_title_counts_by_itself(tmp_path):
    (row,) = read_labelled(written(tmp_path / "mine.jsonl", ROW))
    data = as_training_data([row])
    assert "- [青木小学](org)[周六](when)上课\n" in data
    assert "老师姓吴（教数学）" in data  # no bracket of a message is taken for markup
    assert "intent: report" in data and "kind: school_makeup_classes" in data


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@settings(deadline=None)  # the first one imports Rasa
@given(texts.filter(str.strip), st.lists(texts.filter(str.strip), max_size=3))
def test_rasa_reads_any_message_back_with_its_names(text, names):
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    row = Labelled("", text, "report", "enrolment", tuple(("org", name) for name in names))
    (message,) = RasaYAMLReader().reads(as_training_data([row])).intent_examples
    assert message.get("metadata") == {"intent": {"kind": "enrolment"}}
    for entity in message.get("entities", []):
        assert message.get("text")[entity["start"] : entity["end"]] == entity["value"]


@given(st.integers(1, 40))
def test_each_message_is_judged_once_by_a_model_that_has_not_seen_it(count):
    rows = [Labelled("", f"第{n}条", "report", "enrolment", ()) for n in range(count)]
    judged = [row for learned, part in folds(rows) for row in part if row not in learned]
    assert sorted(judged, key=str) == sorted(rows, key=str)


def found(before: int, after: int) -> Comparison:
    return Comparison(Score(10, 5, before), Score(10, 5, after))


def test_messages_that_do_harm_are_left_out_and_the_model_stays(
    tmp_path, environment, monkeypatch, capsys
):
    place = environment()
    file = written(tmp_path / "mine.jsonl", ROW)
    monkeypatch.setattr(learning, "compare", lambda settings, rows: found(8, 7))
    assert not learn(place, file)
    assert not extra_file(place).exists()
    assert "没有采用" in capsys.readouterr().out


def test_messages_that_help_are_kept_for_the_owner_alone_and_trained_with(
    tmp_path, environment, monkeypatch, capsys
):
    settings = environment(ROOT=tmp_path / "root")
    for folder in ("data/nlu", "data/stories", "bot/nlu", "data/regions/demo"):
        (settings.root / folder).mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "requirements.txt"):
        (settings.root / name).write_text("v1")
    monkeypatch.setattr(learning, "compare", lambda settings, rows: found(7, 8))
    assert learn(settings, written(tmp_path / "mine.jsonl", ROW))
    assert "0.700" in capsys.readouterr().out
    assert extra_file(settings).stat().st_mode & 0o077 == 0

    def trainer(target, *more):
        copy = f"cat {' '.join(f'{folder}/*' for folder in more)} > {target}"
        return ["sh", "-c", copy]

    assert train_if_changed(settings, trainer)
    assert "青木小学" in model_file(settings).read_text()
    assert not train_if_changed(settings, trainer)
    learning.forget(settings)
    assert train_if_changed(
        settings, lambda target, *more: ["sh", "-c", f"echo {len(more)} > {target}"]
    )
    assert model_file(settings).read_text() == "0\n"


SMALL = """
version: "3.1"
nlu:
- intent: report
  metadata: {kind: homework_overload}
  examples: |
    - 青木小学作业太多，写到十一点
    - 作业写不完，投诉白石小学
- intent: question
  metadata: {kind: enrolment}
  examples: |
    - 请问白石小学什么时候报名
    - 想问问学区怎么划分
"""


def test_learning_from_messages_is_judged_on_messages_it_has_not_seen(tmp_path, environment):
    place = environment(ROOT=tmp_path / "root")
    (place.root / "data/nlu").mkdir(parents=True)
    (place.root / "data/nlu/small.yml").write_text(SMALL, encoding="utf-8")
    (place.root / "words.txt").write_text("作业 20000 homework\n", encoding="utf-8")
    steps = ["ZhTokenizer", "TextFeatures", "ActKindClassifier"]
    modules = ["zh_tokenizer", "text_features", "act_kind_classifier"]
    names = [f"bot.nlu.{m}.{s}" for m, s in zip(modules, steps, strict=True)]
    pipeline = [{"name": names[0], "dictionary": str(place.root / "words.txt")}]
    pipeline += [{"name": names[1], "min_documents": 1}, {"name": names[2]}]
    (place.root / "config.yml").write_text(json.dumps({"pipeline": pipeline}))
    refund = [f"学堂{n}号店跑路，学费不退了" for n in "一二三四五六七八九十"]
    rows = [Labelled("", text, "report", "training_fees_refund", ()) for text in refund]
    found = learning.compare(place, rows)
    assert found.before == Score(10, found.before.acts, 0)  # a kind it had never heard of
    assert found.after.kinds >= 9 and not found.is_worse
