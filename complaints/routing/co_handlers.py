"""Who helps an office that a person chose (协办): the matter's co-handlers, where that office is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from complaints.model import Report
from complaints.regions import Bureau, City, Place
from complaints.routing.case import Case, open_case
from complaints.routing.competence import division, office
from complaints.routing.conflicts import barred, same_office_elsewhere
from complaints.routing.matters import Matter
from complaints.routing.table import RoutingTable


def co_handlers_for(
    report: Report,
    matter: Matter,
    lead: Bureau | None,
    place: Place | None,
    city: City,
    table: RoutingTable,
    *,
    moved: bool = False,
    on: date | None = None,
) -> tuple[str, ...]:
    """Ids of the offices that help `lead` with a matter at `place`, without those complained of.

    `lead` is None while nobody is chosen. Of offices as competent as another (首接负责) all but the
    lead help. `moved`: the matter turned out to be in another district than was told; then each office
    is the one of the same function here.
    """
    case = _at(open_case(report, city, table, on), place)
    elsewhere = place if moved else None
    share = division(case, matter)
    out = barred(case.reported, None, city)
    equal = [share.lead, *share.equal] if share.equal else []
    roles = (
        [*equal, *share.co] if lead in _offices(equal, matter, case) else [*share.equal, *share.co]
    )
    found = (_here(bureau, elsewhere, city) for bureau in _offices(roles, matter, case))
    helping = (b.id for b in found if b and b.id not in out and b != lead)
    return tuple(dict.fromkeys(helping))


def _at(case: Case, place: Place | None) -> Case:
    district, street = (place.district, place.street) if place else (None, None)
    return replace(case, place=place, facts=replace(case.facts, district=district, street=street))


def _offices(roles: list[str], matter: Matter, case: Case) -> list[Bureau]:
    found = (office(role, matter.level, case) for role in roles)
    return [bureau for bureau in found if bureau]


def _here(bureau: Bureau, elsewhere: Place | None, city: City) -> Bureau | None:
    """The office itself, or its counterpart where the matter turned out to be elsewhere."""
    if elsewhere is None or bureau.district in (None, elsewhere.district):
        return bureau
    return same_office_elsewhere(bureau.id, elsewhere.district, city)
