"""The law: no single value of any event can be changed unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, assume, given, settings
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError

from complaints.audit.check import check_chain, check_storage
from complaints.storage import Storage
from complaints.storage.tables import Event
from tests.keys import KEYS
from tests.unit.complaints.audit.conftest import HISTORY

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=20
)
_NUMBERS = st.integers(min_value=-(2**40), max_value=2**40)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORDS, inner, max_size=2),
    max_leaves=4,
)
_CHANGES = st.one_of(
    *(st.tuples(st.just(name), _WORDS) for name in ("action", "role", "actor", "state", "hash")),
    st.tuples(st.just("text"), st.none() | _WORDS),
    st.tuples(st.just("text_hash"), st.none() | _WORDS | st.text("0123456789abcdef", min_size=64)),
    st.tuples(st.just("seq"), _NUMBERS | st.integers(1, 12)),
    st.tuples(st.just("ticket_id"), st.none() | _NUMBERS | st.integers(1, 4)),
    st.tuples(st.just("facts"), _JSON),
    st.tuples(
        st.just("at"),
        st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)),
    ),
)


@pytest.fixture(autouse=True)
def history(chained: Storage) -> Storage:
    return chained


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(seq=st.integers(1, len(HISTORY)), change=_CHANGES)
def test_any_changed_value_of_any_event_is_found(storage, seq, change):
    name, value = change
    with storage.read() as session:
        if storage.engine.dialect.name == "sqlite":
            session.execute(text("BEGIN"))
        else:
            session.execute(text("SET session_replication_role = replica"))
        before = value_of(session, name, seq)
        assume(before != value)
        column = getattr(Event, name)
        try:
            session.execute(
                update(Event)
                .where(Event.seq == seq)
                .values({name: bindparam("new", value, type_=column.type)})
                .execution_options(synchronize_session=False)
            )
        except DBAPIError:  # the database itself refuses it
            session.rollback()
            assume(False)
        faults = check_chain(session, KEYS).faults
        session.rollback()
    assert faults


def value_of(session, name: str, seq: int) -> object:
    value = session.execute(select(getattr(Event, name)).where(Event.seq == seq)).scalar_one()
    return json.loads(json.dumps(value)) if name == "facts" else value


@pytest.mark.parametrize("seq", range(1, len(HISTORY) + 1))
def test_a_row_under_another_number_is_out_of_order(storage, tamper, found, seq):
    """`id` only says in which order rows were made, so only the order is held against `seq`."""
    tamper(f"UPDATE event SET id = {5000 if seq < len(HISTORY) else -5} WHERE seq = {seq}")
    assert "order" in {kind for kind, _, _ in found()}


@pytest.mark.parametrize(
    ("change", "only"),
    [
        ("at = 'yesterday'", "sqlite"),
        ("at = 'infinity'", "postgresql"),
        ("at = '20260-01-01 00:00:00+00'", "postgresql"),
        ("facts = 'no json'", "sqlite"),
        ("facts = '[1]'", None),
        ("""facts = '{"a": "\\ud800"}'""", None),
        ("seq = 'first'", "sqlite"),
        ("seq = -4", None),
        ("ticket_id = 'none'", "sqlite"),
        ("text = X'00FF'", "sqlite"),
        ("hash = ''", None),
        ("text_hash = ''", None),
        ("at = '0001-01-01 00:00:00+14:00'", "sqlite"),
        ("facts = '" + "[" * 5000 + "'", "sqlite"),
        ("facts = '" + '{"a":' * 5000 + "1" + "}" * 5000 + "'", "sqlite"),
        ("facts = '" + "[" * 2000 + "]" * 2000 + "'", "postgresql"),
        ('facts = \'{"a": ' + "9" * 5000 + "}'", "sqlite"),
        ("text = CAST(X'FF' AS TEXT)", "sqlite"),
        ("actor = CAST(X'FF' AS TEXT)", "sqlite"),
        ("facts = CAST(X'FF' AS TEXT)", "sqlite"),
        ("seq = 2.5", "sqlite"),
    ],
)
def test_values_that_no_program_writes_stop_nothing(storage, tamper, found, change, only):
    if only in (None, storage.engine.dialect.name):
        tamper(f"UPDATE event SET {change.replace(':', chr(92) + ':')} WHERE seq = 6")
        assert found()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("filed_at = '0001-01-01 00:00:00+14:00'", "filed_at"),
        ("filed_at = 'yesterday'", "filed_at"),
        ("answered_at = 'yesterday'", "outcome"),
        ("closed_at = 'yesterday'", "outcome"),
        ("detail = CAST(X'FF' AS TEXT)", "detail"),
        ("number = CAST(X'FF' AS TEXT)", "filed"),
        ("number = X'FF'", "filed"),
        ("receipt_hash = X'FF'", "receipt"),
        ("receipt_hash = 7", "receipt"),
        ("place = X'FF'", "told"),
        ("urgent = 'very'", "matter"),
        ("pupil = 7", "filed"),
        ("solved = 'x'", "outcome"),
        ("merged_into = 'T2'", "case"),
        ("merged_into = 4711", "case"),
        ("state = X'FF'", "state"),
        ("kind = 2.5", "ticket_kind"),
    ],
)
def test_no_value_of_a_ticket_stops_the_check(storage, tamper, witness, change, kind):
    if storage.engine.dialect.name == "sqlite":
        tamper(f"UPDATE ticket SET {change.replace(':', chr(92) + ':')} WHERE number = 'T1'")
        report = check_storage(storage, witness)
        assert kind in {one.value for one in report.kinds()}
        assert "\n".join(map(str, report.faults)).encode()  # can be printed


@pytest.mark.parametrize("change", ["event_seq = 'many'", "event_hash = X'FF'", "event_hash = 7"])
def test_no_value_of_the_noted_end_stops_the_check(storage, tamper, found, change):
    if storage.engine.dialect.name == "sqlite":
        tamper(f"UPDATE change_clock SET {change}")
        assert "end" in {kind for kind, _, _ in found()}
