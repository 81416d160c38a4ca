"""The life of a ticket: chained events, tasks, personal fields, outbox and timers, duplicates.

Data: numbers of reporters move to `personal_field`; what the new columns hold is read from the
events; the events are chained (`audit.adopt`); each ticket gets a timer, by which the worker gives
it the promised day, timers and keys of its text that a new one has (`lifecycle.clockwork`). Back:
states that the older program does not know become the nearest one it does, and a ticket without a
receipt gets one that nothing opens.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from complaints.audit.adopt import chain_unchained
from complaints.storage.migrations.made_in_0002 import drop_tables, make_tables

revision = "0002"
down_revision = "0001"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_NEAREST = {"accepted": "pending", "paused": "handling", "rejected": "closed", "merged": "closed"}
_CONTACTS = ("phone", "id_number", "receipt")
_SEALED_UNDER_KEY_1 = b"JS1\x01"
# SQLite's constraints have no names where the tables were made in one go.
_NAMES = {
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
}
_QUEUE = ["bureau", "changed_at", "ticket_id"]
_FILLED: dict[str, tuple[sa.types.TypeEngine[Any], object]] = {
    "channel": (sa.String(20), "chat"),
    "anonymous": (sa.Boolean(), True),
    "pupil": (sa.Boolean(), False),
    "to_check": (sa.Boolean(), False),
    "dispatches": (sa.Integer(), 0),
    "designated": (sa.Boolean(), False),
    "extensions": (sa.Integer(), 0),
    "reopened": (sa.Integer(), 0),
}
_OPTIONAL: dict[str, sa.types.TypeEngine[Any]] = {
    "reporter_mark": sa.String(64),
    "dispatched_at": _TIME,
    "answered_at": _TIME,
    "closed_at": _TIME,
    "finding": sa.String(20),
    "result": sa.String(40),
    "reached": sa.Boolean(),
    "solved": sa.Boolean(),
    "satisfied": sa.Boolean(),
    "unsolved_at": _TIME,
    "merged_into": _ROW_ID,
    "split_from": _ROW_ID,
    "erased_at": _TIME,
}
_TICKET = sa.table(
    "ticket",
    *(sa.column(name) for name in ("id", "number", "state", "receipt_hash", "filed_at")),
    *(sa.column(name, kind) for name, (kind, _) in _FILLED.items()),
    *(sa.column(name, kind) for name, kind in _OPTIONAL.items()),
)
_EVENT = sa.table("event", *map(sa.column, ("id", "ticket_id", "at", "action", "state")))


def upgrade() -> None:
    """Bring tables and data to version 0002."""
    make_tables()
    op.execute(
        "INSERT INTO personal_field (ref, kind, sealed, created_at, ticket_id)"
        " SELECT ref, kind, sealed, created_at, ticket_id FROM contact"
    )
    _extend_tickets()
    _extend_queues()
    _extend_events()
    op.drop_table("contact")
    # Of an answer to a bureau only the status is kept (`offices.idempotency`).
    op.execute("UPDATE idempotent_answer SET body = '{}' WHERE status = 200")
    _wind_timers()
    chain_unchained(op.get_bind(), context.config.attributes["keys"].audit, datetime.now(UTC))


def downgrade() -> None:
    """Bring tables and data back to version 0001."""
    _contacts_again()
    _plain_events()
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_index("delivery_left")
        delivery.drop_index("delivery_queue")
        delivery.drop_column("changed_at")
        delivery.create_index("delivery_queue", ["bureau", "ended_at", "ticket_id"])
    drop_tables()
    _plain_tickets()


def _extend_tickets() -> None:
    for name, kind in (*((n, k) for n, (k, _) in _FILLED.items()), *_OPTIONAL.items()):
        op.add_column("ticket", sa.Column(name, kind))
    op.execute(sa.update(_TICKET).values({name: value for name, (_, value) in _FILLED.items()}))
    contact = sa.table("contact", sa.column("ticket_id"))
    told = sa.exists().where(contact.c.ticket_id == _TICKET.c.id)
    op.execute(sa.update(_TICKET).where(told).values(anonymous=False))
    sent = sa.func.coalesce(_last("dispatch"), _TICKET.c.filed_at)
    op.execute(sa.update(_TICKET).where(_was_sent()).values(dispatches=1, dispatched_at=sent))
    answered = sa.update(_TICKET).where(_TICKET.c.state.in_(("answered", "closed")))
    op.execute(answered.values(answered_at=_last("answer")))
    closed = sa.update(_TICKET).where(_TICKET.c.state.in_(("closed", "withdrawn")))
    op.execute(closed.values(closed_at=_last("close", "withdraw")))
    with op.batch_alter_table("ticket") as ticket:
        ticket.alter_column("receipt_hash", existing_type=sa.String(64), nullable=True)
        for name, (kind, _) in _FILLED.items():
            ticket.alter_column(name, existing_type=kind, nullable=False)
        for name in ("merged_into", "split_from"):
            ticket.create_foreign_key(f"ticket_{name}_fkey", "ticket", [name], ["id"])
            ticket.create_index(f"ix_ticket_{name}", [name])
        ticket.create_index("ticket_by_party", ["party_id", "filed_at"])
        ticket.create_index("ticket_by_promise", ["state", "urgent", "promised_on", "id"])
        ticket.create_index(
            "ticket_to_check",
            ["state", "urgent", "promised_on", "id"],
            sqlite_where=sa.text("to_check IS 1"),
            postgresql_where=sa.text("to_check IS true"),
        )
        unsolved = sa.text("unsolved_at IS NOT NULL")
        ticket.create_index(
            "ticket_unsolved",
            ["unsolved_at", "id"],
            sqlite_where=unsolved,
            postgresql_where=unsolved,
        )


def _wind_timers() -> None:
    """Due at once, the oldest ticket first; the rules that are needed are the worker's."""
    op.execute(
        "INSERT INTO timer (key, kind, ticket_id, due_at, next_try_at, tries)"
        " SELECT 'catch_up:' || id, 'catch_up', id, filed_at, filed_at, 0 FROM ticket ORDER BY id"
    )


