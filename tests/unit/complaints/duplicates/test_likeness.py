"""Texts that are nearly the same are alike and find each other; others are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.duplicates import key_recall
from complaints.duplicates.likeness import (
    BANDS,
    likeness,
    name_key,
    normal_form,
    pairs,
    text_keys,
)

WORDS = "周六上午还在给五年级的孩子补数学课一直到中午家长都在门口等机构不退费老师晚"
chinese = st.text(alphabet=WORDS, min_size=0, max_size=60)
anything = st.text(max_size=60)
MARKS = "，。！？、；：“”（）…—  \n"


@settings(max_examples=150)
@given(anything, anything)
def test_likeness_is_the_same_from_both_sides_and_between_0_and_1(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


@settings(max_examples=100)
@given(anything)
def test_a_text_is_like_itself(text):
    assert likeness(text, text) == 1
    assert text_keys(text) == text_keys(text)


@settings(max_examples=150)
@given(chinese, st.data())
def test_punctuation_makes_no_difference(text, data):
    at = data.draw(st.integers(0, len(text)))
    marked = text[:at] + data.draw(st.text(alphabet=MARKS, max_size=4)) + text[at:]
    assert likeness(text, marked) == 1
    assert text_keys(text) == text_keys(marked)


@settings(max_examples=100)
@given(st.text(alphabet="ABCxyz0123456789()", max_size=40))
def test_width_and_case_make_no_difference(text):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in text)
    assert normal_form(text) == normal_form(wide) == normal_form(text.upper())


def test_chinese_digits_and_masks_make_no_difference():
    assert normal_form("晚上九点，两百元") == normal_form("晚上9点2百元")
    assert normal_form("打〔电话〕报名") == normal_form("打报名")


@settings(max_examples=200)
@given(st.text(alphabet=WORDS, min_size=25, max_size=60), st.data())
def test_texts_with_one_other_character_share_a_key(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    other = text[:at] + "另" + text[at + 1 :]
    if likeness(text, other) >= 0.9:  # at 0.8 two of a thousand may miss each other
        assert set(text_keys(text)) & set(text_keys(other))


def test_texts_about_other_things_share_no_key():
    one = "托管班在二楼，只有一个木楼梯，四十多个孩子挤在里面写作业"
    other = "去年十月报了四十八课时，只上了九节就换了三个老师，要求退费"
    assert likeness(one, other) < 0.1
    assert not set(text_keys(one)) & set(text_keys(other))


@pytest.mark.parametrize("text", ["", "！", "作业太多", "孩子的作业太多"])
def test_a_short_text_has_no_keys(text):
    assert text_keys(text) == ()


def test_keys_never_change_for_they_are_stored():
    keys = text_keys("周六上午还在给五年级上数学课，一直上到中午十二点")
    assert len(keys) == BANDS
    assert keys[:2] == (6224309632647283952, 7934400763703679844)
    of_party = name_key("party", "homework_overload", "id:tingchao-primary")
    assert of_party == 4203701053246067289


def test_a_key_fits_a_signed_integer_of_64_bits():
    assert all(0 <= key < 2**63 for key in text_keys(WORDS))
    assert pairs("学") == {"学"}


def test_of_texts_of_likeness_of_four_fifths_all_but_a_few_share_a_key():
    texts = ["托管班在二楼，只有一个木楼梯，四十多个孩子挤在里面写作业，没有灭火器", WORDS]
    shared, tried = key_recall(texts, rounds=150)
    assert tried >= 100
    assert shared >= 0.98
