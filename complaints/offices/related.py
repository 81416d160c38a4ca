"""What stands beside a ticket: likely duplicates, those merged or split or of the same telephone,
notices of risk.

Only tickets that the clerk may see are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from complaints.duplicates.following import also_reported, followers_of
from complaints.duplicates.risk import notice_text
from complaints.duplicates.risk_parties import reported_party
from complaints.duplicates.search import candidate_of, find_duplicates
from complaints.lifecycle.states import State
from complaints.offices.triage import may_see, visible_of
from complaints.protection.personal_fields import with_same_phone
from complaints.rules import Rules
from complaints.storage.tables import RiskNotice, Ticket

_WHY = {"same_party": "同一对象、同类事项", "near_text": "文字相近"}
_MOST_NOTICES = 3
_MOST_OF_A_PHONE = 20


@dataclass(frozen=True)
class Likely:
    """A ticket that may tell the same matter, and why; `likeness` of the texts in percent."""

    number: str
    state: State
    why: str
    likeness: int


@dataclass(frozen=True)
class Kin:
    """A ticket that belongs to this one; `how` says how: 主单, 并入本单, 由本单拆出, 原单, 同一电话."""

    number: str
    state: State
    how: str


@dataclass(frozen=True)
class Related:
    """All of it. `others` and `added`: what others told of the same case, in masked words."""

    likely: tuple[Likely, ...]
    kin: tuple[Kin, ...]
    others: str
    added: tuple[str, ...]
    risks: tuple[str, ...]


def related(session: Session, ticket: Ticket, rules: Rules, login: str) -> Related:
    """What stands beside a ticket for this clerk."""
    also = also_reported(session, ticket)
    return Related(
        likely=_likely(session, ticket, rules, login),
        kin=tuple(_kin(session, ticket, rules, login)),
        others=also.text,
        added=also.added,
        risks=_risks(session, ticket, rules),
    )


def _likely(session: Session, ticket: Ticket, rules: Rules, login: str) -> tuple[Likely, ...]:
    if not State(ticket.state).is_open:
        return ()
    found = find_duplicates(session, candidate_of(ticket), rules)
    seen = visible_of(session, [one.ticket_id for one in found], rules.city, login)
    merged = {follower.id for follower in followers_of(session, ticket)}
    return tuple(
        Likely(one.number, one.state, _WHY[one.why], round(one.likeness * 100))
        for one in found
        if one.ticket_id in seen and one.ticket_id not in merged
    )


def _kin(session: Session, ticket: Ticket, rules: Rules, login: str) -> Iterator[Kin]:
    named = [id_ for id_ in (ticket.merged_into, ticket.split_from) if id_]
    near = session.scalars(
        select(Ticket)
        .where(
            or_(
                Ticket.merged_into == ticket.id,
                Ticket.split_from == ticket.id,
                Ticket.id.in_([*named, *with_same_phone(session, ticket.id)[-_MOST_OF_A_PHONE:]]),
            ),
            may_see(rules.city, login),
        )
        .order_by(Ticket.id)
    )
    for other in near:
        yield Kin(other.number, State(other.state), _how(ticket, other))


def _how(ticket: Ticket, other: Ticket) -> str:
    if other.id == ticket.merged_into:
        return "主单"
    if other.id == ticket.split_from:
        return "原单"
    if other.merged_into == ticket.id:
        return "并入本单"
    return "由本单拆出" if other.split_from == ticket.id else "同一电话"


def _risks(session: Session, ticket: Ticket, rules: Rules) -> tuple[str, ...]:
    """The newest notices on the party; whoever sees this ticket has no interest in it."""
    party = reported_party(ticket)
    if party is None:
        return ()
    newest = session.scalars(
        select(RiskNotice)
        .where(RiskNotice.party_id == party)
        .order_by(RiskNotice.raised_at.desc())
        .limit(_MOST_NOTICES)
    )
    texts = (notice_text(session, notice, rules) for notice in newest)
    return tuple(text for text in texts if text)
