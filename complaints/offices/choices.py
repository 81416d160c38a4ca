"""What the hotline can do with a ticket now, and between what it can choose.

The table of states says what is allowed; what would be refused for another reason is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import TRANSITIONS
from complaints.model import Kind
from complaints.new_ticket import report_of
from complaints.regions import Bureau, City
from complaints.routing.conflicts import next_level_up, same_office_elsewhere
from complaints.routing.decision import route
from complaints.routing.table import RoutingTable
from complaints.storage.tables import Event, Ticket

_ACCEPTED_ON_THE_WAY = (State.PENDING, State.RETURN_PENDING)
_DESIGNATES_FROM = 2  # dispatches before the hotline's third one


@dataclass(frozen=True)
class Choices:
    """What a clerk may choose.

    `suggested`: the bureau that the routing table names for the present kind, if it names one.
    `moves`: it was sent before, so that sending it elsewhere (改派) needs a reason. `designates`: the
    next dispatch is a designation. `districts` (id, name) have the same office; `above` is the
    office one level up.
    """

    may: frozenset[Action]
    bureaus: tuple[tuple[str, tuple[Bureau, ...]], ...]
    suggested: Bureau | None
    moves: bool
    designates: bool
    districts: tuple[tuple[str, str], ...]
    above: Bureau | None


def choices(
    ticket: Ticket, events: Sequence[Event], barred: frozenset[str], city: City, table: RoutingTable
) -> Choices:
    """What the hotline may do with this ticket."""
    return Choices(
        may=hotline_may(ticket, barred, city),
        bureaus=_bureaus(ticket, barred, city),
        suggested=_suggested(ticket, events, barred, city, table),
        moves=ticket.dispatches > 0,
        designates=ticket.dispatches >= _DESIGNATES_FROM,
        districts=_districts(ticket, barred, city),
        above=_above(ticket, barred, city),
    )


def hotline_may(ticket: Ticket, barred: frozenset[str], city: City) -> frozenset[Action]:
    """The actions that the hotline may take, including those that accept a ticket on the way."""
    state = State(ticket.state)
    allowed = {
        action
        for (of, action), step in TRANSITIONS.items()
        if of == state and Role.HOTLINE in step.roles
    }
    if state in _ACCEPTED_ON_THE_WAY:
        allowed |= {Action.DISPATCH, Action.DESIGNATE}
    if not _districts(ticket, barred, city):
        allowed.discard(Action.TRANSFER)
    if _above(ticket, barred, city) is None:
        allowed.discard(Action.ESCALATE)
    if ticket.lead == city.hotline.id:
        allowed.discard(Action.SUPERVISE)
    if state is State.MERGED:
        allowed.discard(Action.REOPEN)  # taking it out of the merge (拆单) does that
    return frozenset(allowed)


def _bureaus(
    ticket: Ticket, barred: frozenset[str], city: City
) -> tuple[tuple[str, tuple[Bureau, ...]], ...]:
    """Bureaus that the ticket may be sent to, by city and district; those barred are not."""
    free = [
        bureau
        for bureau in city.bureaus.values()
        if bureau.function != "hotline" and bureau.id not in barred | {ticket.lead}
    ]
    groups = [("市级", None), *((p.district_name, p.district) for p in city.districts)]
    grouped = [(name, tuple(b for b in free if b.district == of)) for name, of in groups]
    return tuple((name, bureaus) for name, bureaus in grouped if bureaus)


def _districts(ticket: Ticket, barred: frozenset[str], city: City) -> tuple[tuple[str, str], ...]:
    """Districts with the same office as the one that has the ticket (跨区移交)."""
    found = ((p, same_office_elsewhere(ticket.lead, p.district, city)) for p in city.districts)
    return tuple((p.district, p.district_name) for p, b in found if b and b.id not in barred)


def _above(ticket: Ticket, barred: frozenset[str], city: City) -> Bureau | None:
    if ticket.lead == city.hotline.id:
        return None
    above = next_level_up(ticket.lead, city, barred)
    return None if above.function == "hotline" else above


def _suggested(
    ticket: Ticket,
    events: Sequence[Event],
    barred: frozenset[str],
    city: City,
    table: RoutingTable,
) -> Bureau | None:
    """Where the table sends the ticket now that a person stands behind its kind.

    Not to a bureau that has it or that gave it back: there the table was of no help.
    """
    decision = route(report_of(ticket, Kind(ticket.kind)), city, table)
    tried = {event.actor for event in events if event.action == Action.RETURN} | {ticket.lead}
    if decision.triage or decision.lead in tried | barred:
        return None
    return city.bureaus[decision.lead]
