"""A confirmed report becomes one ticket, whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from complaints.filing import file_report, find_filed
from complaints.protection.contacts import keep_contact
from complaints.protection.receipts import check_receipt, derive_receipt, hash_receipt
from complaints.storage import next_change
from complaints.storage.tables import Contact, Delivery, Event, Ticket
from tests.unit.complaints.conftest import MONDAY

SALT = b"s" * 32


def count(storage, table) -> int:
    with storage.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_ticket_first_event_and_deliveries_are_written_together(storage, rules, report):
    filed = file_report(storage, rules, report, "hash-1", MONDAY)
    assert (count(storage, Ticket), count(storage, Event)) == (1, 1)
    with storage.read() as session:
        ticket = session.scalar(select(Ticket))
        leads = session.scalars(select(Delivery.bureau).where(Delivery.role == "lead")).all()
    assert leads == [ticket.lead]
    assert filed.number == ticket.number
    assert ticket.routing["rule_id"] and ticket.routing["table_version"]
    assert ticket.routing["facts"]["party_id"] == ticket.party_id


def test_the_promised_day_is_five_workdays_later(storage, rules, report):
    assert file_report(storage, rules, report, "h", MONDAY).promised_on == date(2026, 11, 30)


def test_filing_the_same_intake_again_makes_no_second_ticket(storage, rules, report):
    first = file_report(storage, rules, report, "hash-1", MONDAY)
    second = file_report(storage, rules, report, "hash-2", MONDAY + timedelta(minutes=1))
    assert first == second
    assert (count(storage, Ticket), count(storage, Event)) == (1, 1)


def test_two_processes_filing_one_intake_at_once_make_one_ticket(storage, rules, report):
    with ThreadPoolExecutor(8) as pool:
        numbers = {
            f.number
            for f in pool.map(
                lambda n: file_report(storage, rules, report, f"hash-{n}", MONDAY), range(8)
            )
        }
    assert len(numbers) == 1 and count(storage, Ticket) == 1


def test_a_lost_answer_is_found_again_by_its_own_receipt_only(storage, rules, report):
    first = file_report(storage, rules, report, hash_receipt("1" * 16, SALT), MONDAY)
    assert find_filed(storage, rules, hash_receipt("1" * 16, SALT)) == first
    assert find_filed(storage, rules, hash_receipt("2" * 16, SALT)) is None
    assert check_receipt(storage, "1" * 16, SALT, "c", MONDAY).number == first.number


def test_a_second_confirmation_of_an_intake_gets_a_receipt_that_works(storage, rules, report):
    file_report(storage, rules, report, hash_receipt("1" * 16, SALT), MONDAY)
    again = file_report(storage, rules, report, hash_receipt("2" * 16, SALT), MONDAY)
    assert check_receipt(storage, "2" * 16, SALT, "c", MONDAY).number == again.number


def test_a_database_that_refuses_leaves_nothing_behind(storage, rules, report):
    with storage.engine.begin() as connection:
        connection.execute(text("DROP TABLE delivery"))
    with pytest.raises(DatabaseError):
        file_report(storage, rules, report, "hash-1", MONDAY)
    assert (count(storage, Ticket), count(storage, Event)) == (0, 0)


def test_a_locked_database_is_an_error_soon_not_a_silent_wait(storage, rules, report):
    with storage.write() as holder:
        next_change(holder)
        with pytest.raises(OperationalError):
            file_report(storage, rules, report, "hash-1", MONDAY)
    assert count(storage, Ticket) == 0


def test_the_reporters_number_is_sealed_and_joined_to_the_ticket(storage, rules, change):
    number = "138" + "00001111"
    ref = keep_contact(storage, "phone", number, b"k" * 32, MONDAY)
    file_report(storage, rules, change(contact_ref=ref), "h", MONDAY)
    with storage.read() as session:
        contact = session.get(Contact, ref)
        assert contact.ticket_id == session.scalar(select(Ticket.id))
        assert number.encode() not in contact.sealed


def test_the_receipt_is_kept_only_as_a_slow_hash(storage, rules, report):
    receipt = derive_receipt(b"secret of the reporter", "message-1")
    file_report(storage, rules, report, hash_receipt(receipt, SALT), MONDAY)
    with storage.read() as session:
        row = session.execute(text("SELECT * FROM ticket")).one()
    digits = receipt.replace(" ", "")
    assert not any(digits in str(value).replace(" ", "") for value in row)
