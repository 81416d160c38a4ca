"""The register of interests (回避登记) as the hotline keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.conflicts import declare_interest, staff
from complaints.lifecycle.table import NotAllowed
from complaints.offices.names import names_of
from complaints.regions import City, Party
from complaints.rules import Rules
from complaints.storage.tables import DeclaredInterest

MYSELF = "self"
"""Who declares when it is the clerk, instead of a bureau's id."""

_STAFF = staff("")
_MOST_NAMED = 5


@dataclass(frozen=True)
class InterestLine:
    """One declared interest that holds."""

    who: str
    party: str
    reason: str
    declared_at: datetime


def interest_lines(session: Session, city: City, login: str) -> tuple[InterestLine, ...]:
    """What this clerk and what bureaus declared, newest first; a colleague's is not shown."""
    rows = session.scalars(
        select(DeclaredInterest)
        .where(
            DeclaredInterest.ended_at.is_(None),
            DeclaredInterest.who.in_((staff(login), *city.bureaus)),
        )
        .order_by(DeclaredInterest.id.desc())
    ).all()
    names = names_of(session, city, {login})
    return tuple(
        InterestLine(
            who=names.clerk(login) if row.who.startswith(_STAFF) else names.bureau(row.who),
            party=_party_name(row.party_id, city),
            reason=row.reason,
            declared_at=row.declared_at,
        )
        for row in rows
    )


def register_interest(
    session: Session, who: str, party: str, reason: str, rules: Rules, login: str, now: datetime
) -> tuple[Party, int]:
    """Register that this clerk (`MYSELF`) or a bureau has an interest in the party of this name.

    Returns the party and how many open tickets on it there are. Raises NotAllowed with
    `unknown_bureau`, `unknown_party`, `reason_required` or `already_declared`.
    """
    city = rules.city
    if who != MYSELF and (who not in city.bureaus or who == city.hotline.id):
        raise NotAllowed("unknown_bureau", "请选择由谁回避。")
    meant = _party_named(party, city)
    if not reason.strip():
        raise NotAllowed("reason_required", "请写明有什么利害关系。")
    name = staff(login) if who == MYSELF else who
    declared = select(DeclaredInterest.id).where(
        DeclaredInterest.who == name,
        DeclaredInterest.party_id == meant.id,
        DeclaredInterest.ended_at.is_(None),
    )
    if session.scalar(declared.limit(1)) is not None:
        raise NotAllowed("already_declared", f"已经登记过对{meant.name}的回避。")
    return meant, declare_interest(session, name, meant.id, reason.strip(), rules, now)


def _party_named(name: str, city: City) -> Party:
    """The one registered party that is meant."""
    given = name.strip()
    if given in city.parties:
        return city.parties[given]
    found = city.find_parties(given) if given else []
    exact = [party for party in found if given in (party.name, *party.aliases)]
    meant = exact if len(exact) == 1 else found
    if not meant:
        raise NotAllowed("unknown_party", "名册里没有这个学校或机构，请写登记的名称。")
    if len(meant) > 1:
        names = "、".join(party.name for party in meant[:_MOST_NAMED])
        raise NotAllowed("unknown_party", f"有几个名称相近的，请写全称：{names}。")
    return meant[0]


def _party_name(party_id: str, city: City) -> str:
    known = city.parties.get(party_id)
    return known.name if known else party_id
