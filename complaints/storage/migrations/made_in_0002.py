"""The tables that version 0002 adds, as they were then."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_NEW = (
    "personal_field",
    "evidence_file",
    "reveal",
    "reading",
    "erasure",
    "task",
    "barred",
    "declared_interest",
    "outbox",
    "timer",
    "likeness_band",
    "risk_notice",
)


def make_tables() -> None:
    """Make all of them, empty."""
    _make_personal_field()
    _make_evidence_file()
    _make_reveal()
    _make_reading()
    _make_erasure()
    _make_task()
    _make_barred()
    _make_declared_interest()
    _make_outbox()
    _make_timer()
    _make_likeness_band()
    _make_risk_notice()


def drop_tables() -> None:
    """Drop all of them."""
    for table in _NEW:
        op.drop_table(table)


def _only(rows: str) -> dict[str, Any]:
    """The options of an index over these rows only."""
    return {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)}


def _make_personal_field() -> None:
    op.create_table(
        "personal_field",
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.String(64)),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ticket_id", _ROW_ID),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_index("ix_personal_field_blind", "personal_field", ["blind"])
    op.create_index("ix_personal_field_ticket_id", "personal_field", ["ticket_id"])


def _make_evidence_file() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("ticket_id", _ROW_ID),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("released_by", sa.String(64)),
        sa.Column("released_at", _TIME),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ref"),
    )
    op.create_index("ix_evidence_file_owner", "evidence_file", ["owner"])
    op.create_index("ix_evidence_file_ticket_id", "evidence_file", ["ticket_id"])


def _make_reveal() -> None:
    op.create_table(
        "reveal",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("ticket_id", _ROW_ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _TIME),
        sa.Column("approved", sa.Boolean()),
        sa.Column("expires_at", _TIME),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reveal_ticket_id", "reveal", ["ticket_id"])


def _make_reading() -> None:
    op.create_table(
        "reading",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reading_of_ticket", "reading", ["ticket_id", "at"])


def _make_erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("ticket_id", _ROW_ID),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_erasure_ticket_id", "erasure", ["ticket_id"])


def _make_task() -> None:
    op.create_table(
        "task",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("ticket_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("bureau", sa.String(64), nullable=False),
        sa.Column("party_id", sa.String(64)),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("signed_at", _TIME),
        sa.Column("done_at", _TIME),
        sa.Column("answer", sa.Text()),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_ticket_id", "task", ["ticket_id"])
    op.create_index("task_queue", "task", ["bureau", "id"], **_only("done_at IS NULL"))


def _make_barred() -> None:
    op.create_table(
        "barred",
        sa.Column("ticket_id", _ROW_ID, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "who"),
    )
    op.create_index("barred_who", "barred", ["who", "ticket_id"])


def _make_declared_interest() -> None:
    op.create_table(
        "declared_interest",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_declared_interest_party_id", "declared_interest", ["party_id"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ticket_id", _ROW_ID),
        sa.Column("next_try_at", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(200)),
        sa.Column("stuck_at", _TIME),
        sa.Column("given_up_by", sa.String(64)),
        sa.Column("done_at", _TIME),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_outbox_ticket_id", "outbox", ["ticket_id"])
    op.create_index("outbox_done", "outbox", ["done_at"], **_only("done_at IS NOT NULL"))
    op.create_index(
        "outbox_stuck", "outbox", ["stuck_at"], **_only("done_at IS NULL AND stuck_at IS NOT NULL")
    )
    op.create_index(
        "outbox_waiting", "outbox", ["next_try_at"], **_only("done_at IS NULL AND stuck_at IS NULL")
    )


def _make_timer() -> None:
    op.create_table(
        "timer",
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ticket_id", _ROW_ID),
        sa.Column("next_try_at", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(200)),
        sa.Column("stuck_at", _TIME),
        sa.Column("given_up_by", sa.String(64)),
        sa.Column("done_at", _TIME),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_timer_ticket_id", "timer", ["ticket_id"])
    op.create_index("timer_done", "timer", ["done_at"], **_only("done_at IS NOT NULL"))
    op.create_index(
        "timer_stuck", "timer", ["stuck_at"], **_only("done_at IS NULL AND stuck_at IS NOT NULL")
    )
    op.create_index(
        "timer_waiting", "timer", ["next_try_at"], **_only("done_at IS NULL AND stuck_at IS NULL")
    )


def _make_likeness_band() -> None:
    op.create_table(
        "likeness_band",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "ticket_id"),
    )
    op.create_index("likeness_of_ticket", "likeness_band", ["ticket_id"])


def _make_risk_notice() -> None:
    op.create_table(
        "risk_notice",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("party_id", sa.String(64), nullable=False),
        sa.Column("raised_at", _TIME, nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("refund_reporters", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("read_by", sa.String(64)),
        sa.Column("read_at", _TIME),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("risk_of_party", "risk_notice", ["party_id", "raised_at"])
