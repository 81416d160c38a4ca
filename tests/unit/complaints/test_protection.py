"""Receipts, personal numbers and words of danger."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from complaints.contacts import forget_unfiled, keep_contact, mask, seal, unseal
from complaints.danger import find_danger, load_danger
from complaints.filing import file_report
from complaints.receipts import check_receipt, derive_receipt, find_receipts, hash_receipt
from tests.unit.complaints.conftest import MONDAY, ROOT

SALT = b"s" * 32


@given(st.binary(min_size=16, max_size=64), st.text(max_size=64))
def test_a_receipt_is_sixteen_digits_in_groups_of_four(secret, message_id):
    receipt = derive_receipt(secret, message_id)
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    assert receipt == derive_receipt(secret, message_id)


def test_a_receipt_is_found_however_it_is_written():
    for written in ("1234567890123456", "1234 5678 9012 3456", "1234-5678-9012-3456"):
        assert [r for _, _, r in find_receipts(f"查进度{written}谢谢")] == [written]
    assert find_receipts("电话13800001111，账号12345678901234567") == []
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


def test_the_right_receipt_clears_the_count(storage, rules, report):
    file_report(storage, rules, report, hash_receipt("7" * 16, SALT), MONDAY)
    for _ in range(2):
        check_receipt(storage, "0" * 16, SALT, "parent", MONDAY)
    assert check_receipt(storage, "7" * 16, SALT, "parent", MONDAY).number
    assert check_receipt(storage, "0" * 16, SALT, "parent", MONDAY).wait_seconds == 0


@pytest.mark.parametrize(
    "number",
    ["13900002222", "139 0000 2222", "139-0000-2222", "+86 13900002222", "１３９００００２２２２",
     "0571-88880000", "110101199003077571", "11010119900307757X"],
)  # fmt: skip
def test_numbers_of_persons_are_taken_out(number):
    masked = mask(f"打我电话{number}，谢谢")
    assert not re.search(r"\d{5}", masked.text)
    assert len(masked.found) == 1


@pytest.mark.parametrize(
    "harmless", ["交了12800元", "2025年10月1日", "上了60课时", "三年级2班28人"]
)
def test_other_numbers_stay(harmless):
    assert mask(harmless).text == harmless


@given(st.text(max_size=200))
def test_masking_never_fails_and_masks_all_it_found(text):
    masked = mask(text)
    assert mask(masked.text).found == ()


def test_a_sealed_text_opens_only_with_its_key_and_purpose():
    sealed = seal("电话", b"k" * 32, "ref")
    assert unseal(sealed, b"k" * 32, "ref") == "电话"
    for key, purpose in ((b"x" * 32, "ref"), (b"k" * 32, "other")):
        with pytest.raises(InvalidTag):
            unseal(sealed, key, purpose)


def test_numbers_that_were_never_filed_are_erased_after_a_day(storage):
    keep_contact(storage, "phone", "13900002222", b"k" * 32, MONDAY)
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
