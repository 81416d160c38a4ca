"""Several independent reporters on one party in a short time are a risk that a person looks at (D42).

One notice for a party and window: to the hotline, and as a task to the office that supervises the
party. Below the least number (never under 3) nothing is raised and no figure is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from complaints.audit.chain import record
from complaints.duplicates.reporters import independent_reporters
from complaints.lifecycle.act import SYSTEM
from complaints.lifecycle.states import State
from complaints.lifecycle.tasks import TaskKind, add_task
from complaints.model import Kind
from complaints.rules import Rules
from complaints.storage.tables import Barred, Delivery, RiskNotice, Ticket

_LOOKED_AT = 200  # of the newest tickets on a party
_GONE = (State.WITHDRAWN, State.REJECTED)


def risk_after(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> RiskNotice | None:
    """Raise a risk notice after a filing, or bring the one of this window up to date.

    Returns it, or None when there are not enough reporters or the party is not registered.
    """
    if ticket.party_id is None or ticket.party_id not in rules.city.parties:
        return None
    window = timedelta(days=rules.duplicates.risk_days)
    notice = _standing(session, ticket.party_id, now - window)
    since = (notice.raised_at if notice else now) - window
    tickets = _tickets(session, ticket.party_id, since)
    reporters = independent_reporters(session, [each.id for each in tickets])
    if notice is None and reporters < rules.duplicates.risk_from:
        return None
    wants_back = [each.id for each in tickets if each.kind == Kind.TRAINING_FEES_REFUND]
    refunds = independent_reporters(session, wants_back) if wants_back else 0
    return _note(session, notice, tickets, (reporters, refunds), rules, now)


def notices_to_read(session: Session, most: int = 50) -> Sequence[RiskNotice]:
    """The notices that nobody of the hotline has read, newest first."""
    return session.scalars(
        select(RiskNotice)
        .where(RiskNotice.read_at.is_(None))
        .order_by(RiskNotice.raised_at.desc())
        .limit(most)
    ).all()


def mark_read(notice: RiskNotice, login: str, now: datetime) -> None:
    """A clerk has seen to a notice; the first one is kept."""
    if notice.read_at is None:
        notice.read_by, notice.read_at = login, now


def notice_text(notice: RiskNotice, rules: Rules) -> str:
    """What the hotline and the supervising office read; empty while the figure is too small."""
    least, days = rules.duplicates.risk_from, rules.duplicates.risk_days
    if notice.reporters < least:
        return ""
    party = rules.city.parties.get(notice.party_id)
    name = party.name if party else "该对象"
    text = f"{days}日内有{notice.reporters}名举报人分别反映{name}，请研判风险。"
    if is_refund_cluster(notice, rules):
        text += (
            f"其中{notice.refund_reporters}人反映收费退费：聚集性退费预警，请核查资金和办学情况。"
        )
    return text


def is_refund_cluster(notice: RiskNotice, rules: Rules) -> bool:
    """Whether so many reporters want money back that they are a cluster (聚集性退费)."""
    return notice.refund_reporters >= rules.duplicates.risk_from


def _standing(session: Session, party_id: str, since: datetime) -> RiskNotice | None:
    return session.scalar(
        select(RiskNotice)
        .where(RiskNotice.party_id == party_id, RiskNotice.raised_at > since)
        .order_by(RiskNotice.raised_at.desc())
        .limit(1)
    )


def _tickets(session: Session, party_id: str, since: datetime) -> Sequence[Ticket]:
    return session.scalars(
        select(Ticket)
        .where(Ticket.party_id == party_id, Ticket.filed_at >= since, Ticket.state.not_in(_GONE))
        .order_by(Ticket.filed_at.desc())
        .limit(_LOOKED_AT)
        .options(load_only(Ticket.number, Ticket.kind, Ticket.state, Ticket.party_id))
    ).all()


def _note(
    session: Session,
    notice: RiskNotice | None,
    tickets: Sequence[Ticket],
    figures: tuple[int, int],
    rules: Rules,
    now: datetime,
) -> RiskNotice:
    was_cluster = notice is not None and is_refund_cluster(notice, rules)
    is_new = notice is None
    if notice is None:
        party_id = str(tickets[0].party_id)
        notice = RiskNotice(party_id=party_id, raised_at=now, reporters=0, refund_reporters=0)
        session.add(notice)
    reporters, refunds = figures
    notice.reporters = max(notice.reporters, reporters)
    notice.refund_reporters = max(notice.refund_reporters, refunds)
    notice.tickets = {"numbers": sorted(ticket.number for ticket in tickets)}
    if is_new or (is_refund_cluster(notice, rules) and not was_cluster):
        _tell(session, notice, tickets, rules, now)
    session.flush()
    return notice


def _tell(
    session: Session,
    notice: RiskNotice,
    tickets: Sequence[Ticket],
    rules: Rules,
    now: datetime,
) -> None:
    """To the hotline as unread, to the supervising office as a task, to the chain of events."""
    notice.read_by = notice.read_at = None
    record(
        session,
        None,
        action="risk",
        role=SYSTEM.role.value,
        actor=SYSTEM.id,
        at=now,
        facts={"party": notice.party_id, "refunds": is_refund_cluster(notice, rules)},
    )
    office = rules.city.parties[notice.party_id].authority
    ids = [ticket.id for ticket in tickets]
    if _is_barred(session, office, ids):
        return
    bearer = _bearer(session, office, tickets)
    if bearer is not None:
        text = notice_text(notice, rules)
        add_task(
            session, bearer, TaskKind.RISK, office, SYSTEM.id, rules, now, text, notice.party_id
        )


def _is_barred(session: Session, office: str, ids: Sequence[int]) -> bool:
    """Whether an office must not know of one of the tickets: then it hears nothing of them all."""
    barred = select(Barred.ticket_id).where(Barred.who == office, Barred.ticket_id.in_(ids))
    return session.scalar(barred.limit(1)) is not None


def _bearer(session: Session, office: str, tickets: Sequence[Ticket]) -> Ticket | None:
    """The newest ticket the task can hang on: one the office has anyway, else any that is not over."""
    own = set(
        session.scalars(
            select(Delivery.ticket_id).where(
                Delivery.bureau == office,
                Delivery.ended_at.is_(None),
                Delivery.ticket_id.in_([ticket.id for ticket in tickets]),
            )
        )
    )
    current = [ticket for ticket in tickets if State(ticket.state).is_open]
    return next((t for t in current if t.id in own), current[0] if current else None)
