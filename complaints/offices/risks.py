"""The notices of risk (风险提示, D42) that a clerk has to see to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.conflicts import staff
from complaints.duplicates.risk import is_refund_cluster, mark_read, notice_text, notices_to_read
from complaints.lifecycle.act import NotFound
from complaints.offices.triage import may_see
from complaints.rules import Rules
from complaints.storage.tables import DeclaredInterest, RiskNotice, Ticket


@dataclass(frozen=True)
class RiskLine:
    """One notice: what it says, and the tickets that it is about."""

    id: int
    raised_at: datetime
    text: str
    refunds: bool
    numbers: tuple[str, ...]


def risk_lines(session: Session, rules: Rules, login: str) -> tuple[RiskLine, ...]:
    """The unread notices, newest first; none on a party whose tickets this clerk may not see."""
    notices = notices_to_read(session)
    hidden = _hidden(session, notices, rules, login)
    return tuple(
        RiskLine(
            id=notice.id,
            raised_at=notice.raised_at,
            text=notice_text(session, notice, rules),
            refunds=is_refund_cluster(notice, rules),
            numbers=tuple(notice.tickets["numbers"]),
        )
        for notice in notices
        if notice.id not in hidden
    )


def see_to_risk(session: Session, notice_id: int, rules: Rules, login: str, now: datetime) -> None:
    """A clerk has seen to a notice. Raises NotFound, also for one that this clerk may not see."""
    notice = session.get(RiskNotice, notice_id)
    if notice is None or _hidden(session, [notice], rules, login):
        raise NotFound("没有这条风险提示。")
    mark_read(notice, login, now)


def _hidden(
    session: Session, notices: Sequence[RiskNotice], rules: Rules, login: str
) -> frozenset[int]:
    """The notices that name a ticket which the clerk may not see, or a party of an own interest."""
    numbers = {number for notice in notices for number in notice.tickets["numbers"]}
    seen = set(
        session.scalars(
            select(Ticket.number).where(Ticket.number.in_(numbers), may_see(rules.city, login))
        )
    )
    interests = set(
        session.scalars(
            select(DeclaredInterest.party_id).where(
                DeclaredInterest.who.in_((staff(login), rules.city.hotline.id)),
                DeclaredInterest.ended_at.is_(None),
            )
        )
    )
    return frozenset(
        notice.id
        for notice in notices
        if notice.party_id in interests or not seen.issuperset(notice.tickets["numbers"])
    )
