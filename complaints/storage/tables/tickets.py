"""Tickets, their events, the queues they stand in, the tasks that hang on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.storage.tables.base import ROW_ID, Base

_IN_QUEUE = text("ended_at IS NULL")
_LEFT = text("ended_at IS NOT NULL")
_UNSOLVED = text("unsolved_at IS NOT NULL")
_OPEN_TASK = text("done_at IS NULL")


class Ticket(Base):
    """One filed matter (工单). Its words are the masked copy that offices read.

    Of the reporter it holds the slow hash of the receipt and `reporter_mark`, a keyed hash that
    tells two reporters apart and names neither.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_by_state", "state", "changed_at"),
        Index("ticket_by_promise", "state", "urgent", "promised_on", "id"),
        Index(
            "ticket_to_check",
            "state",
            "urgent",
            "promised_on",
            "id",
            sqlite_where=text("to_check IS 1"),
            postgresql_where=text("to_check IS true"),
        ),
        Index(
            "ticket_unsolved",
            "unsolved_at",
            "id",
            sqlite_where=_UNSOLVED,
            postgresql_where=_UNSOLVED,
        ),
        Index("ticket_by_party", "party_id", "filed_at"),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    intake_id: Mapped[str] = mapped_column(String(64), unique=True)
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
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

    channel: Mapped[str] = mapped_column(String(20), default="chat")
    anonymous: Mapped[bool] = mapped_column(default=True)
    pupil: Mapped[bool] = mapped_column(default=False)
    reporter_mark: Mapped[str | None] = mapped_column(String(64))
    to_check: Mapped[bool] = mapped_column(default=False)
    """Something in the words was masked, or may name the reporter: a clerk should look."""
    dispatches: Mapped[int] = mapped_column(default=0)
    designated: Mapped[bool] = mapped_column(default=False)
    extensions: Mapped[int] = mapped_column(default=0)
    reopened: Mapped[int] = mapped_column(default=0)
    dispatched_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    finding: Mapped[str | None] = mapped_column(String(20))
    result: Mapped[str | None] = mapped_column(String(40))
    reached: Mapped[bool | None]
    solved: Mapped[bool | None]
    satisfied: Mapped[bool | None]
    unsolved_at: Mapped[datetime | None]
    """When the reporter said again that nothing was solved; None once somebody has dealt with it."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    split_from: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    erased_at: Mapped[datetime | None]

    events: Mapped[list[Event]] = relationship(order_by="Event.seq", back_populates="ticket")

    __mapper_args__ = {"version_id_col": version}


class Event(Base):
    """One step in a ticket's history; rows are only ever added, each chained to the one before.

    `hash` covers all columns but `text`, for which `text_hash` stands: a text may be erased on
    schedule without breaking the chain.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    text_hash: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hash: Mapped[str] = mapped_column(String(64))

    ticket: Mapped[Ticket | None] = relationship(back_populates="events")


class Delivery(Base):
    """A ticket in a bureau's queue. `ended_at` is set when the ticket leaves that queue.

    `changed_at` repeats the ticket's, so that one index serves a pull however long the queue is; once
    the ticket has left it says when in the order of changes.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("ticket_id", "bureau"),
        Index(
            "delivery_queue",
            "bureau",
            "changed_at",
            "ticket_id",
            sqlite_where=_IN_QUEUE,
            postgresql_where=_IN_QUEUE,
        ),
        Index(
            "delivery_left",
            "bureau",
            "changed_at",
            "ticket_id",
            sqlite_where=_LEFT,
            postgresql_where=_LEFT,
        ),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Task(Base):
    """What one bureau owes within a ticket (子任务): co-handling, 报到, a notice's receipt, 督办单.

    `party_id`: the school or body that a notice is about or is to be passed on to.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("task_queue", "bureau", "id", sqlite_where=_OPEN_TASK, postgresql_where=_OPEN_TASK),
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    bureau: Mapped[str] = mapped_column(String(64))
    party_id: Mapped[str | None] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    text: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    signed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)


class Barred(Base):
    """Who may neither handle nor read a ticket (回避): a bureau's id, or `staff:` and a login."""

    __tablename__ = "barred"
    __table_args__ = (Index("barred_who", "who", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    who: Mapped[str] = mapped_column(String(80), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40))


class DeclaredInterest(Base):
    """Somebody declared an interest in a party (回避登记): none of its tickets is theirs."""

    __tablename__ = "declared_interest"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    who: Mapped[str] = mapped_column(String(80))
    party_id: Mapped[str] = mapped_column(String(64), index=True)
    reason: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ChangeClock(Base):
    """One row: the last `changed_at` given out, and the end of the chain of events.

    See `storage.clock`. Locked by whoever writes, so both are strictly in the order of commits.
    """

    __tablename__ = "change_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    event_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    event_hash: Mapped[str] = mapped_column(String(64), default="")
