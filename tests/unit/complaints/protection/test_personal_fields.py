"""Personal data lie sealed and apart, and the same telephone is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from complaints.filing import file_report
from complaints.keys import KeyRing, sealed_under
from complaints.protection.contacts import keep_contact
from complaints.protection.personal_fields import (
    fields_of,
    forget_unfiled,
    join_to_ticket,
    keep_field,
    with_same_phone,
)
from complaints.storage.tables import PersonalField, Ticket
from tests.keys import KEYS
from tests.unit.complaints.conftest import MONDAY

PHONE = "139" + "00002222"
DAY = timedelta(days=1)


@pytest.fixture
def ticket_id(storage, rules, report) -> int:
    file_report(storage, rules, report, "h", MONDAY)
    with storage.read() as session:
        return session.scalars(select(Ticket.id)).one()


def test_what_is_kept_of_a_person_is_read_again_only_with_the_keys(storage, ticket_id):
    said = [("phone", PHONE), ("name", "林小满"), ("told", "我儿子三年二班的林小满")]
    with storage.write() as session:
        for kind, value in said:
            keep_field(session, kind, value, MONDAY, ticket_id=ticket_id)
    with storage.read() as session:
        kept = fields_of(session, ticket_id)
        rows = session.execute(text("SELECT * FROM personal_field")).all()
    assert sorted((one.kind, one.value) for one in kept) == sorted(said)
    assert not any(value in str(kept) for _, value in said)
    stored = b"".join(bytes(v) for row in rows for v in row if isinstance(v, bytes | memoryview))
    assert not any(value.encode() in stored or value in str(rows) for _, value in said)


def test_a_field_copied_into_another_row_does_not_open(storage, ticket_id):
    with storage.write() as session:
        one, other = (
            session.get(
                PersonalField, keep_field(session, "name", name, MONDAY, ticket_id=ticket_id)
            )
            for name in ("甲", "乙")
        )
        other.sealed = one.sealed
    with storage.read() as session, pytest.raises(InvalidTag):
        fields_of(session, ticket_id)


def test_an_unknown_kind_is_refused(storage):
    with storage.write() as session, pytest.raises(ValueError, match="shoe_size"):
        keep_field(session, "shoe_size", "42", MONDAY)


@pytest.mark.parametrize(
    ("left", "again"),
    [(PHONE, "+86 139 0000 2222"), ("139-0000-2222", "0086" + PHONE), (PHONE, "一三九零零零零二二二二"),
     ("0571-88120000", "+86 571 8812 0000"), ("（0571）8812 0000", "8657188120000")],
)  # fmt: skip
def test_the_same_telephone_is_known_however_it_is_written(
    storage, rules, report, ticket_id, left, again
):
    for one in ("again", "third"):
        file_report(storage, rules, replace(report, intake_id=one), one, MONDAY)
    with storage.write() as session:
        other, third = session.scalars(select(Ticket.id).where(Ticket.id != ticket_id)).all()
        keep_field(session, "phone", left, MONDAY, ticket_id=ticket_id)
        keep_field(session, "phone", left, MONDAY)  # of a report that was not filed
        keep_field(session, "phone", again, MONDAY, ticket_id=other)
        keep_field(session, "told", left, MONDAY, ticket_id=third)
        keep_field(session, "phone", "13800001111", MONDAY, ticket_id=third)
        assert with_same_phone(session, ticket_id) == (other,)
        assert with_same_phone(session, other) == (ticket_id,)
        assert with_same_phone(session, third) == ()


def test_equal_values_of_other_kinds_share_an_index_only_where_they_are_compared(storage):
    with storage.write() as session:
        for kind, value in (
            ("id_number", "11010119900307757x"),
            ("id_number", "110101 19900307 757X"),
            ("email", "Parent@Example.com"),
            ("email", " parent@example.com"),
            ("name", "林小满"),
            ("phone", "11010119900307757"),
        ):
            keep_field(session, kind, value, MONDAY)
        blinds = session.execute(select(PersonalField.kind, PersonalField.blind)).all()
    of = {kind: {b for k, b in blinds if k == kind} for kind, _ in blinds}
    assert len(of["id_number"]) == len(of["email"]) == 1 and of["name"] == {None}
    assert not of["id_number"] & of["phone"]


def test_fields_join_a_ticket_once_and_never_leave_it(storage, ticket_id):
    ref = keep_contact(storage, "phone", PHONE, MONDAY)
    with storage.write() as session:
        assert join_to_ticket(session, [ref, "unknown"], ticket_id) == [ref]
        assert join_to_ticket(session, [ref], ticket_id + 1) == []
        assert join_to_ticket(session, [], ticket_id) == []
        assert [one.value for one in fields_of(session, ticket_id)] == [PHONE]


def test_fields_that_were_never_filed_are_erased_after_a_day(storage, ticket_id):
    kept = keep_contact(storage, "phone", PHONE, MONDAY)
    keep_contact(storage, "phone", PHONE, MONDAY)
    with storage.write() as session:
        join_to_ticket(session, [kept], ticket_id)
    assert forget_unfiled(storage, MONDAY + timedelta(hours=23), DAY) == 0
    assert forget_unfiled(storage, MONDAY + timedelta(hours=25), DAY) == 1
    with storage.read() as session:
        assert len(fields_of(session, ticket_id)) == 1


keys = st.binary(min_size=32, max_size=32)
rings = st.dictionaries(st.integers(1, 255), keys, min_size=1, max_size=4).map(KeyRing)


@given(rings, st.text(), st.text(max_size=30), st.text(max_size=30))
def test_a_sealed_text_opens_for_its_purpose_alone(ring, plain, purpose, other):
    sealed = ring.seal(plain, purpose)
    assert ring.unseal_text(sealed, purpose) == plain
    assert sealed_under(sealed) == ring.current == max(ring.keys)
    if other != purpose:
        with pytest.raises(InvalidTag):
            ring.unseal(sealed, other)


@given(rings, st.binary(max_size=200), st.integers(0), keys)
def test_a_sealed_text_that_was_touched_opens_no_more(ring, plain, place, other):
    sealed = ring.seal(plain, "p")
    place %= len(sealed)
    touched = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    with pytest.raises(InvalidTag):
        ring.unseal(touched, "p")
    if other != ring.keys[ring.current]:
        with pytest.raises(InvalidTag):
            KeyRing({ring.current: other}).unseal(sealed, "p")


@given(rings, st.integers(1, 255), keys, st.text())
def test_a_further_key_leaves_all_that_was_sealed_before_readable(ring, number, key, plain):
    sealed = ring.seal(plain, "p")
    if number not in ring.keys:
        assert KeyRing({**ring.keys, number: key}).unseal_text(sealed, "p") == plain


def test_no_secret_stands_in_what_is_printed_of_the_keys():
    secrets = (*KEYS.field.keys.values(), KEYS.blind, KEYS.audit, KEYS.receipt, KEYS.proof)
    assert not any(secret.decode() in repr(KEYS) for secret in secrets)


@pytest.mark.parametrize("ring", [{}, {1: b"short"}, {0: b"k" * 32}, {256: b"k" * 32}])
def test_a_ring_that_could_not_seal_is_refused(ring):
    with pytest.raises(ValueError, match="key"):
        KeyRing(ring)
