"""What holds for any text."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from resolution.amount import resolve_amount
from resolution.counts import find_counts
from resolution.grade import resolve_grade
from resolution.numerals import parse_number
from resolution.when import SHANGHAI, resolve_when
from tests.unit.resolution.conftest import SUNDAY_AFTERNOON

ROOT = Path(__file__).resolve().parents[3]
PIECES = (
    "今年 去年 明年 2025年 每 每年 上 这 下 周 周六 周日 星期 礼拜天 双休日 昨 前 天 昨晚 年 月 日 号 9月 10月1日 "
    "11.15 三 十 二十 八 12 30 点 点半 : ：30 半 多 到 至 - 、 和 上午 早 中午 下午 晚 晚上 凌晨 放学 后 前 才 还 国庆 "
    "五一 暑假 寒假 假期 学期 开学 以来 开始 最近 一直 腊月 初六 千 百 万 块 元 多 几 节课 课时 个 半年 年级 初 高 班"
).split()
phrases = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
texts = st.one_of(phrases, phrases, st.text(max_size=30))
moments = st.datetimes(datetime(2005, 1, 1), datetime(2045, 12, 31)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
LIMIT = time(20, 30)
SEVERAL = settings(max_examples=250, deadline=None)


@SEVERAL
@given(texts, texts, moments)
@example("99999999天前", "", SUNDAY_AFTERNOON)
def test_no_text_is_too_odd(terms, text, sentence, said_at):
    when = resolve_when(text, said_at, terms, sentence + text)
    assert when.text == text
    assert not (when.start and when.end) or when.start <= when.end
    assert all(t is None or t.tzinfo == SHANGHAI for t in (when.start, when.end))
    assert when.weekdays <= set(range(7))
    assert when.parts <= {"morning", "afternoon", "evening"}
    assert when.day_types <= {"workday", "weekend", "holiday", "vacation"}
    assert when.resolved or when.start is when.end is when.start_time is when.end_time is None
    resolve_amount(text, sentence)
    find_counts(text)
    resolve_grade(text)


@SEVERAL
@given(texts, moments)
def test_past_half_past_eight_means_a_start_from_then_on_or_a_later_end(terms, text, said_at):
    when = resolve_when(text, said_at, terms)
    late = bool(
        (when.end_time and when.end_time > LIMIT) or (when.start_time and when.start_time >= LIMIT)
    )
    assert (when.after_2030 is True) == late


@SEVERAL
@given(st.integers(1, 12), st.sampled_from([0, 5, 20, 30, 45]), st.integers(1, 12))
def test_an_evening_or_afternoon_range_ends_after_it_begins(terms, hour, minute, until):
    when = resolve_when(f"下午{hour}点{minute:02d}分到{until}点", SUNDAY_AFTERNOON, terms)
    assert when.start_time and when.end_time
    assert when.start_time < when.end_time


@SEVERAL
@given(phrases, st.randoms(use_true_random=False))
def test_width_and_spaces_change_nothing(terms, text, chance):
    odd = spaced(text.translate(FULL_WIDTH), chance)
    plain, other = (resolve_when(t, SUNDAY_AFTERNOON, terms) for t in (text, odd))
    assert {**vars(plain), "text": ""} == {**vars(other), "text": ""}
    assert resolve_amount(text) == resolve_amount(odd)
    assert find_counts(text) == find_counts(odd)
    assert resolve_grade(text) == resolve_grade(odd)


FULL_WIDTH = str.maketrans(
    {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F) if chr(c) not in "~"}
)


def spaced(text: str, chance: random.Random) -> str:
    """`text` with spaces strewn in, but not between two digits."""
    pieces = []
    for sign, following in zip(text, [*text[1:], ""], strict=False):
        loose = not (sign.isdigit() and following.isdigit())
        pieces.append(sign + chance.choice(["", " ", "\u3000"]) * loose)
    return "".join(pieces)


def chinese(number: int) -> str:
    """`number` (1 to 99,999) written out in full: 三千零五."""
    written, gap = "", False
    for size, unit in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            written += ("零" if gap and written else "") + "零一二三四五六七八九"[digit] + unit
        gap = digit == 0 if written else False
    return written


@SEVERAL
@given(st.integers(1, 99_999))
@example(10)
@example(20_005)
def test_a_sum_in_chinese_numerals_equals_its_figures(number):
    assert parse_number(chinese(number)) == number
    written, figures = resolve_amount(chinese(number) + "元"), resolve_amount(f"{number}元")
    assert written == figures
    assert figures and figures.yuan == Decimal(number)


@SEVERAL
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from("百千万"))
def test_a_last_digit_counts_the_next_lower_unit(first, last, unit):
    signs = "零一二三四五六七八九"
    size = {"百": 100, "千": 1000, "万": 10000}[unit]
    assert parse_number(signs[first] + unit + signs[last]) == first * size + last * size // 10


def test_the_date_library_is_loaded_late_and_says_nothing():
    program = (
        "import sys; from datetime import datetime, UTC; from resolution.terms import SchoolTerms\n"
        "from resolution.when import resolve_when\n"
        "assert 'jionlp' not in sys.modules\n"
        "for text in ('昨天', '2月30日', '99999999天前'):\n"
        "    resolve_when(text, datetime.now(UTC), SchoolTerms())\n"
        "assert 'jionlp' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
