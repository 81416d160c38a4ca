"""Whom the tables name to help with a ticket (协办), and where it is."""

from __future__ import annotations

from datetime import date

from complaints.model import Kind
from complaints.new_ticket import report_of
from complaints.regions import Bureau, City, Place
from complaints.routing.co_handlers import co_handlers_for
from complaints.routing.decision import route
from complaints.rules import Rules
from complaints.storage.tables import Ticket


def named_co_handlers(
    ticket: Ticket, lead: Bureau | None, rules: Rules, on: date
) -> tuple[str, ...]:
    """Whom the tables name to help a lead with a ticket on a day; no lead while none is chosen."""
    report = report_of(ticket, Kind(ticket.kind))
    matter = rules.routing.matters.get(ticket.matter_code or "")
    if matter is None:  # the table that named it was replaced
        decision = route(report, rules.city, rules.routing, on=on)
        matter = rules.routing.matters[decision.matter_code]
    place = _place(ticket, lead, rules.city)
    moved = place is not None and place.district != ticket.routing["facts"].get("district")
    tables = rules.city, rules.routing
    return co_handlers_for(report, matter, lead, place, *tables, moved=moved, on=on)


def street_in(ticket: Ticket, district: str, city: City) -> str | None:
    """The street in a district that the ticket's own place or its party's address tells."""
    party = city.parties.get(ticket.party_id or "")
    told = (city.find_place(ticket.place or ""), city.place_of(party) if party else None)
    return next((place.street for place in told if place and place.district == district), None)


def _place(ticket: Ticket, lead: Bureau | None, city: City) -> Place | None:
    district = (lead.district if lead else None) or ticket.district
    if district is None:
        return None
    same = district == ticket.district
    street = ticket.street if same else street_in(ticket, district, city)
    streets = (place for place in city.streets if street and place.street == street)
    whole = (place for place in city.districts if place.district == district)
    return next(streets, None) or next(whole, None)
