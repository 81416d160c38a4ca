"""A bureau that has to know who reported: it asks with a reason, the hotline decides.

The only way by which a bureau learns anything of a reporter. Asked, decided and looked at: each is
in the chain of events (`protection.reveal`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, ticket_of_bureau
from complaints.lifecycle.states import Role
from complaints.lifecycle.table import NotAllowed
from complaints.protection.reveal import ask_reveal, read_revealed, reveals_of
from complaints.storage.tables import Reveal, Ticket

_PENDING = "申请还在等热线审批。"
_REFUSED = "热线没有同意查看；确有需要的，请写明理由重新申请。"


def ask_for_reporter(
    session: Session, number: str, bureau: str, reason: str, now: datetime
) -> dict[str, Any]:
    """Ask to see the personal data of a ticket. Raises NotFound, and NotAllowed as `ask_reveal`."""
    ticket, role = ticket_of_bureau(session, number, bureau)
    asked = ask_reveal(session, ticket, Actor(bureau, role), reason, now)
    return _lodged(asked)


def asked_before(session: Session, number: str, bureau: str) -> dict[str, Any]:
    """What a repeated request is told: when this bureau asked last. Raises NotFound."""
    ticket, _ = ticket_of_bureau(session, number, bureau)
    return _lodged(_own(session, ticket, bureau)[0])


def read_reporter(session: Session, number: str, bureau: str, now: datetime) -> dict[str, Any]:
    """The personal data of a ticket while an approval holds, in a write transaction.

    Raises NotFound; NotAllowed as `read_revealed`, and with `pending` or `refused` where the newest
    request stands so.
    """
    ticket, role = ticket_of_bureau(session, number, bureau)
    asked = _own(session, ticket, bureau)
    try:
        fields = read_revealed(session, ticket, Actor(bureau, role), now)
    except NotAllowed as refusal:
        if refusal.code not in ("not_approved", "expired") or not asked or asked[0].approved:
            raise
        if asked[0].decided_at is None:
            raise NotAllowed("pending", _PENDING) from None
        raise NotAllowed("refused", _REFUSED) from None
    ends = max(row.expires_at for row in asked if row.expires_at is not None)
    return {
        "fields": [
            {"kind": one.kind.value, "label": one.kind.label, "value": one.value} for one in fields
        ],
        "expires_at": ends.isoformat(),
    }


def _own(session: Session, ticket: Ticket, bureau: str) -> list[Reveal]:
    """What this bureau asked about a ticket, the newest first."""
    rows = reveals_of(session, ticket.id)
    return [row for row in rows if row.asked_by == bureau and row.role != Role.HOTLINE]


def _lodged(asked: Reveal) -> dict[str, Any]:
    return {"status": "pending", "asked_at": asked.asked_at.isoformat()}
