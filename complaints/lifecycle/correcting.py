"""What a clerk corrects: the kind of matter, party and place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.audit.filed import told_facts
from complaints.conflicts import bar_anew
from complaints.duplicates.risk import risk_after
from complaints.duplicates.search import note_text
from complaints.lifecycle.act import Actor, act
from complaints.lifecycle.co_handling import bring_co_handlers
from complaints.lifecycle.notices import send_notices
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind, Report
from complaints.new_ticket import Prepared, prepare, report_of
from complaints.regions import City, Place
from complaints.routing.decision import Decision, route
from complaints.rules import Rules
from complaints.storage import keys_of
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date

_IDS = ("party_id", "district", "street")


def reclassify_ticket(
    session: Session, ticket: Ticket, clerk: Actor, kind: Kind, rules: Rules, now: datetime
) -> None:
    """Correct what a ticket is about; the old kind stays in the history.

    Limits, notices, who helps and who must keep out follow from the matter that the tables name for
    the new kind; who handles it the clerk decides. Raises NotAllowed, with `same_kind` when nothing
    would change.
    """
    if ticket.kind == kind:
        raise NotAllowed("same_kind", "事项类别没有变化，请选择另一个类别。")
    decision = route(report_of(ticket, kind), rules.city, rules.routing, on=shanghai_date(now))
    facts = {"from": ticket.kind, "to": kind.value, **_matter(ticket, decision)}
    event = act(session, ticket, Action.RECLASSIFY, clerk, now, facts=facts)
    ticket.kind, ticket.matter_code = kind.value, decision.matter_code
    ticket.urgent = ticket.urgent or decision.urgent
    bring_co_handlers(session, ticket, rules, now, keep_out=decision.barred)
    note_text(session, ticket)
    settle(session, ticket, rules, now, event)
    bar_anew(session, ticket, decision.barred, rules, now)


def _matter(ticket: Ticket, decision: Decision) -> dict[str, Any]:
    """What the tables name now; what was urgent once stays so."""
    return {"matter": decision.matter_code, "urgent": ticket.urgent or decision.urgent}


@dataclass(frozen=True)
class Subject:
    """What a clerk knows better; what is empty stays as it is.

    `party`: an id of the register, or a name as people say it. `place`: in words; `district` and
    `street`: ids of the city's register.
    """

    party: str = ""
    place: str = ""
    district: str = ""
    street: str = ""


def correct_subject(
    session: Session, ticket: Ticket, clerk: Actor, told: Subject, rules: Rules, now: datetime
) -> None:
    """Correct who is complained of and where (更正对象和地点); what it was stays in the history.

    Party and place are looked up as at filing, and all that follows from them is done anew: matter,
    limit, who helps, who keeps out, the keys of duplicates, the notices of a finding. Raises
    NotAllowed with `fact_required` when nothing is given, `same_subject` when nothing would change,
    `unknown_district`, `unknown_street`, or `place_unclear` for words that name another place.
    """
    prepared = prepare(_corrected(ticket, told, rules.city), rules, now)
    decision, new = prepared.decision, _columns(ticket, prepared)
    old = {name: getattr(ticket, name) for name in new}
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        raise NotAllowed("same_subject", "对象和地点没有变化，请填写要更正的内容。")
    facts = {"changed": changed, "from": {name: old[name] for name in _IDS}}
    for name in changed:
        setattr(ticket, name, new[name])
    facts |= told_facts(ticket, keys_of(session).audit) | _matter(ticket, decision)
    event = act(session, ticket, Action.CORRECT, clerk, now, _was(old, changed), facts)
    ticket.matter_code = decision.matter_code
    ticket.urgent = ticket.urgent or decision.urgent
    if State(ticket.state).is_owed:
        bring_co_handlers(session, ticket, rules, now, keep_out=decision.barred)
    note_text(session, ticket)
    settle(session, ticket, rules, now, event)
    bar_anew(session, ticket, decision.barred, rules, now)
    risk_after(session, ticket, rules, now)
    if ticket.state == State.ANSWERED:
        send_notices(session, ticket, (), rules, now)


def _corrected(ticket: Ticket, told: Subject, city: City) -> Report:
    """The ticket as a report with what the clerk knows better."""
    party, place = told.party.strip(), told.place.strip()
    if not (party or place or told.district or told.street):
        raise NotAllowed("fact_required", "请至少填写一项：对象、地点、区或镇街。")
    chosen, named = _chosen(told, city), city.find_place(place)
    _check_fits(chosen, named)
    report = report_of(ticket, Kind(ticket.kind))
    here = city.place_at(ticket.district, ticket.street)
    if party:
        report = _with_party(report, party, chosen or named or here, city)
    if named:
        report = replace(report, district=None, street=None)
    if chosen:
        report = replace(report, district=chosen.district, street=chosen.street)
    words = place or report.place or (chosen.name if chosen else None)
    return replace(report, place=words)


def _with_party(report: Report, party: str, near: Place | None, city: City) -> Report:
    """The report about another party; a registered one is where the register says."""
    known = city.parties.get(party)
    found = [known] if known else city.find_parties(party, near)
    name = known.name if known else party
    if len(found) != 1:
        return replace(report, subject_party=name, party_id=None)
    return replace(report, subject_party=name, party_id=found[0].id, district=None, street=None)


def _check_fits(chosen: Place | None, named: Place | None) -> None:
    """What was written must not name another place than what was chosen."""
    if chosen is None or named is None:
        return
    streets = {chosen.street, named.street} - {None}
    if chosen.district != named.district or len(streets) > 1:
        raise NotAllowed("place_unclear", "写的地点和选的区、镇街对不上，请核对。")


def _chosen(told: Subject, city: City) -> Place | None:
    if told.street:
        place = next((p for p in city.streets if p.street == told.street), None)
        if place is None or told.district not in ("", place.district):
            raise NotAllowed("unknown_street", "请选择这个区的镇街。")
        return place
    if told.district and not city.place_at(told.district):
        raise NotAllowed("unknown_district", "请选择一个区。")
    return city.place_at(told.district)


def _columns(ticket: Ticket, prepared: Prepared) -> dict[str, str | None]:
    """What stands in the ticket afterwards; a place that is not known any more stays."""
    facts, shown = prepared.decision.facts, prepared.shown
    known = facts.district is not None
    return {
        "subject_party": shown.subject_party,
        "party_id": facts.party_id,
        "place": shown.place,
        "district": facts.district if known else ticket.district,
        "street": facts.street if known else ticket.street,
    }


def _was(old: dict[str, str | None], changed: list[str]) -> str | None:
    """The words that are replaced, for the history."""
    names = (("subject_party", "原对象"), ("place", "原地点"))
    parts = [f"{label}：{old[name] or '没有说'}" for name, label in names if name in changed]
    return "；".join(parts) or None
