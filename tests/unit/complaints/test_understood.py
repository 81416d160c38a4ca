"""What a report's words mean, as the hotline and the read-back say it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.understood import exact_day, meanings, sums_in_figures, when_words
from complaints.workdays import SHANGHAI
from resolution.terms import load_terms

TERMS = load_terms(Path(__file__).parents[3] / "data/regions/demo/terms.yml")
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("昨晚九点半", "11月21日（周六）21:30，周末，超过20:30"),
        ("每周六下午两点到五点", "每周六14:00–17:00，周末"),
        ("今年暑假", "7月10日至8月31日，寒暑假"),
        ("2026年10月10日上午", "10月10日（周六）上午，工作日"),  # a make-up Saturday
        ("改天", ""),
    ],
)
def test_a_time_is_said_in_figures(said, meaning):
    assert when_words(said, SUNDAY, TERMS) == meaning


def test_sums_lessons_and_stage_stand_beside_the_words():
    found = meanings(
        when="周六上午，周日", amount="三千六百元", grade="五年级",
        detail="一次收了三千六百元，三个月六十节课", said_at=SUNDAY, terms=TERMS,
    )  # fmt: skip
    assert dict(found) == {
        "时间推算": "11月21日（周六）上午，周末；11月22日（周日），周末",
        "金额": "3,600元",
        "期限与课时": "3个月、60课时",
        "学段": "小学",
    }


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("三千六百元", "3,600元"),
        ("每月八百，2万多", "每月800元，20,000元以上"),
        ("李小红妈妈交的三千元", "3,000元"),
        ("说不清，问我老公王建", None),
        (None, None),
    ],
)
def test_of_a_sum_only_the_figure_is_kept_for_ever(said, kept):
    assert sums_in_figures(said, said or "") == kept
    again = {"when": None, "grade": None, "detail": "", "said_at": SUNDAY, "terms": TERMS}
    assert meanings(amount=kept, **again) == meanings(amount=said, **again)


@pytest.mark.parametrize(
    ("said", "day"), [("昨天下午", "11月21日"), ("周六上午", ""), ("每天晚上", ""), ("11月3日", "")]
)
def test_the_read_back_dates_only_what_is_relative(said, day):
    assert exact_day(said, SUNDAY, TERMS) == day


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_no_words_break_it(when, detail, grade):
    for name, meaning in meanings(
        when=when, amount=when, grade=grade, detail=detail, said_at=SUNDAY, terms=TERMS
    ):
        assert name and meaning
