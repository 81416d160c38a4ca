"""Personal data, apart from the tickets: sealed fields, files, who looked, what was erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from complaints.storage.tables.base import ROW_ID, Base


class PersonalField(Base):
    """One sealed piece of personal data; `ticket_id` is set on filing.

    `kind`: phone, name, address, told (the reporter's words as they were), … `blind` is a keyed
    hash of the normal form, for "the same telephone again".
    """

    __tablename__ = "personal_field"

    ref: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)


class EvidenceFile(Base):
    """A file that a reporter gave. Its bytes lie sealed in the evidence folder under `ref`.

    `owner` is the reporter's mark until the ticket is filed. A bureau sees it once a clerk has
    released it.
    """

    __tablename__ = "evidence_file"

    ref: Mapped[str] = mapped_column(String(32), primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    released_by: Mapped[str | None] = mapped_column(String(64))
    released_at: Mapped[datetime | None]


class Reveal(Base):
    """Somebody asks to see personal data of a ticket; a second person decides; it expires."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    expires_at: Mapped[datetime | None]


class Reading(Base):
    """One look at a ticket: who, when, by which way (page, api, pull, reveal, receipt, …).

    No foreign key: tickets are never deleted, and its check would lock each ticket of a pull.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("reading_of_ticket", "ticket_id", "at"),)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    role: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(20))


class Erasure(Base):
    """A record of what was erased, when and under which rule; never of the content."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    at: Mapped[datetime]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    counts: Mapped[dict[str, Any]]


class ReceiptTry(Base):
    """Wrong receipts of one client: how many in a row, and when the next try is looked at."""

    __tablename__ = "receipt_try"

    client: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int]
    last_at: Mapped[datetime]
