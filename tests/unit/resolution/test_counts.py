"""Months, lessons, terms and hours that a sentence names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resolution.counts import Counts, find_counts

SAID = [
    ("一次收了四个月的钱", "months", "4"),
    ("交了半年", "months", "6"),
    ("一年的费用都收走了", "months", "12"),
    ("两年的课", "months", "24"),
    ("一年半", "months", "18"),
    ("3个半月", "months", "3.5"),
    ("半个月", "months", "0.5"),
    ("六个多月", "months", "6"),
    ("三五个月", "months", "3"),
    ("按一个季度收", "months", "3"),
    ("签了两学年", "months", "24"),
    ("先交三个月，又让交到6个月", "months", "6"),
    ("一共60节课", "lessons", "60"),
    ("一百二十课时", "lessons", "120"),
    ("48次课", "lessons", "48"),
    ("买了100节", "lessons", "100"),
    ("３０堂课", "lessons", "30"),
    ("收一学期", "terms", "1"),
    ("两个学期一起交", "terms", "2"),
    ("半学期", "terms", "0.5"),
    ("写作业要三个小时", "hours", "3"),
    ("两个半小时", "hours", "2.5"),
    ("半小时", "hours", "0.5"),
    ("90分钟", "hours", "1.5"),
    ("四十分钟", "hours", "0.67"),
]

NOTHING = [
    "三月份开的班",
    "9月份",
    "三个月前交的",
    "一年前",
    "最近一年",
    "一年级",
    "三年级两个班",
    "初二",
    "高三年级",
    "五年二班",
    "2025年",
    "25年9月",
    "第三个月",
    "上半年",
    "节假日",
    "每周两节课",
    "一节课200元",
    "第二节课",
    "",
]


@pytest.mark.parametrize(("sentence", "what", "count"), SAID)
def test_one_count(sentence, what, count):
    assert find_counts(sentence) == Counts(**{what: Decimal(count)})


@pytest.mark.parametrize("sentence", NOTHING)
def test_no_count(sentence):
    assert find_counts(sentence) == Counts()


def test_several_counts_in_one_sentence():
    found = find_counts("一次性收了一年（12个月）共120课时，每节90分钟")
    assert found == Counts(months=Decimal(12), lessons=Decimal(120), hours=Decimal("1.5"))
