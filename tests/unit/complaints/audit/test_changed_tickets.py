"""Whoever rewrites a ticket past the program is found out, column by column; what steps do is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from complaints.audit.chain import hash_text, record
from complaints.audit.check import check_storage
from complaints.filing import file_report
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.protection.retention import erase
from complaints.protection.retention_rules import What
from complaints.storage import Storage
from complaints.storage.tables import Event, Ticket
from tests.keys import KEYS
from tests.unit.complaints.audit.conftest import START, new_ticket
from tests.unit.complaints.conftest import MONDAY
from tests.unit.complaints.lifecycle.conftest import Life

CHANGES = [
    ("number = 'JS2026112300000000'", "filed"),
    ("intake_id = 'another'", "filed"),
    ("channel = 'phone'", "filed"),
    ("anonymous = not anonymous", "filed"),
    ("pupil = not pupil", "filed"),
    ("split_from = id", "filed"),
    ("subject_party = '无关的另一家'", "told"),
    ("subject_party = NULL", "told"),
    ("party_id = NULL", "told"),
    ("place = '别处'", "told"),
    ("happened = '去年'", "told"),
    ("subject = '美术'", "told"),
    ("grade = '三年级'", "told"),
    ("district = 'elsewhere'", "told"),
    ("street = 'elsewhere'", "told"),
    ("matter_code = 'J44'", "matter"),
    ("urgent = not urgent", "matter"),
    ("receipt_hash = NULL", "receipt"),
    ("receipt_hash = 'of another receipt'", "receipt"),
    ("result = 'fined'", "outcome"),
    ("finding = 'unfounded'", "outcome"),
    ("reached = not coalesce(reached, false)", "outcome"),
    ("solved = not coalesce(solved, false)", "outcome"),
    ("satisfied = not coalesce(satisfied, false)", "outcome"),
    ("answered_at = '2020-01-01 00:00:00.000000'", "outcome"),
    ("closed_at = '2020-01-01 00:00:00.000000'", "outcome"),
    ("merged_into = id", "case"),
]


@pytest.fixture
def life(storage, rules, report) -> Life:
    return Life(storage, rules, report)


class TestAShortHistory:
    @pytest.fixture(autouse=True)
    def history(self, chained: Storage) -> Storage:
        return chained

    @pytest.mark.parametrize(("change", "kind"), CHANGES)
    def test_a_column_that_was_rewritten_is_named(self, tamper, found, change, kind):
        tamper(f"UPDATE ticket SET {change} WHERE number = 'T1'")
        assert {what for what, _, _ in found()} == {kind}

    def test_a_ticket_filed_before_these_were_noted_is_as_good_as_it_was(self, storage, found):
        with storage.write() as session:
            ticket = new_ticket("T9", START)
            facts = {"kind": ticket.kind, "detail_hash": hash_text(ticket.detail, KEYS.audit)}
            record(
                session, ticket, action="file", role="reporter", actor="x", at=START, facts=facts
            )
        assert found() == set()

    def test_an_answer_that_was_taken_away(self, tamper, found):
        tamper("UPDATE ticket SET answered_at = NULL WHERE number = 'T1'")
        assert found() == {("outcome", None, "T1")}


def checked(storage: Storage) -> set[str]:
    """The kinds of what a check finds."""
    return {kind.value for kind in check_storage(storage, Path("none")).kinds()}


def test_every_column_of_a_ticket_with_a_whole_life_is_held(life, tamper):
    """Filed, answered, called back, closed: nothing of it can be rewritten."""
    number = life.file()
    life.answer(number, next(iter(life.rules.outcomes.findings)))
    life.close(number)
    for change, kind in CHANGES:
        with life.storage.read() as session:
            before = dict(session.execute(select(Ticket.__table__)).mappings().one())
        tamper(f"UPDATE ticket SET {change}")
        assert kind in checked(life.storage), change
        with life.storage.engine.begin() as connection:
            connection.execute(Ticket.__table__.update().values(before))
    assert checked(life.storage) == set()


def test_what_a_reporter_left_cannot_vanish_without_a_record(life, tamper):
    kept = life.file(detail="我是李小红，周六上午还在给五年级上数学课")
    life.file(detail="周末补课")
    assert checked(life.storage) == set()
    with life.storage.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == kept)).one()
        assert session.scalars(select(Event).where(Event.ticket_id == ticket.id)).first()
        withdraw_ticket(session, kept, life.rules, MONDAY)
        erase(session, ticket, [What.PERSONAL], "withdrawn", MONDAY)
    assert checked(life.storage) == set()
    life.file(detail="我是李小红，周日上午还在给六年级上英语课")
    assert checked(life.storage) == set()
    tamper("DELETE FROM personal_field")
    assert checked(life.storage) == {"personal"}


def test_words_put_back_after_the_erasure_are_named(life, tamper):
    number = life.file()
    life.answer(number)
    life.close(number)
    with life.storage.write() as session:
        ticket = session.scalars(select(Ticket)).one()
        erase(session, ticket, list(What), "closed", MONDAY)
    assert checked(life.storage) == set()
    tamper("UPDATE ticket SET grade = '五年级'")
    assert checked(life.storage) == {"told"}


def test_a_second_receipt_is_noted_and_the_first_cannot_come_back(life, report, tamper):
    file_report(life.storage, life.rules, report, "first", MONDAY)
    file_report(life.storage, life.rules, report, "first", MONDAY)
    file_report(life.storage, life.rules, report, "second", MONDAY)
    with life.storage.read() as session:
        actions = session.scalars(select(Event.action)).all()
    assert actions.count("receipt") == 1
    assert checked(life.storage) == set()
    tamper("UPDATE ticket SET receipt_hash = 'first'")
    assert checked(life.storage) == {"receipt"}


def test_a_merged_ticket_may_go_along_with_its_case_and_nowhere_else(life, tamper):
    one, second, third, other = (life.file() for _ in range(4))
    life.merge(one, second)
    life.merge(second, third)  # takes the first along
    assert checked(life.storage) == set()
    with life.storage.write() as session:
        withdraw_ticket(session, third, life.rules, life.now)  # one of them goes on as the case
    assert checked(life.storage) == set()
    ids = {n: life.ticket(n).id for n in (one, second, third, other)}
    merged = one if life.state(one) == "merged" else second
    tamper(f"UPDATE ticket SET merged_into = {ids[other]} WHERE number = '{merged}'")
    assert checked(life.storage) == {"case"}
    tamper(f"UPDATE ticket SET merged_into = NULL WHERE number = '{merged}'")
    assert checked(life.storage) == {"case"}
