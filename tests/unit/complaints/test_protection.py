"""Receipts, personal numbers and words of danger."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sqlalchemy import select

from complaints.danger import find_danger, load_danger
from complaints.filing import file_report
from complaints.protection.contacts import keep_contact, mask
from complaints.protection.digit_runs import find_numbers
from complaints.protection.personal_fields import forget_unfiled
from complaints.protection.receipts import check_receipt, derive_receipt, hash_receipt
from complaints.storage.tables import ReceiptTry
from tests.unit.complaints.conftest import MONDAY, ROOT

SALT = b"s" * 32


@given(st.binary(min_size=16, max_size=64), st.text(max_size=64))
def test_a_receipt_is_sixteen_digits_in_groups_of_four(secret, message_id):
    receipt = derive_receipt(secret, message_id)
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    assert receipt == derive_receipt(secret, message_id)


def receipts(text: str) -> list[str]:
    return [number.digits for number in find_numbers(text) if number.kind == "receipt"]


@pytest.mark.parametrize(
    "written",
    ["1234567890123456", "1234 5678 9012 3456", "1234-5678-9012-3456", "1234，5678，9012，3456",
     "1234  5678  9012  3456", "1234·5678·9012·3456", "1234—5678—9012—3456",
     "1234\n5678\n9012\n3456", "１２３４　５６７８　９０１２　３４５６", "12345678 90123456"],
)  # fmt: skip
def test_a_receipt_is_found_however_it_is_written(written):
    assert receipts(f"查进度{written}谢谢") == ["1234567890123456"]


def test_other_long_numbers_are_no_receipt():
    assert receipts("电话13800001111，账号12345678901234567") == []
    assert receipts("我的电话13800001111，12345不管") == []
    assert receipts("我的电话138 0000 1111，12345不管") == []
    assert receipts("工单号JS2026112231287804，工单号 JS 2026112231287804") == []
    assert hash_receipt("1234 5678 9012 3456", SALT) == hash_receipt("1234567890123456", SALT)


def test_wrong_receipts_are_counted_and_slowed_up_to_42_seconds(storage):
    waits, now = [], MONDAY
    for _ in range(12):
        check = check_receipt(storage, "0" * 16, SALT, "client", now)
        while check.wait_seconds:
            waits.append(check.wait_seconds)
            now += timedelta(seconds=check.wait_seconds)
            check = check_receipt(storage, "0" * 16, SALT, "client", now)
        now += timedelta(milliseconds=1)
    assert waits[0] <= 2 and max(waits) == 42 and waits == sorted(waits)


def test_another_client_is_not_slowed_by_them(storage):
    for _ in range(5):
        check_receipt(storage, "0" * 16, SALT, "guesser", MONDAY)
    assert check_receipt(storage, "0" * 16, SALT, "parent", MONDAY).wait_seconds == 0


def test_new_sessions_do_not_help_who_guesses_from_one_address(storage):
    for n in range(21):
        check = check_receipt(storage, "0" * 16, SALT, f"web-{n}", MONDAY, address="home")
        assert check.wait_seconds == 0
    assert check_receipt(storage, "0" * 16, SALT, "web-x", MONDAY, address="home").wait_seconds
    assert not check_receipt(storage, "0" * 16, SALT, "web-y", MONDAY, address="x").wait_seconds


def test_a_right_receipt_does_not_clear_what_its_address_did(storage, rules, report):
    file_report(storage, rules, report, hash_receipt("7" * 16, SALT), MONDAY)
    for n in range(20):
        check_receipt(storage, "0" * 16, SALT, f"web-{n}", MONDAY, address="home")
    assert check_receipt(storage, "7" * 16, SALT, "web-0", MONDAY, address="home").number
    check_receipt(storage, "0" * 16, SALT, "web-21", MONDAY, address="home")
    assert check_receipt(storage, "0" * 16, SALT, "web-22", MONDAY, address="home").wait_seconds


def test_no_address_is_kept_as_it_is(storage):
    check_receipt(storage, "0" * 16, SALT, "web-1", MONDAY, address="203.0.113.7")
    with storage.read() as session:
        kept = session.scalars(select(ReceiptTry.client)).all()
    assert len(kept) == 2 and not any("203.0.113.7" in client for client in kept)


def test_the_right_receipt_clears_the_count(storage, rules, report):
    file_report(storage, rules, report, hash_receipt("7" * 16, SALT), MONDAY)
    for _ in range(2):
        check_receipt(storage, "0" * 16, SALT, "parent", MONDAY)
    assert check_receipt(storage, "7" * 16, SALT, "parent", MONDAY).number
    assert check_receipt(storage, "0" * 16, SALT, "parent", MONDAY).wait_seconds == 0


@pytest.mark.parametrize(
    "number",
    ["13900002222", "139 0000 2222", "139-0000-2222", "+86 13900002222", "１３９００００２２２２",
     "0571-88880000", "110101199003077571", "11010119900307757X", "008613900002222",
     "139 000 02222", "1390 0002 222", "139.0000.2222", "１３９－０００－０２２２２",
     "139　0000　2222", "139—0000—2222", "139\n0000\n2222", "一三九零零零零二二二二",
     "幺三九〇〇〇〇二二二二", "1 3 9 0 0 0 0 2 2 2 2", "一 三 九 零 零 零 零 二 二 二 二",
     "一三九0000二二二二", "0086 139 0000 2222", "013900002222",
     "0571 8812 3456", "（0571）88123456", "010-8812 3456", "110101 19900101 1234",
     "110101-19900307-757x", "110101 19900307 757X"],
)  # fmt: skip
def test_numbers_of_persons_are_taken_out(number):
    masked = mask(f"打我电话{number}，谢谢")
    assert re.fullmatch(r"打我电话[+（]?〔(电话|证件号)〕，谢谢", masked.text)
    assert len(masked.found) == 1


def test_a_number_is_found_after_another_one():
    assert mask("初二13900002222").text == "初二〔电话〕"
    assert mask("周三一三九零零零零二二二二").text == "周三〔电话〕"
    assert mask("2025-10-01 09:30 139 0000 2222").text == "2025-10-01 09:30 〔电话〕"
    assert mask("3栋502，13900002222、138 0000 1111").text == "3栋502，〔电话〕、〔电话〕"


def test_digits_in_rings_and_keys_are_digits():
    keys = "".join(f"{digit}\ufe0f\u20e3" for digit in "13900002222")
    for number in (keys, "①③⑨⓪⓪⓪⓪②②②②", "١٣٩٠٠٠٠٢٢٢٢"):
        assert mask(f"打{number}").found == (("phone", "13900002222"),)


def test_what_is_kept_of_a_number_is_its_digits():
    assert mask("+86 一三九 0000 2222").found == (("phone", "13900002222"),)
    assert mask("（0571）8812-3456").found == (("phone", "057188123456"),)


@pytest.mark.parametrize(
    "harmless",
    ["交了12800元", "2025年10月1日", "上了60课时", "三年级2班28人", "2025-10-01 09:30",
     "3,000元", "2025-10-01-2025-10-07", "2025.10.01—2025.10.07", "20250901-20251001",
     "18.30-20.00，14.30-16.00", "8:30-10:00，周一三五", "1500，2000，280元",
     "成绩95 88 76 92 81 77 60 99", "2019 2020 2021 2022", "每课时180，一共36次，6480元",
     "二〇二五年九月一日", "一二三四五六年级都有", "12345和12315都打过", "JS2026112231287804"],
)  # fmt: skip
def test_other_numbers_stay(harmless):
    assert mask(harmless).text == harmless


SEPARATORS = st.text("- —–－.·,，_/()（）　\n", max_size=3)
AROUND = st.text(max_size=40)


def written(digits: str, cuts: list[int], separator: str) -> str:
    """`digits` in groups that end at `cuts`."""
    ends = sorted({cut % len(digits) for cut in cuts} | {0, len(digits)})
    return separator.join(digits[a:b] for a, b in pairwise(ends))


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.lists(st.integers(0, 99), max_size=10),
       SEPARATORS, AROUND, AROUND)  # fmt: skip
def test_no_way_of_writing_a_mobile_number_passes(digits, cuts, separator, before, after):
    masked = mask(f"{before}电话{written(digits, cuts, separator)}吧{after}")
    assert "电话〔电话〕吧" in masked.text
    assert ("phone", digits) in masked.found


@given(st.from_regex(r"[0-9]{16}", fullmatch=True), st.sampled_from([1, 4, 8, 16]),
       SEPARATORS, AROUND, AROUND)  # fmt: skip
def test_no_way_of_writing_a_receipt_passes(digits, size, separator, before, after):
    separator = separator if size > 1 else separator or " "
    shown = separator.join(digits[i : i + size] for i in range(0, 16, size))
    assume(not re.fullmatch(r"((19|20)\d\d\D*)+", shown) or size == 16)
    assert mask(f"{before}码{shown}吧{after}", receipt=digits).text.count("码〔查询码〕吧") == 1


WITHOUT_DIGITS = st.text(st.characters(exclude_categories=("Nd", "Nl", "No", "Lo")), max_size=60)


@given(WITHOUT_DIGITS, WITHOUT_DIGITS)
def test_the_text_around_a_number_stays_as_it_is(before, after):
    masked = mask(f"{before}话13900002222吧{after}")
    assert masked.text == f"{before}话〔电话〕吧{after}"


@given(st.text(max_size=200))
def test_masking_never_fails_and_masks_all_it_found(text):
    masked = mask(text)
    assert mask(masked.text).found == ()


def test_numbers_that_were_never_filed_are_erased_after_a_day(storage):
    keep_contact(storage, "phone", "13900002222", MONDAY)
    assert forget_unfiled(storage, MONDAY + timedelta(hours=23), timedelta(days=1)) == 0
    assert forget_unfiled(storage, MONDAY + timedelta(hours=25), timedelta(days=1)) == 1


def examples(kind: str) -> list:
    path = Path(ROOT / "data/routing/danger_examples.yml")
    return list(YAML(typ="safe").load(path.read_text(encoding="utf-8"))[kind])


DANGER = load_danger(ROOT / "data/routing")


@pytest.mark.parametrize("example", examples("danger"), ids=lambda e: e["text"][:12])
def test_danger_is_recognised_with_its_numbers(example):
    alarm = find_danger(example["text"], DANGER)
    assert alarm and example["group"] in alarm.groups
    assert any(number in alarm.text for number in ("110", "119", "120"))


@pytest.mark.parametrize("text", examples("harmless"))
def test_everyday_words_are_no_danger(text):
    assert find_danger(text, DANGER) is None


@pytest.mark.parametrize(
    "text",
    ["老師打罵學生，想自殺", "有人跳樓", "房子著火了", "他說想\u200b死", "孩子想自\ufeff杀", "想自\u00ad杀",
     "老师打\u2060骂学生", "想\ufe0f自\u0301杀"],
)  # fmt: skip
def test_danger_is_seen_through_characters_that_nobody_sees_and_in_traditional_ones(text):
    assert find_danger(text, DANGER)
