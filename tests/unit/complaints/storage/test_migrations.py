"""An older database becomes today's, with all that is in it, and can become the older one again."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from complaints.audit.chain import record
from complaints.audit.check import check_storage
from complaints.storage import Storage, UnknownVersion
from complaints.storage.migrations import (
    FIRST,
    HEAD,
    VERSION_TABLE,
    alembic_config,
    alone,
    bring_up_to_date,
    go_back,
    version_of,
)
from complaints.storage.tables import (
    Base,
    ChangeClock,
    DeclaredInterest,
    Delivery,
    Event,
    IdempotentAnswer,
    PersonalField,
    Ticket,
)
from tests.keys import KEYS
from tests.unit.complaints.storage.old_rows import DAY, PHONE, REF, START, UNFILED_REF


def shape(storage: Storage) -> dict[str, object]:
    """Columns, keys and indexes of all tables, without the names that a database makes up."""
    look = inspect(storage.engine)
    shapes: dict[str, object] = {}
    for table in look.get_table_names():
        unique = {tuple(u["column_names"]) for u in look.get_unique_constraints(table)}
        shapes[table] = {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], _default(c["default"]))
                for c in look.get_columns(table)
            },
            "primary key": look.get_pk_constraint(table)["constrained_columns"],
            "unique": unique,
            "foreign keys": {
                (*f["constrained_columns"], f["referred_table"], *f["referred_columns"])
                for f in look.get_foreign_keys(table)
            },
            "indexes": {
                (
                    i["name"],
                    tuple(i["column_names"]),
                    " ".join(map(str, i["dialect_options"].values())),
                )
                for i in look.get_indexes(table)
                if tuple(i["column_names"]) not in unique
            },
        }
    return shapes


def _default(written: str | None) -> str | None:
    return "a sequence" if written and written.startswith("nextval(") else written


def version(storage: Storage) -> str | None:
    with storage.engine.connect() as connection:
        return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))


def test_a_new_database_has_the_newest_tables_and_says_so(empty):
    assert bring_up_to_date(empty.engine, KEYS) == ""
    assert version(empty) == HEAD
    assert bring_up_to_date(empty.engine, KEYS) == HEAD
    with empty.read() as session:
        clock = session.scalars(select(ChangeClock)).one()
    assert (clock.id, clock.last, clock.event_seq, clock.event_hash) == (1, 0, 0, "")


def test_the_steps_lead_to_the_tables_that_the_program_knows(empty, old_empty):
    """Who adds a column or an index to a table finds here that it lacks its migration."""
    with old_empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert ScriptDirectory.from_config(alembic_config(connection, KEYS)).get_heads() == [HEAD]
    migrated = shape(old_empty)
    with alone(empty.engine) as connection:
        Base.metadata.drop_all(connection)
    empty.create()
    assert migrated == shape(empty)


@pytest.fixture
def old_empty(empty: Storage) -> Storage:
    """A database that went through all steps, without rows."""
    with alone(empty.engine) as connection:
        command.upgrade(alembic_config(connection, KEYS), HEAD)
    return empty


def test_the_steps_back_lead_to_the_first_tables(old, old_empty_shape):
    old.create()
    go_back(old.engine, KEYS, FIRST)
    assert shape(old) == old_empty_shape


def test_tables_made_in_one_go_lead_back_as_well(empty):
    empty.create()
    made = shape(empty)
    go_back(empty.engine, KEYS, FIRST)
    assert version_of(empty.engine) == FIRST
    empty.create()
    assert shape(empty) == made


@pytest.fixture
def old_empty_shape(old: Storage) -> dict[str, object]:
    return shape(old) | {VERSION_TABLE: shape_of_versions(old)}


def shape_of_versions(storage: Storage) -> object:
    with alone(storage.engine) as connection:
        connection.execute(
            text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) PRIMARY KEY)")
        )
    found = shape(storage)[VERSION_TABLE]
    with alone(storage.engine) as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    found["columns"]["version_num"] = ("VARCHAR(32)", False, None)
    return found


class TestUp:
    """After the upgrade everything is there, and what is new is right."""

    @pytest.fixture
    def upgraded(self, old: Storage) -> Storage:
        assert bring_up_to_date(old.engine, KEYS) == FIRST
        return old

    def test_the_chain_holds_over_all_that_happened_before(self, upgraded, tmp_path):
        report = check_storage(upgraded, tmp_path / "none")
        assert report.faults == ()
        assert (report.checked, report.tickets, report.adopted) == (17, 6, 16)

    def test_events_keep_their_order_and_all_they_say(self, upgraded):
        with upgraded.read() as session:
            events = session.scalars(select(Event).order_by(Event.id)).all()
        assert [event.seq for event in events] == list(range(1, 18))
        assert [event.id for event in events[:3]] == [7, 9, 11]
        assert events[13].text == "还有一张收据🙂" and events[13].at == START + 6 * DAY
        assert events[0].facts["amount"] == "三千元"
        assert events[-1].ticket_id is None and events[-1].facts == {"events": 16}

    def test_tickets_know_where_they_were_sent_and_when_they_ended(self, upgraded):
        with upgraded.read() as session:
            tickets = {t.id // 3: t for t in session.scalars(select(Ticket))}
        assert {n: t.dispatches for n, t in tickets.items()} == {1: 0, 2: 1, 3: 1, 4: 1, 5: 0, 6: 1}
        assert tickets[1].dispatched_at is None
        assert tickets[2].dispatched_at == START + 2 * DAY
        assert tickets[3].dispatched_at == START + 6 * DAY
        assert tickets[2].answered_at == START + 7 * DAY
        assert tickets[2].closed_at == START + 11 * DAY
        assert tickets[4].closed_at == START + 5 * DAY
        assert tickets[3].answered_at is None and tickets[3].closed_at is None
        assert {t.receipt_hash for t in tickets.values()} == {f"{n:064x}" for n in range(1, 7)}
        assert {t.channel for t in tickets.values()} == {"chat"}
        assert {t.version for t in tickets.values()} == {3}
        assert not any(t.designated or t.pupil or t.to_check for t in tickets.values())
        assert tickets[5].overdue and tickets[1].filed_at == START + DAY

    def test_a_reporter_who_left_a_number_is_not_anonymous(self, upgraded):
        with upgraded.read() as session:
            named = session.scalars(select(Ticket.id).where(Ticket.anonymous.is_(False))).all()
            fields = {f.ref: f for f in session.scalars(select(PersonalField))}
        assert named == [6]
        assert set(fields) == {REF, UNFILED_REF} and fields[REF].ticket_id == 6
        assert fields[REF].created_at == START and fields[UNFILED_REF].ticket_id is None
        assert KEYS.field.unseal_text(fields[REF].sealed, REF) == PHONE

    def test_queues_stand_in_the_order_of_their_tickets(self, upgraded):
        with upgraded.read() as session:
            rows = session.execute(
                select(Delivery.changed_at, Ticket.changed_at).join(
                    Ticket, Ticket.id == Delivery.ticket_id
                )
            ).all()
        assert len(rows) == 5 and all(own == ticket for own, ticket in rows)

    def test_of_answers_that_were_kept_no_word_of_a_ticket_stays(self, upgraded):
        with upgraded.read() as session:
            kept = {row.key: row.body for row in session.scalars(select(IdempotentAnswer))}
        assert kept == {"a": {}, "b": {"error": {"code": "wrong_state"}}}

    def test_work_goes_on(self, upgraded, tmp_path):
        with upgraded.write() as session:
            ticket = session.get_one(Ticket, 3)
            event = record(
                session, ticket, action="accept", role="hotline", actor="clerk", at=START + 60 * DAY
            )
        assert event.seq == 18 and event.id > 7 + 2 * 15
        assert ticket.changed_at > 1_790_000_000_000_005
        assert check_storage(upgraded, tmp_path / "none").faults == ()


class TestBack:
    """An older program can be started again: tickets, receipts and numbers are there."""

    @pytest.fixture
    def returned(self, old: Storage) -> Storage:
        old.create()
        with old.write() as session:
            new_ref, later_ref = "11" * 12, "22" * 12
            session.add_all(
                PersonalField(
                    ref=ref, kind=kind, sealed=sealed, created_at=START, ticket_id=6
                )
                for ref, kind, sealed in (
                    (new_ref, "phone", KEYS.field.seal("00000000043", new_ref)),
                    (later_ref, "phone", b"JS1\x02" + b"x" * 40),
                    ("33" * 12, "told", KEYS.field.seal("我家孩子", "33" * 12)),
                )
            )  # fmt: skip
            session.add(
                DeclaredInterest(who="staff:a", party_id="P1", reason="亲属", declared_at=START)
            )
            for id_, state in ((3, "accepted"), (9, "paused"), (15, "rejected")):
                ticket = session.get_one(Ticket, id_)
                ticket.state, ticket.receipt_hash = state, None
                record(session, ticket, action="x", role="lead", actor="b", at=START + 50 * DAY)
            merged = session.get_one(Ticket, 18)
            merged.state, merged.merged_into = "merged", 9
            record(session, merged, action="merge", role="hotline", actor="b", at=START + 51 * DAY)
        go_back(old.engine, KEYS, FIRST)
        return old

    def rows(self, storage: Storage, query: str) -> list[tuple[object, ...]]:
        with storage.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def test_tickets_stand_in_states_that_the_older_program_knows(self, returned):
        assert self.rows(returned, "SELECT id, state FROM ticket ORDER BY id") == [
            (3, "pending"), (6, "closed"), (9, "handling"), (12, "withdrawn"), (15, "closed"),
            (18, "closed"),
        ]  # fmt: skip

    def test_receipts_still_open_their_tickets(self, returned):
        receipts = dict(self.rows(returned, "SELECT id, receipt_hash FROM ticket"))
        assert receipts[6] == f"{2:064x}" and receipts[12] == f"{4:064x}"
        assert receipts[3].startswith("none-") and len(set(receipts.values())) == 6

    def test_numbers_that_the_older_program_can_open_are_kept(self, returned):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        kept = dict(self.rows(returned, "SELECT ref, sealed FROM contact"))
        assert set(kept) == {REF, UNFILED_REF, "11" * 12}
        sealed = bytes(kept["11" * 12])
        opened = AESGCM(b"k" * 32).decrypt(sealed[:12], sealed[12:], b"11" * 12)
        assert opened == b"00000000043"

    def test_the_history_is_kept_but_for_what_concerns_no_ticket(self, returned):
        assert self.rows(returned, "SELECT count(*), count(ticket_id) FROM event") == [(20, 20)]
        assert self.rows(returned, "SELECT last > 1790000000000005 FROM change_clock")[0][0]

    def test_and_forward_again(self, returned, tmp_path):
        returned.create()
        assert check_storage(returned, tmp_path / "none").faults == ()
        with returned.read() as session:
            assert session.get_one(Ticket, 6).receipt_hash == f"{2:064x}"
            assert session.get_one(PersonalField, REF).ticket_id == 6


def test_tables_of_a_newer_program_are_left_alone(empty):
    empty.create()
    with empty.engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    before = shape(empty)
    with pytest.raises(UnknownVersion) as refused:
        empty.create()
    assert refused.value.version == "9999"
    assert shape(empty) == before and version(empty) == "9999"


def test_tables_of_nobody_knows_when_are_left_alone(empty):
    empty.create()
    with alone(empty.engine) as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    with pytest.raises(UnknownVersion):
        empty.create()


def test_an_upgrade_that_fails_changes_nothing(old, monkeypatch):
    before = shape(old)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("complaints.audit.adopt.hash_event", fail)
    with pytest.raises(RuntimeError):
        old.create()
    assert shape(old) == before
    with old.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM event")) == 16
        assert connection.scalar(text("SELECT count(*) FROM contact")) == 2
    monkeypatch.undo()
    old.create()
    assert version(old) == HEAD


def test_foreign_keys_are_watched_again_afterwards(old):
    old.create()
    with old.engine.connect() as connection:
        if old.engine.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(text("PRAGMA busy_timeout")) == 3000


def test_a_large_history_is_chained_in_pieces(old, monkeypatch, tmp_path):
    monkeypatch.setattr("complaints.audit.adopt._BATCH", 3)
    old.create()
    report = check_storage(old, tmp_path / "none")
    assert (report.faults, report.checked) == ((), 17)
