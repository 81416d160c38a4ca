"""The tables, as SQLAlchemy classes. Times are UTC; `changed_at` counts microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database (SQLite forgets the zone by itself)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the complaint database."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON}


_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class Ticket(Base):
    """One filed matter (工单). Holds nothing of the reporter but the hash of the receipt."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ticket_by_state", "state", "changed_at"),)

    id: Mapped[int] = mapped_column(_ROW_ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    intake_id: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    kind_confidence: Mapped[float]
    matter_code: Mapped[str | None] = mapped_column(String(8))
    subject_party: Mapped[str | None] = mapped_column(Text)
    party_id: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(String(64))
    street: Mapped[str | None] = mapped_column(String(64))
    happened: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[str | None] = mapped_column(Text)
    urgent: Mapped[bool]
    lead: Mapped[str] = mapped_column(String(64))
    routing: Mapped[dict[str, Any]]
    filed_at: Mapped[datetime]
    promised_on: Mapped[date]
    overdue: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer, default=1)

    events: Mapped[list[Event]] = relationship(order_by="Event.id", back_populates="ticket")

    __mapper_args__ = {"version_id_col": version}


class Event(Base):
    """One step in a ticket's history; rows are only ever added."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(_ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    ticket: Mapped[Ticket] = relationship(back_populates="events")


class Delivery(Base):
    """A ticket in a bureau's queue. `ended_at` is set when the ticket leaves that queue."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("ticket_id", "bureau"),
        Index("delivery_queue", "bureau", "ended_at", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(_ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Contact(Base):
    """A reporter's number, encrypted, apart from the ticket; `ticket_id` is set on filing."""

    __tablename__ = "contact"

    ref: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)


class ReceiptTry(Base):
    """Wrong receipts of one client: how many in a row, and when the next try is looked at."""

    __tablename__ = "receipt_try"

    client: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int]
    last_at: Mapped[datetime]


class BureauToken(Base):
    """A bureau's access to the API; the token itself is not kept."""

    __tablename__ = "bureau_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    bureau: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotentAnswer(Base):
    """What a bureau was answered under an Idempotency-Key."""

    __tablename__ = "idempotent_answer"

    bureau: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class StaffAccount(Base):
    """A member of the hotline."""

    __tablename__ = "staff_account"

    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(256))
    disabled: Mapped[bool] = mapped_column(default=False)


class StaffSession(Base):
    """One login; the cookie's value is not kept, only its hash."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("staff_account.login"))
    csrf: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class ChangeClock(Base):
    """One row: the last `changed_at` given out. See `storage.next_change`."""

    __tablename__ = "change_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
