"""What tells that the same matter was reported before, and that a party is reported often."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from complaints.storage.tables.base import ROW_ID, Base


class LikenessBand(Base):
    """One key of a ticket: tickets that may tell the same matter share one (`duplicates.search`).

    A key stands for a band of the text's signature, for kind and party, or for an unregistered party
    in its district. The order of the primary key gives the newest tickets of a key by one index
    range. No foreign key: a ticket has a dozen rows, all written by one function, and tickets are
    never deleted.
    """

    __tablename__ = "likeness_band"
    __table_args__ = (Index("likeness_of_ticket", "ticket_id"),)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class RiskNotice(Base):
    """Several independent reporters on one party within 30 days (D42).

    `party_id`: of a registered party its id, of another one `unlisted:` and the key of its tickets,
    which tells no name; that is with the tickets, as long as they are kept.
    `reporters` counts those of the window that ended with `raised_at` and those since;
    `refund_reporters` are the ones among them who want money back. `tickets`: {"numbers": […]}.
    """

    __tablename__ = "risk_notice"
    __table_args__ = (Index("risk_of_party", "party_id", "raised_at"),)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    party_id: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime]
    reporters: Mapped[int]
    refund_reporters: Mapped[int] = mapped_column(default=0)
    tickets: Mapped[dict[str, Any]]
    read_by: Mapped[str | None] = mapped_column(String(64))
    read_at: Mapped[datetime | None]
