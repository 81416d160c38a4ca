"""A confirmed report becomes one ticket, whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from complaints.filing import file_report, find_filed
from complaints.protection.contacts import keep_contact
from complaints.protection.receipts import check_receipt, derive_receipt, hash_receipt
from complaints.storage import Storage, next_change
from complaints.storage.tables import Delivery, Event, PersonalField, Ticket
from tests.keys import KEYS
from tests.unit.complaints.conftest import MONDAY

SALT = b"s" * 32


def count(storage, table) -> int:
    with storage.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_ticket_first_event_and_deliveries_are_written_together(storage, rules, report):
    filed = file_report(storage, rules, report, "hash-1", MONDAY)
    assert (count(storage, Ticket), count(storage, Event)) == (1, 3)
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
    assert first == second == file_report(storage, rules, report, "hash-2", MONDAY)
    assert count(storage, Ticket) == 1
    assert count(storage, Event) == 3 + 1  # filed, accepted, sent; the other receipt


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
    ref = keep_contact(storage, "phone", number, MONDAY)
    file_report(storage, rules, change(contact_ref=ref), "h", MONDAY)
    with storage.read() as session:
        contact = session.get(PersonalField, ref)
        assert contact.ticket_id == session.scalar(select(Ticket.id))
        assert number.encode() not in contact.sealed


def test_the_receipt_is_kept_only_as_a_slow_hash(storage, rules, report):
    receipt = derive_receipt(b"secret of the reporter", "message-1")
    file_report(storage, rules, report, hash_receipt(receipt, SALT), MONDAY)
    with storage.read() as session:
        row = session.execute(text("SELECT * FROM ticket")).one()
    digits = receipt.replace(" ", "")
    assert not any(digits in str(value).replace(" ", "") for value in row)


def test_a_caller_who_left_name_and_number_is_not_anonymous(storage, rules, change):
    told = {"name": "陈砚秋", "phone": "138" + "00001111"}
    file_report(storage, rules, change(personal=told, clerk="xu", channel="phone"), "h", MONDAY)
    file_report(storage, rules, change(intake_id="intake-2"), "h2", MONDAY)
    with storage.read() as session:
        caller, nobody = session.scalars(select(Ticket).order_by(Ticket.id))
        assert (caller.anonymous, nobody.anonymous) == (False, True)
        kinds = session.scalars(select(PersonalField.kind)).all()
        assert {"name", "phone"} <= set(kinds)


def test_offices_read_the_masked_copy_and_a_clerk_is_asked_to_look(storage, rules, change):
    detail = "我叫陈砚秋，我儿子三年二班，周六还在上课"
    file_report(storage, rules, change(detail=detail), "h", MONDAY)
    with storage.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        told = session.scalars(select(PersonalField).where(PersonalField.kind == "told")).one()
        assert "陈砚秋" not in ticket.detail and ticket.to_check
        assert storage.keys.field.unseal_text(told.sealed, told.ref) == detail


def test_the_history_begins_with_what_decided_where_it_goes(storage, rules, report):
    file_report(storage, rules, report, "h", MONDAY)
    with storage.read() as session:
        filed, accepted, sent = session.scalars(select(Event).order_by(Event.seq))
        ticket = session.scalars(select(Ticket)).one()
    assert (filed.action, filed.role, filed.state) == ("file", "reporter", "pending")
    assert filed.facts["rule"] == ticket.routing["rule_id"]
    assert filed.facts["kind"] == "over_hours_training"
    assert (accepted.action, sent.action, sent.state) == ("accept", "dispatch", "dispatched")
    assert sent.facts["to"] == ticket.lead


def test_every_queue_has_the_tickets_last_change(storage, rules, report):
    """A bureau pages by it: one that lies before the ticket's own would be passed over."""
    file_report(storage, rules, report, "h", MONDAY)
    with storage.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert set(session.scalars(select(Delivery.changed_at))) == {ticket.changed_at}


def test_filing_takes_few_statements(tmp_path, rules, report):
    """All filings wait for each other, so each statement counts; a new one needs a reason."""
    storage = Storage(f"sqlite:///{tmp_path}/few.db", KEYS)
    storage.create()
    file_report(storage, rules, report, "h", MONDAY)
    said = []
    event.listen(storage.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    file_report(storage, rules, replace(report, intake_id="intake-2"), "h2", MONDAY)
    assert len(said) <= 32
