"""Who may come in: tokens, accounts, sessions, and answers that must not be given twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from complaints.storage.tables.base import Base


class BureauToken(Base):
    """A bureau's access to the API; the token itself is not kept."""

    __tablename__ = "bureau_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    bureau: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotentAnswer(Base):
    """What a bureau was answered under an Idempotency-Key.

    `body` is that of a refusal; of a success nothing of the ticket is kept, the answer is made anew.
    """

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
