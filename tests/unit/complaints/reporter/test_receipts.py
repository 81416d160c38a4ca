"""Receipts as bearers: wrong ones are slowed, then locked; right and wrong cost the same."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select, update

from complaints.protection import receipts
from complaints.protection.receipts import (
    check_receipt,
    forget_tries,
    hash_receipt,
    wait_in_words,
)
from complaints.storage.tables import ReceiptTry, Ticket
from tests.unit.complaints.conftest import MONDAY
from tests.unit.complaints.reporter.conftest import Life

SALT = b"s" * 32
RIGHT, WRONG = "7" * 16, "0" * 16
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick():
    """The slow hash is not what is looked at, but where it is."""
    with patch.object(receipts, "hash_receipt", lambda receipt, salt: f"hash of {receipt}"):
        yield


@pytest.fixture
def filed(life: Life) -> Life:
    number = life.file()
    with life.storage.write() as session:
        session.execute(
            update(Ticket).where(Ticket.number == number).values(receipt_hash=f"hash of {RIGHT}")
        )
    return life


def waits(storage, client: str, tries: int, address: str = "") -> list[int]:
    """The wait after each wrong try; every wait is waited for."""
    now, found = MONDAY, []
    for n in range(tries):
        name = client if not address else f"{client}-{n}"
        assert not check_receipt(storage, WRONG, SALT, name, now, address=address).wait_seconds
        wait = check_receipt(storage, WRONG, SALT, name + "x" * bool(address), now, address=address)
        found.append(wait.wait_seconds)
        if not wait.wait_seconds:
            with storage.write() as session:  # that look was one more wrong try: take it back
                for one in session.scalars(select(ReceiptTry)):
                    one.wrong -= 1
        now += timedelta(seconds=found[-1])
    return found


def test_after_42_seconds_comes_a_lock_that_doubles_up_to_four_hours(storage):
    assert waits(storage, "client", 18) == [
        0, 0, 2, 4, 8, 16, 32, 42, 42, 42, 42, 900, 1800, 3600, 7200, 14400, 14400, 14400,
    ]  # fmt: skip


def test_an_address_is_locked_from_the_thirtieth_on(storage):
    assert waits(storage, "c", 31, address="school")[19:] == [
        0, 2, 4, 8, 16, 32, 42, 42, 42, 42, 900, 1800,
    ]  # fmt: skip


def test_a_locked_client_gets_nothing_even_for_the_right_one(filed):
    with filed.storage.write() as session:
        session.add(ReceiptTry(client="c", wrong=12, last_at=MONDAY))
    for minutes, number in ((0, False), (14, False), (15, True)):
        at = MONDAY + timedelta(minutes=minutes)
        check = check_receipt(filed.storage, RIGHT, SALT, "c", at)
        assert bool(check.number) is number
        assert (check.wait_seconds > 0) is not number


def test_an_hour_after_the_lock_all_is_forgotten(storage):
    with storage.write() as session:
        session.add(ReceiptTry(client="c", wrong=14, last_at=MONDAY))
    assert check_receipt(storage, WRONG, SALT, "c", MONDAY + HOUR / 2).wait_seconds == 1800
    after = MONDAY + 2 * HOUR + timedelta(seconds=1)
    assert not check_receipt(storage, WRONG, SALT, "c", after).wait_seconds
    with storage.read() as session:
        assert session.scalars(select(ReceiptTry.wrong)).one() == 1


def test_right_ones_do_not_count_against_an_address(filed):
    for n in range(40):
        now = MONDAY + timedelta(minutes=n)
        assert check_receipt(filed.storage, RIGHT, SALT, f"c{n}", now, address="school").number


def test_a_right_one_does_not_make_an_address_forget_sooner_or_later(filed):
    storage = filed.storage
    for n in range(20):
        check_receipt(storage, WRONG, SALT, f"w{n}", MONDAY, address="school")
    check_receipt(storage, RIGHT, SALT, "r", MONDAY + HOUR / 2, address="school")
    with storage.read() as session:
        rows = {row.client: row for row in session.scalars(select(ReceiptTry))}
    school = next(row for name, row in rows.items() if name.startswith("address-"))
    assert (school.wrong, school.last_at) == (20, MONDAY)


def test_tries_at_once_do_not_all_come_in_free(storage):
    def one(_: int) -> int:
        return check_receipt(storage, WRONG, SALT, "c", MONDAY).wait_seconds

    with ThreadPoolExecutor(6) as pool:
        free = [wait for wait in pool.map(one, range(12)) if not wait]
    assert len(free) == 3


def test_right_and_wrong_ones_do_the_same_work(filed):
    """Both count first, hash once, and look and settle in one more transaction."""
    done: dict[str, list[str]] = {}
    for receipt in (RIGHT, WRONG):
        work = done.setdefault(receipt, [])
        with (
            patch.object(
                receipts, "hash_receipt", lambda r, s, w=work: w.append("hash") or f"hash of {r}"
            ),
            patch.object(
                receipts,
                "_tries_of",
                lambda s, n, w=work, real=receipts._tries_of: w.append("row") or real(s, n),
            ),
        ):
            check_receipt(filed.storage, receipt, SALT, "c", MONDAY, address="a")
    assert done[RIGHT] == done[WRONG] == ["row", "row", "hash", "row", "row"]


def test_the_hash_is_deliberately_slow():
    begun = time.perf_counter()
    assert len(hash_receipt(RIGHT, SALT)) == 64
    assert time.perf_counter() - begun > 0.01


def test_no_log_holds_a_receipt(filed, caplog):
    with caplog.at_level(logging.DEBUG):
        check_receipt(filed.storage, RIGHT, SALT, "c", MONDAY, address="a")
        check_receipt(filed.storage, WRONG, SALT, "c", MONDAY, address="a")
    assert RIGHT not in caplog.text and WRONG not in caplog.text


def test_counts_are_erased_when_they_bind_nobody(storage):
    check_receipt(storage, WRONG, SALT, "c", MONDAY)
    assert forget_tries(storage, MONDAY + 4 * HOUR) == 0
    assert forget_tries(storage, MONDAY + 6 * HOUR) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 秒"),
        (42, "42 秒"),
        (60, "1 分钟"),
        (899, "15 分钟"),
        (3600, "1 小时"),
        (14400, "4 小时"),
    ],
)
def test_a_wait_in_words(seconds, words):
    assert wait_in_words(seconds) == words
