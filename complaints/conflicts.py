"""Who must keep out of a ticket (回避): the reported unit and its group, who declared an interest.

A barred bureau or clerk can neither handle nor read it (facts S-18, features S19); the route goes
one level up (`routing.conflicts`). A case of several merged tickets keeps out whoever is barred from
one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.lifecycle.act import SYSTEM, Actor, act, barred_from
from complaints.lifecycle.moving import escalate_ticket, send
from complaints.lifecycle.returning import back_to_hotline
from complaints.lifecycle.states import OWED, Action, Role, State
from complaints.regions import Bureau
from complaints.routing.conflicts import next_level_up
from complaints.rules import Rules
from complaints.storage import next_change
from complaints.storage.tables import Barred, DeclaredInterest, Delivery, Task, Ticket

_KEEPS_OUT = "承办单位回避，换由上级或热线安排"
_BASIS = "回避登记"
_TASK_ENDS = "承办单位回避，本项结束。"


def staff(login: str) -> str:
    """The name under which a clerk is barred."""
    return f"staff:{login}"


def bar(
    session: Session, ticket: Ticket, bureaus: Iterable[str], parent: Ticket | None = None
) -> frozenset[str]:
    """Bar the reported bureaus from a new ticket, and whoever declared an interest in its party.

    What was split off a ticket keeps the same people out as its `parent`. Returns all of them.
    """
    reasons = dict.fromkeys(bureaus, "reported")
    if parent is not None:
        reasons |= dict.fromkeys(barred_from(session, parent), "parent")
    reasons |= dict.fromkeys(_interested(session, ticket), "interest")
    for who, reason in reasons.items():
        session.add(Barred(ticket_id=ticket.id, who=who, reason=reason))
    return frozenset(reasons)


def bar_anew(
    session: Session, ticket: Ticket, bureaus: Iterable[str], rules: Rules, now: datetime
) -> None:
    """Do the same for a ticket on its way whose party, place or kind was corrected.

    Who leads it and is barred now loses it, one level up; who was barred before stays barred.
    """
    reasons = dict.fromkeys(bureaus, "reported")
    reasons |= dict.fromkeys(_interested(session, ticket), "interest")
    for who, reason in reasons.items():
        keep_out(session, ticket, who, reason, rules, now)


def bar_from_case(session: Session, ticket: Ticket, main: Ticket) -> None:
    """Bar from a main ticket whoever is barred from one that is merged into it."""
    session.flush()
    there = select(Barred.who).where(Barred.ticket_id == main.id)
    more = select(literal(main.id), Barred.who, literal("merged")).where(
        Barred.ticket_id == ticket.id, Barred.who.not_in(there)
    )
    session.execute(insert(Barred).from_select(["ticket_id", "who", "reason"], more))


def declare_interest(
    session: Session, who: str, party_id: str, reason: str, rules: Rules, now: datetime
) -> int:
    """Register that a bureau (its id) or a clerk (`staff:` login) has an interest in a party.

    All tickets on the party leave their hands at once, also those that are over, for they may be
    taken up again; what a bureau handles goes one level up. Returns how many answers are owed there.
    """
    declared = DeclaredInterest(who=who, party_id=party_id, reason=reason, declared_at=now)
    session.add(declared)
    _record(session, "declare_interest", declared, now)
    cases = select(Ticket.merged_into).where(
        Ticket.party_id == party_id, Ticket.merged_into.is_not(None)
    )
    _take_from(
        session, or_(Ticket.party_id == party_id, Ticket.id.in_(cases)), who, "interest", rules, now
    )
    owed = select(Ticket.id).where(Ticket.party_id == party_id, Ticket.state.in_(OWED))
    return len(session.scalars(owed).all())


def end_interest(session: Session, declared_id: int, now: datetime) -> None:
    """An interest is over: new tickets on the party may come again; old ones stay barred."""
    declared = session.get_one(DeclaredInterest, declared_id)
    declared.ended_at = now
    _record(session, "end_interest", declared, now)


def keep_out(
    session: Session, ticket: Ticket, who: str, reason: str, rules: Rules, now: datetime
) -> None:
    """Bar a bureau from a ticket that is on its way; what is in its hands goes one level up."""
    _take_from(session, Ticket.id == ticket.id, who, reason, rules, now)


def not_barred(*names: str) -> ColumnElement[bool]:
    """The condition that none of these is barred from a ticket, for queries on Ticket."""
    return ~exists().where(Barred.ticket_id == Ticket.id, Barred.who.in_(names))


def _interested(session: Session, ticket: Ticket) -> tuple[str, ...]:
    """Who declared an interest in a ticket's party."""
    declared = select(DeclaredInterest.who).where(
        DeclaredInterest.party_id == ticket.party_id, DeclaredInterest.ended_at.is_(None)
    )
    return tuple(session.scalars(declared)) if ticket.party_id else ()


def _record(session: Session, action: str, declared: DeclaredInterest, now: datetime) -> None:
    facts = {"party": declared.party_id}
    record(
        session, None, action=action, role=Role.HOTLINE, actor=declared.who, at=now, facts=facts
    )  # fmt: skip


def _take_from(
    session: Session,
    which: ColumnElement[bool],
    who: str,
    reason: str,
    rules: Rules,
    now: datetime,
) -> None:
    """Bar somebody from these tickets: out of the queue and the tasks, and on to somebody else."""
    session.flush()
    ids = select(Ticket.id).where(which)
    new = select(Ticket.id, literal(who), literal(reason)).where(which, not_barred(who))
    session.execute(insert(Barred).from_select(["ticket_id", "who", "reason"], new))
    session.execute(
        update(Delivery)
        .where(Delivery.bureau == who, Delivery.ended_at.is_(None), Delivery.ticket_id.in_(ids))
        .values(ended_at=now, changed_at=next_change(session))
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(Task)
        .where(Task.bureau == who, Task.done_at.is_(None), Task.ticket_id.in_(ids))
        .values(done_at=now, answer=_TASK_ENDS)
        .execution_options(synchronize_session="fetch")
    )
    led = select(Ticket).where(which, Ticket.lead == who, Ticket.state.in_(OWED))
    for ticket in session.scalars(led.order_by(Ticket.id)).all():
        _pass_up(session, ticket, who, rules, now)


def _pass_up(session: Session, ticket: Ticket, who: str, rules: Rules, now: datetime) -> None:
    """To the first who is free above; where nobody is, the hotline decides."""
    clerk = Actor(rules.city.hotline.id, Role.HOTLINE)
    above = next_level_up(who, rules.city, barred_from(session, ticket))
    if ticket.state == State.PAUSED:
        act(session, ticket, Action.RESUME, clerk, now)
    if who == rules.city.hotline.id:
        _away_from_hotline(session, ticket, above, rules, now)
    elif above.function == "hotline":
        actor = Actor(who, Role.LEAD)
        back_to_hotline(session, ticket, actor, _KEEPS_OUT, _BASIS, rules, now)
    else:
        escalate_ticket(session, ticket, clerk, _KEEPS_OUT, rules, now)


def _away_from_hotline(
    session: Session, ticket: Ticket, above: Bureau, rules: Rules, now: datetime
) -> None:
    """Who oversees the hotline gets what was in its hands."""
    if ticket.state == State.PENDING:
        act(session, ticket, Action.ACCEPT, SYSTEM, now)
    returned = ticket.state == State.RETURN_PENDING
    action = Action.DESIGNATE if returned else Action.DISPATCH
    send(session, ticket, action, SYSTEM, above, rules, now, _KEEPS_OUT)
