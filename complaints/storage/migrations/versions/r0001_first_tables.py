"""The tables as they were before versions were noted: filing, queues, receipts, access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_ALL = (
    *("event", "delivery", "contact", "ticket", "receipt_try", "bureau_token"),
    *("idempotent_answer", "staff_session", "staff_account", "change_clock"),
)


def upgrade() -> None:
    """Make them."""
    _tickets()
    _events_and_queues()
    _personal()
    _access()


def downgrade() -> None:
    """Drop them all."""
    for table in _ALL:
        op.drop_table(table)


def _tickets() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("intake_id", sa.String(64), nullable=False, unique=True),
        sa.Column("receipt_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("kind_confidence", sa.Float(), nullable=False),
        sa.Column("matter_code", sa.String(8)),
        sa.Column("subject_party", sa.Text()),
        sa.Column("party_id", sa.String(64)),
        sa.Column("place", sa.Text()),
        sa.Column("district", sa.String(64)),
        sa.Column("street", sa.String(64)),
        sa.Column("happened", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("grade", sa.Text()),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("lead", sa.String(64), nullable=False),
        sa.Column("routing", sa.JSON(), nullable=False),
        sa.Column("filed_at", _TIME, nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ticket_by_state", "ticket", ["state", "changed_at"])
    op.create_table(
        "change_clock",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO change_clock (id, last) VALUES (1, 0)")


def _events_and_queues() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("ticket_id", _ROW_ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_index("ix_event_ticket_id", "event", ["ticket_id"])
    op.create_table(
        "delivery",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("ticket_id", _ROW_ID, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("bureau", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("delivered_at", _TIME),
        sa.Column("ended_at", _TIME),
        sa.UniqueConstraint("ticket_id", "bureau"),
    )
    op.create_index("delivery_queue", "delivery", ["bureau", "ended_at", "ticket_id"])


def _personal() -> None:
    op.create_table(
        "contact",
        sa.Column("ref", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ticket_id", _ROW_ID, sa.ForeignKey("ticket.id")),
    )
    op.create_index("ix_contact_ticket_id", "contact", ["ticket_id"])
    op.create_table(
        "receipt_try",
        sa.Column("client", sa.String(64), primary_key=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
    )


def _access() -> None:
    op.create_table(
        "bureau_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("bureau", sa.String(64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("revoked_at", _TIME),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("bureau", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
    )
    op.create_table(
        "staff_account",
        sa.Column("login", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("login", sa.String(64), sa.ForeignKey("staff_account.login"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
    )
