"""Who may neither handle nor read a case: the unit complained of and its group (S-1, S-2, S-18).

Offices are barred by their ids. Schools have no queue; what counts for them is who else is on the
same side (教育集团), so that no notice reaches it.
"""

from __future__ import annotations

from collections.abc import Collection

from complaints.regions import Bureau, City, Party, Place
from complaints.routing.reported import Reported


def barred(reported: Reported, leaking: Party | None, city: City) -> frozenset[str]:
    """The bureaus that are out of a case.

    Of an office that is not clear (`reported.functions`) all of its function are. `leaking` is the
    party on whose side a reporter became known (J39): who told it was most likely the office that
    supervises it, so that office is out too; None in every other matter.
    """
    units = [bureau.id for bureau in city.bureaus.values() if reported.has(bureau)]
    if leaking:
        units.append(leaking.authority)
    return frozenset(one for unit in units for one in group_of(unit, city))


def group_of(bureau_id: str, city: City) -> frozenset[str]:
    """A bureau and all below it with the same function: a city bureau answers for its districts'."""
    group = {bureau_id}
    function = city.bureaus[bureau_id].function
    while True:
        below = {
            bureau.id
            for bureau in city.bureaus.values()
            if bureau.parent in group and bureau.function == function
        }
        if below <= group:
            return frozenset(group)
        group |= below


def related_parties(party: Party, city: City) -> frozenset[str]:
    """Ids of a party and of all that belong to the same group."""
    same = {p.id for p in city.parties.values() if party.group and p.group == party.group}
    return frozenset({party.id, *same})


def next_level_up(bureau_id: str, city: City, barred: Collection[str] = ()) -> Bureau:
    """The first bureau above this one that is not barred, else the hotline."""
    passed = {bureau_id}
    above = city.bureaus[bureau_id].parent
    while above and above not in passed:
        if above not in barred:
            return city.bureaus[above]
        passed.add(above)
        above = city.bureaus[above].parent
    return city.hotline


def same_office_elsewhere(bureau_id: str, district: str, city: City) -> Bureau | None:
    """The office of the same function in another district (跨区移交, D32).

    None for offices of the city, of a street, and where the district has no such office.
    """
    bureau = city.bureaus[bureau_id]
    if bureau.level != "district" or bureau.district == district:
        return None
    return city.bureau_for(bureau.function, "district", Place(district, ""))
