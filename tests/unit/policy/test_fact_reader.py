"""From a parent's words to the facts on which a rule turns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.adviser import Adviser

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def clock(hour: int, minute: int = 0) -> float:
    return float(hour * 60 + minute)


SAID: dict[str, dict[str, object]] = {
    "初二孩子周六上午数学班": {"stage": {"junior"}, "day": {"weekend"}, "subject": {"subject"}},
    "四个月五千八的美术课一次交清": {"months": 4.0, "yuan": 5800.0, "subject": {"non_subject"}},
    "线下书法班二十点半下课": {"mode": {"offline"}, "ends": clock(20, 30)},
    "网课上到九点": {"mode": {"online"}, "ends": clock(21)},
    "英语直播课21:10才下课": {"mode": {"online"}, "ends": clock(21, 10)},
    "晚上九点机构还在上课": {"actor": {"body"}, "ends": clock(21) + 1},
    "要求七点到校早读": {"starts": clock(7)},
    "三年级作业写了一个半小时": {"stage": {"upper_primary"}, "minutes": 90.0},
    "初一作业四十五分钟": {"minutes": 45.0},
    "调休那个周六要上班，补习班开课": {"day": {"workday"}},
    "国庆放假期间补课": {"day": {"holiday", "vacation"}},
    "10月10日周六上课": {"day": {"workday"}},  # a make-up workday of 2026
    "10月17日周六上课": {"day": {"weekend"}},
    "一学期交六千": {"months": 4.5, "yuan": 6000.0},
    "5800 一次付清": {"yuan": 5800.0},
    "一回交两千五": {"yuan": 2500.0},
    "收九千学费": {"yuan": 9000.0},
    "三百块钱的资料费": {"yuan": 300.0},
    "办了张年卡": {"months": 12.0},
    "幼儿园的孩子在机构学画": {"actor": {"body"}},
    "买了80课时": {"lessons": 80.0},
    "涨价百分之十五": {"percent": 15.0},
    "一学期考三次": {"times": 3.0},
    "鞍山初二": {"region": {"鞍山市", "辽宁省"}, "stage": {"junior"}},
    "退休老师免费讲题": {"actor": {"retired_teacher"}, "paid": False},
    "说是自愿其实必须参加": {"voluntary": False},
    "没有办学许可证的机构": {"licensed": False, "actor": {"body"}},
    "幼儿园大班教算术": {"stage": {"preschool"}, "actor": {"kindergarten"}},
    "国学班算学科吗": {"subject": {"doubtful"}},
    "初三冲刺": {"final_year": True},
    "期中考试": {"exam": {"midterm"}},
}


@pytest.mark.parametrize("text", SAID)
def test_what_a_parent_says_is_read(adviser: Adviser, text: str) -> None:
    found = adviser.reader.read(text, NOW)
    read = {name: set(v) if isinstance(v, frozenset) else v for name, v in found.items()}
    assert {name: read.get(name) for name in SAID[text]} == SAID[text]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("怎么查这家机构有没有证", "licensed"),
        ("课后服务是不是自愿", "voluntary"),
        ("一节课两百", "yuan"),
        ("分成三六九等", "yuan"),
        ("期中考试", "stage"),
        ("十一点才睡", "day"),
        ("大家一起上课", "times"),
        ("三个月前就关门了", "months"),
    ],
)
def test_what_nobody_said_is_not_read(adviser: Adviser, text: str, fact: str) -> None:
    assert fact not in adviser.reader.read(text, NOW)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(adviser: Adviser, text: str) -> None:
    adviser.reader.read(text, NOW)
