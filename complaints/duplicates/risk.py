"""Several independent reporters on one party in a short time are a risk that a person looks at (D42).

One notice for a party and window: to the hotline, and as a task to the office that supervises the
party. An unregistered one (黑班) is told by its own name and the district. Below the least number
(never under 3) nothing is raised and no figure is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.duplicates.reporters import independent_reporters
from complaints.duplicates.risk_parties import (
    GONE,
    LOOKED_AT,
    is_on,
    name_of,
    office_of,
    reported_party,
    tickets_on,
)
from complaints.lifecycle.act import SYSTEM
from complaints.lifecycle.settling import set_task_timer
from complaints.lifecycle.states import State
from complaints.lifecycle.task_kinds import TaskKind
from complaints.lifecycle.task_rows import add_task, open_tasks
from complaints.model import Kind
from complaints.rules import Rules
from complaints.storage.tables import Barred, Delivery, RiskNotice, Ticket


def risk_after(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> RiskNotice | None:
    """Raise a risk notice after a filing, or bring the one of this window up to date.

    The ticket's keys must be noted (`search.note_text`). Returns the notice, or None when there are
    not enough reporters or it is not clear which party is meant.
    """
    party = reported_party(ticket)
    if party is None:
        return None
    window = timedelta(days=rules.duplicates.risk_days)
    notice = _standing(session, party, now - window)
    since = (notice.raised_at if notice else now) - window
    tickets = tickets_on(session, party, since)
    reporters = independent_reporters(session, [each.id for each in tickets])
    if notice is None and reporters < rules.duplicates.risk_from:
        return None
    wants_back = [each.id for each in tickets if each.kind == Kind.TRAINING_FEES_REFUND]
    refunds = independent_reporters(session, wants_back) if wants_back else 0
    if notice is None:
        notice = RiskNotice(party_id=party, raised_at=now, reporters=0, refund_reporters=0)
    _note(session, notice, ticket, tickets, (reporters, refunds), rules, now)
    return notice


def hand_risks_on(session: Session, ticket: Ticket, now: datetime) -> None:
    """A ticket is taken back or refused: what its party risks is looked into all the same.

    The task goes on at another ticket on the party that its office may know of, on the same day;
    where there is none it stays, for taking a report back must not end it.
    """
    for task in open_tasks(session, ticket):
        party = task.party_id or reported_party(ticket)
        if task.kind != TaskKind.RISK or party is None:
            continue
        others = session.scalars(
            select(Ticket)
            .where(
                is_on(party),
                Ticket.id != ticket.id,
                Ticket.state.not_in((*GONE, State.MERGED)),
                Ticket.id.not_in(select(Barred.ticket_id).where(Barred.who == task.bureau)),
            )
            .order_by(Ticket.filed_at.desc())
            .limit(LOOKED_AT)
        ).all()
        bearer = _bearer(session, task.bureau, others) or next(iter(others), None)
        if bearer is not None:
            task.ticket_id = bearer.id
            set_task_timer(session, bearer, now)


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


def notice_text(session: Session, notice: RiskNotice, rules: Rules) -> str:
    """What the hotline and the supervising office read; empty while the figure is too small."""
    least, days = rules.duplicates.risk_from, rules.duplicates.risk_days
    if notice.reporters < least:
        return ""
    name = name_of(session, notice, rules)
    text = f"{days}日内有{notice.reporters}名举报人分别反映{name}，请研判风险。"
    if is_refund_cluster(notice, rules):
        text += (
            f"其中{notice.refund_reporters}人反映收费退费：聚集性退费预警，请核查资金和办学情况。"
        )
    return text


def is_refund_cluster(notice: RiskNotice, rules: Rules) -> bool:
    """Whether so many reporters want money back that they are a cluster (聚集性退费)."""
    return notice.refund_reporters >= rules.duplicates.risk_from


def _standing(session: Session, party: str, since: datetime) -> RiskNotice | None:
    return session.scalar(
        select(RiskNotice)
        .where(RiskNotice.party_id == party, RiskNotice.raised_at > since)
        .order_by(RiskNotice.raised_at.desc())
        .limit(1)
    )


def _note(
    session: Session,
    notice: RiskNotice,
    ticket: Ticket,
    tickets: Sequence[Ticket],
    figures: tuple[int, int],
    rules: Rules,
    now: datetime,
) -> None:
    is_new, was_cluster = notice.id is None, is_refund_cluster(notice, rules)
    notice.reporters = max(notice.reporters, figures[0])
    notice.refund_reporters = max(notice.refund_reporters, figures[1])
    notice.tickets = {"numbers": sorted(each.number for each in tickets)}
    session.add(notice)
    if is_new or (is_refund_cluster(notice, rules) and not was_cluster):
        _tell(session, notice, ticket, tickets, rules, now)
    session.flush()


def _tell(
    session: Session,
    notice: RiskNotice,
    ticket: Ticket,
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
    office = office_of(ticket, rules, now)
    if office is None or _is_barred(session, office, [each.id for each in tickets]):
        return
    bearer = _bearer(session, office, tickets)
    if bearer is not None:
        text, asker = notice_text(session, notice, rules), SYSTEM.id
        add_task(session, bearer, TaskKind.RISK, office, asker, rules, now, text, ticket.party_id)


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
