from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entity_patterns import Span, find_patterns
from bot.nlu.gazetteer import Gazetteer, RegionFileError, read_names
from bot.nlu.normalise import normalise
from bot.nlu.spans import merge, strip_punctuation


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("他们每周六上午开课", "when", "每周六上午"),
        ("就是周日那天", "when", "周日"),
        ("晚上8点半才放人", "when", "晚上8点半"),
        ("暑假一直在上", "when", "暑假"),
        ("国庆也不停", "when", "国庆"),
        ("周六下午两点到六点上课", "when", "周六下午两点到六点"),
        ("2025年7月6日至7月28日期间", "when", "2025年7月6日至7月28日"),
        ("每逢週六日補課", "when", "每逢週六日"),
        ("给五年级孩子", "grade", "五年级"),
        ("新初一衔接", "grade", "新初一"),
        ("交了3000元学费", "amount", "3000元"),
        ("一共两万八千块钱", "amount", "两万八千块钱"),
        ("收了２００块", "amount", "２００块"),
        ("教奥数的", "subject", "奥数"),
    ],
)
def test_forms_are_found(text: str, label: str, value: str) -> None:
    plain, offsets = normalise(text)
    found = [s for s in find_patterns(plain) if s.label == label]
    assert [text[offsets[s.start] : offsets[s.end - 1] + 1] for s in found] == [value]


@pytest.mark.parametrize("text", ["数学老师姓刘", "一块去上学", "有一点不满", "大班额问题"])
def test_words_that_only_look_like_a_form_are_left_alone(text: str) -> None:
    assert list(find_patterns(text)) == []


def test_a_known_name_beats_a_pattern_and_a_pattern_beats_the_model() -> None:
    known, pattern, trained = Span(0, 3, "place"), Span(2, 5, "when"), Span(4, 8, "grade")
    assert merge([known], [pattern], [trained]) == [known, trained]
    assert merge([], [pattern], [trained]) == [pattern]


def test_a_longer_name_of_a_body_contains_what_stands_in_it() -> None:
    body, subject, district = Span(0, 7, "org"), Span(5, 7, "subject"), Span(0, 3, "place")
    assert merge([district], [subject], [body]) == [body]


SPANS = st.builds(
    lambda start, size, label: Span(start, start + size, label),
    st.integers(0, 30),
    st.integers(1, 8),
    st.sampled_from(["org", "place", "when"]),
)


@given(st.lists(SPANS), st.lists(SPANS), st.lists(SPANS))
def test_no_two_answers_overlap(one: list[Span], two: list[Span], three: list[Span]) -> None:
    merged = merge(one, two, three)
    assert set(merged) <= {*one, *two, *three}
    assert all(a.end <= b.start for a, b in pairwise(merged))


def test_marks_around_a_value_are_dropped() -> None:
    assert strip_punctuation("“星光学堂”，", Span(0, 7, "org")) == Span(1, 5, "org")
    assert strip_punctuation("星光(东店)。", Span(0, 7, "org")) == Span(0, 6, "org")
    assert strip_punctuation("，。", Span(0, 2, "org")) is None


def test_names_come_from_the_region_files(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    (tmp_path / "city/a.yml").write_text(
        "schools:\n- name: 澄湖小学\n  aliases: [澄小]\n- name: 澄湖区教育局\n"
        "streets:\n- {name: 柳岸街道}\n",
        encoding="utf-8",
    )
    assert read_names(tmp_path) == {"澄湖小学": "org", "澄小": "org", "柳岸街道": "place"}
    assert read_names(tmp_path / "missing") == {}


def test_a_region_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(RegionFileError, match=r"b\.yml"):
        read_names(tmp_path)


def test_the_longest_known_name_is_taken() -> None:
    names = Gazetteer({"澄湖": "place", "澄湖小学": "org"})
    assert list(names.find("在澄湖小学上课")) == [Span(1, 5, "org")]
    assert list(Gazetteer({}).find("澄湖")) == []