def _last(*actions: str) -> sa.ScalarSelect[datetime]:
    """When one of these last happened to a ticket."""
    query = sa.select(sa.func.max(_EVENT.c.at)).where(_EVENT.c.ticket_id == _TICKET.c.id)
    return query.where(_EVENT.c.action.in_(actions)).scalar_subquery()


def _was_sent() -> sa.Exists:
    """A ticket went to a bureau: on filing or later."""
    query = sa.exists().where(_EVENT.c.ticket_id == _TICKET.c.id)
    return query.where(_EVENT.c.state == "dispatched", _EVENT.c.action.in_(("file", "dispatch")))


def _extend_queues() -> None:
    op.add_column("delivery", sa.Column("changed_at", sa.BigInteger()))
    op.execute(
        "UPDATE delivery SET changed_at ="
        " (SELECT changed_at FROM ticket WHERE ticket.id = delivery.ticket_id)"
    )
    in_queue, left = sa.text("ended_at IS NULL"), sa.text("ended_at IS NOT NULL")
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_index("delivery_queue")
        delivery.alter_column("changed_at", existing_type=sa.BigInteger(), nullable=False)
        delivery.create_index(
            "delivery_queue", _QUEUE, sqlite_where=in_queue, postgresql_where=in_queue
        )
        delivery.create_index("delivery_left", _QUEUE, sqlite_where=left, postgresql_where=left)


def _extend_events() -> None:
    op.add_column("event", sa.Column("seq", sa.BigInteger()))
    op.add_column("event", sa.Column("text_hash", sa.String(64)))
    op.add_column("event", sa.Column("hash", sa.String(64)))
    op.execute(
        "UPDATE event SET hash = '', seq = numbered.seq FROM"
        " (SELECT id, row_number() OVER (ORDER BY id) AS seq FROM event) AS numbered"
        " WHERE numbered.id = event.id"
    )
    with op.batch_alter_table("event") as event:
        event.alter_column("ticket_id", existing_type=_ROW_ID, nullable=True)
        event.alter_column("seq", existing_type=sa.BigInteger(), nullable=False)
        event.alter_column("hash", existing_type=sa.String(64), nullable=False)
        event.create_unique_constraint("event_seq_key", ["seq"])
    op.add_column("change_clock", sa.Column("event_seq", sa.BigInteger()))
    op.add_column("change_clock", sa.Column("event_hash", sa.String(64)))
    op.execute("UPDATE change_clock SET event_seq = 0, event_hash = ''")
    with op.batch_alter_table("change_clock") as clock:
        clock.alter_column("event_seq", existing_type=sa.BigInteger(), nullable=False)
        clock.alter_column("event_hash", existing_type=sa.String(64), nullable=False)


def _contacts_again() -> None:
    """Numbers that the older program can open: sealed under the first key, without a mark."""
    contact = op.create_table(
        "contact",
        sa.Column("ref", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ticket_id", _ROW_ID, sa.ForeignKey("ticket.id")),
    )
    op.create_index("ix_contact_ticket_id", "contact", ["ticket_id"])
    bind = op.get_bind()
    names = [column.name for column in contact.columns]
    field = sa.table("personal_field", *(sa.column(c.name, c.type) for c in contact.columns))
    query = sa.select(field).where(field.c.kind.in_(_CONTACTS)).order_by(field.c.ref)
    for rows in bind.execute(query.execution_options(yield_per=500)).mappings().partitions():
        kept = [{name: row[name] for name in names} for row in rows]
        for row in kept:
            row["sealed"] = row["sealed"].removeprefix(_SEALED_UNDER_KEY_1)
        if kept := [row for row in kept if not row["sealed"].startswith(b"JS1")]:
            bind.execute(sa.insert(contact), kept)


def _plain_events() -> None:
    op.execute("DELETE FROM event WHERE ticket_id IS NULL")
    _rename_states(_EVENT)
    with op.batch_alter_table("event", naming_convention=_NAMES) as event:
        event.alter_column("ticket_id", existing_type=_ROW_ID, nullable=False)
        event.drop_constraint("event_seq_key", type_="unique")
        for name in ("seq", "text_hash", "hash"):
            event.drop_column(name)
    with op.batch_alter_table("change_clock") as clock:
        clock.drop_column("event_seq")
        clock.drop_column("event_hash")


def _plain_tickets() -> None:
    op.execute("UPDATE ticket SET receipt_hash = 'none-' || number WHERE receipt_hash IS NULL")
    _rename_states(_TICKET)
    with op.batch_alter_table("ticket", naming_convention=_NAMES) as ticket:
        ticket.alter_column("receipt_hash", existing_type=sa.String(64), nullable=False)
        ticket.drop_index("ticket_by_party")
        ticket.drop_index("ticket_by_promise")
        ticket.drop_index("ticket_to_check")
        ticket.drop_index("ticket_unsolved")
        for name in ("merged_into", "split_from"):
            ticket.drop_index(f"ix_ticket_{name}")
            ticket.drop_constraint(f"ticket_{name}_fkey", type_="foreignkey")
        for name in (*_FILLED, *_OPTIONAL):
            ticket.drop_column(name)


def _rename_states(table: sa.TableClause) -> None:
    for new, old in _NEAREST.items():
        op.execute(sa.update(table).where(table.c.state == new).values(state=old))
