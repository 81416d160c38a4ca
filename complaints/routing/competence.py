"""Which offices a matter names: by the city's own division of work, a variant, or the table's row."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.model import is_plausible
from complaints.regions import Bureau
from complaints.routing.case import NO_PARTY_TYPE, Case
from complaints.routing.conflicts import next_level_up
from complaints.routing.matters import Matter
from complaints.routing.overrides import Override, override_for


@dataclass(frozen=True)
class Division:
    """Who leads and who helps, as roles; `equal` are as competent as the lead."""

    lead: str
    equal: tuple[str, ...]
    co: tuple[str, ...]
    override: Override | None = None


def division(case: Case, matter: Matter) -> Division:
    """The division of work for a matter: a city's own line goes before all others."""
    line = override_for(case.city.overrides, matter.code, case.facts.district, case.on)
    if line:
        return Division(line.lead, (), line.co, line)
    variant = next((one for one in matter.variants if case.holds(one.when)), None)
    if variant:
        return Division(variant.lead, (), variant.co)
    return Division(matter.lead, matter.equal, matter.co)


def office(role: str, level: str, case: Case) -> Bureau | None:
    """The bureau that a role means in this case; None when there is none or the place is unknown.

    `level` is where the matter starts: matters of city and province go to the city's offices.
    """
    if role == "authority":
        return _authority(case)
    if role == "school_authority":
        schools = case.party if case.party and case.party.party_type == "school" else None
        return case.city.bureaus[schools.authority] if schools else _of("education@district", case)
    if role == "superior":
        return _superior(case)
    at_city = level in ("city", "province") and "@" not in role and role != "street"
    return _of(f"{role}@city" if at_city else role, case)


def _of(role: str, case: Case) -> Bureau | None:
    function, _, at = role.partition("@")
    if function == "street":
        return case.city.bureau_for("street_office", "street", case.place)
    if function == "hotline":
        return case.city.hotline
    return case.city.bureau_for(function, at or "district", case.place)


def _authority(case: Case) -> Bureau | None:
    """What supervises the party: the city's own division for its class, the register, its class."""
    party_class = case.party.party_class if case.party else _class_of_unlisted(case)
    matter = case.table.matters.get(case.table.class_matters.get(party_class or "", ""))
    if matter:
        line = override_for(case.city.overrides, matter.code, case.facts.district, case.on)
        if line:
            return _of(line.lead, case)
    if case.party:
        return case.city.bureaus[case.party.authority]
    return _of(matter.lead if matter else "education@district", case)


def _class_of_unlisted(case: Case) -> str | None:
    """What a body teaches that is in no register; nothing that may as well be a school has a class."""
    party_type = case.facts.party_type
    unclear = party_type == NO_PARTY_TYPE and is_plausible(case.report.kind, "school")
    return None if unclear or party_type == "school" else case.facts.subject_class


def _superior(case: Case) -> Bureau | None:
    """The office above the one that most likely gave a reporter away (J39)."""
    for bureau in (*case.reported.bureaus, *case.accused.bureaus):
        return next_level_up(bureau.id, case.city)
    if case.party:
        return next_level_up(case.party.authority, case.city)
    return _of("discipline_inspection", case)
