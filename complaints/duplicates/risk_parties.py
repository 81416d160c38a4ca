"""The party that reports are on, as a notice of risk tells it: of the register, or unregistered.

An unregistered party (黑班) is told by its own name (`names.own_name`) and the district. A notice
keeps only the key of both; the name stands in the tickets, as long as they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, load_only

from complaints.duplicates.names import unlisted_key
from complaints.lifecycle.states import State
from complaints.model import Kind
from complaints.new_ticket import report_of
from complaints.regions import Place
from complaints.routing.case import open_case
from complaints.routing.competence import office
from complaints.rules import Rules
from complaints.storage.tables import LikenessBand, RiskNotice, Ticket
from complaints.workdays import shanghai_date

LOOKED_AT = 200
"""How many of the newest tickets on a party count."""
GONE = (State.WITHDRAWN, State.REJECTED)
"""What counts no more."""
_UNLISTED = "unlisted:"
_NAMELESS = "该对象"


def reported_party(ticket: Ticket) -> str | None:
    """Under what `RiskNotice.party_id` the notices on a ticket's party stand; None: nobody is named."""
    if ticket.party_id:
        return ticket.party_id
    key = unlisted_key(None, ticket.subject_party, ticket.district)
    return None if key is None else f"{_UNLISTED}{key}"


def is_on(party: str) -> ColumnElement[bool]:
    """The condition that a ticket is on this party, for queries on Ticket.

    An unregistered one's are a short range of an index, however often it was told in all the years.
    """
    if not party.startswith(_UNLISTED):
        return Ticket.party_id == party
    key = int(party.removeprefix(_UNLISTED))
    newest = select(LikenessBand.ticket_id).where(LikenessBand.key == key)
    return Ticket.id.in_(newest.order_by(LikenessBand.ticket_id.desc()).limit(LOOKED_AT))


def tickets_on(session: Session, party: str, since: datetime) -> Sequence[Ticket]:
    """The newest tickets on a party since then that were not taken back or refused."""
    return session.scalars(
        select(Ticket)
        .where(is_on(party), Ticket.filed_at >= since, Ticket.state.not_in(GONE))
        .order_by(Ticket.filed_at.desc())
        .limit(LOOKED_AT)
        .options(load_only(Ticket.number, Ticket.kind, Ticket.state))
    ).all()


def name_of(session: Session, notice: RiskNotice, rules: Rules) -> str:
    """The name of the register, or the one that was told last and is still kept."""
    known = rules.city.parties.get(notice.party_id)
    if known or not notice.party_id.startswith(_UNLISTED):
        return known.name if known else _NAMELESS
    told = session.execute(
        select(Ticket.subject_party, Ticket.district)
        .where(Ticket.number.in_(notice.tickets["numbers"]), Ticket.subject_party.is_not(None))
        .order_by(Ticket.id.desc())
        .limit(1)
    ).one_or_none()
    if told is None:
        return _NAMELESS
    districts = {place.district: place.district_name for place in rules.city.districts}
    return f"“{told.subject_party}”（{districts.get(told.district, '')}，名册外）"


def office_of(ticket: Ticket, rules: Rules, now: datetime) -> str | None:
    """The office that supervises a ticket's party: by the register, else by the rules for such a
    party in the district; None where the city has none."""
    party = rules.city.parties.get(ticket.party_id or "")
    if party or ticket.party_id or ticket.district is None:
        return party.authority if party else None
    report = report_of(ticket, Kind(ticket.kind))
    case = open_case(report, rules.city, rules.routing, shanghai_date(now))
    case = replace(case, place=Place(ticket.district, "", ticket.street))
    bureau = office("authority", "district", case.with_fact("district", ticket.district))
    return bureau.id if bureau else None
