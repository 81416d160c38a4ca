"""Personal data in the clear (查看个人信息): asked with a reason, allowed by a second person.

Every step is in the chain of events, which never holds content; every look is a reading as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.lifecycle.act import Actor, NotAllowed, NotFound, is_barred, show_change
from complaints.lifecycle.states import Role, State
from complaints.protection.personal_fields import FieldKind, fields_of
from complaints.protection.readings import note_reading
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Delivery, PersonalField, Reveal, Ticket

LASTS = timedelta(hours=24)

_OFFICES = (Role.HOTLINE, Role.LEAD, Role.CO_HANDLER)


@dataclass(frozen=True)
class RevealedField:
    """One piece of personal data that somebody may see; the value stays out of logs."""

    kind: FieldKind
    value: str = field(repr=False)


def ask_reveal(
    session: Session, ticket: Ticket, actor: Actor, reason: str, now: datetime
) -> Reveal:
    """Ask to see the personal data of a ticket. `reason` is read by who decides.

    Raises NotAllowed: `wrong_role`, `barred`, `not_yours`, `gone`, `reason_required`,
    `nothing_kept`, `already_asked`.
    """
    lock_clock(session)  # two may ask at once
    _check_may_see(session, ticket, actor)
    if not reason.strip():
        raise NotAllowed("reason_required", "请写明为什么需要查看。")
    if not _keeps_anything(session, ticket):
        raise NotAllowed("nothing_kept", "举报人没有留下个人信息。")
    if any(row.decided_at is None for row in _asked_by(session, ticket, actor)):
        raise NotAllowed("already_asked", "已经申请过，请等待审批。")
    asked = Reveal(
        ticket_id=ticket.id,
        role=actor.role.value,
        asked_by=actor.id,
        reason=reason.strip(),
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    _note(session, ticket, "reveal_asked", actor, now, {"reveal": asked.id})
    return asked


def decide_reveal(
    session: Session,
    reveal_id: int,
    clerk: Actor,
    approve: bool,
    now: datetime,
    lasts: timedelta = LASTS,
) -> Reveal:
    """Allow or refuse a look; an allowed one holds for `lasts`.

    Raises NotFound, also for a clerk who must keep out of the ticket: both look the same. NotAllowed:
    `wrong_role`, `own_request`, `already_decided`; for an approval also `gone`, and `not_yours` when
    the bureau that asked no longer has the ticket.
    """
    lock_clock(session)  # two may decide at once
    asked = session.get(Reveal, reveal_id, populate_existing=True)
    ticket = session.get_one(Ticket, asked.ticket_id) if asked else None
    if asked is None or ticket is None or is_barred(session, ticket, _who(clerk.role, clerk.id)):
        raise NotFound("没有这条查看申请。")
    if clerk.role is not Role.HOTLINE:
        raise NotAllowed("wrong_role", "查看申请由热线审批。")
    if _who(Role(asked.role), asked.asked_by) == _who(clerk.role, clerk.id):
        raise NotAllowed("own_request", "自己的申请要由另一个人审批。")
    if asked.decided_at is not None:
        raise NotAllowed("already_decided", "这条申请已经审批过。")
    if approve:
        _check_not_gone(session, ticket)
        if asked.role != Role.HOTLINE and not _has_it(session, ticket, asked.asked_by):
            raise NotAllowed("not_yours", "申请的单位已经不在办这个工单，不能同意。")
    asked.decided_by, asked.decided_at, asked.approved = clerk.id, now, approve
    asked.expires_at = now + lasts if approve else None
    facts = {"reveal": asked.id, "approved": approve}
    _note(session, ticket, "reveal_decided", clerk, now, facts)
    return asked


def read_revealed(
    session: Session, ticket: Ticket, actor: Actor, now: datetime
) -> tuple[RevealedField, ...]:
    """The personal data of a ticket, for who asked and was allowed; in a write transaction.

    Raises NotAllowed: `wrong_role`, `barred`, `not_yours`, `gone`, `not_approved`, `expired`.
    """
    lock_clock(session)
    _check_may_see(session, ticket, actor)
    allowed = [row for row in _asked_by(session, ticket, actor) if row.approved]
    if not allowed:
        raise NotAllowed("not_approved", "请先写明理由申请，由另一个人审批。")
    running = [row for row in allowed if row.expires_at and now < row.expires_at]
    if not running:
        raise NotAllowed("expired", "审批已过期，请重新申请。")
    shown = tuple(
        RevealedField(one.kind, one.value)
        for one in fields_of(session, ticket.id)
        if one.kind is not FieldKind.PUSH
    )
    note_reading(session, [ticket.id], actor.role, actor.id, "reveal", now)
    facts = {"reveal": running[-1].id, "fields": len(shown)}
    _note(session, ticket, "revealed", actor, now, facts)
    return shown


def reveals_of(session: Session, ticket_id: int) -> tuple[Reveal, ...]:
    """All that was asked about a ticket, the newest first."""
    rows = session.scalars(
        select(Reveal).where(Reveal.ticket_id == ticket_id).order_by(Reveal.id.desc())
    )
    return tuple(rows)


def _check_may_see(session: Session, ticket: Ticket, actor: Actor) -> None:
    if actor.role not in _OFFICES:
        raise NotAllowed("wrong_role", "个人信息只给承办人员查看。")
    _check_not_barred(session, ticket, actor)
    if actor.role is not Role.HOTLINE and not _has_it(session, ticket, actor.id):
        raise NotAllowed("not_yours", "本单位没有在办这个工单。")
    _check_not_gone(session, ticket)


def _check_not_barred(session: Session, ticket: Ticket, actor: Actor) -> None:
    if is_barred(session, ticket, _who(actor.role, actor.id)):
        raise NotAllowed("barred", "您与本工单有利害关系，应当回避。")


def _check_not_gone(session: Session, ticket: Ticket) -> None:
    """What is told after an erasure, when the ticket was taken up again, can be seen again."""
    if ticket.state == State.WITHDRAWN:
        raise NotAllowed("gone", "举报人已撤回，个人信息不再提供。")
    if ticket.erased_at is not None and not _keeps_anything(session, ticket):
        raise NotAllowed("gone", "个人信息已按规定清除。")


def _has_it(session: Session, ticket: Ticket, bureau: str) -> bool:
    standing = select(Delivery.id).where(
        Delivery.ticket_id == ticket.id, Delivery.bureau == bureau, Delivery.ended_at.is_(None)
    )
    return session.scalar(standing) is not None


def _keeps_anything(session: Session, ticket: Ticket) -> bool:
    kept = select(PersonalField.ref).where(
        PersonalField.ticket_id == ticket.id, PersonalField.kind != FieldKind.PUSH.value
    )
    return session.scalar(kept.limit(1)) is not None


def _asked_by(session: Session, ticket: Ticket, actor: Actor) -> list[Reveal]:
    """What this person or bureau asked about a ticket, the oldest first."""
    rows = session.scalars(
        select(Reveal)
        .where(Reveal.ticket_id == ticket.id, Reveal.asked_by == actor.id)
        .order_by(Reveal.id)
    )
    who = _who(actor.role, actor.id)
    return [row for row in rows if _who(Role(row.role), row.asked_by) == who]


def _who(role: Role, id_: str) -> str:
    """Who somebody is to the table of those barred: a bureau, or a member of the hotline."""
    return f"staff:{id_}" if role is Role.HOTLINE else id_


def _note(
    session: Session,
    ticket: Ticket,
    action: str,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any],
) -> None:
    role = actor.role.value
    record(session, ticket, action=action, role=role, actor=actor.id, at=now, facts=facts)
    show_change(session, ticket)
