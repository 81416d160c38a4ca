"""Who handles a report: kind and facts → matter code → lead, co-handlers, level.

The rules are data (`data/routing/`): `kinds.yml` leads from a kind and the facts to a matter code
(J01–J49), `matters.yml` from the code to roles, the city's register from a role to a bureau.
Two rules stand above the tables: what is unsure goes to the hotline's triage queue, and the
reported unit never gets its own case (then one level up).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from complaints.model import Report
from complaints.regions import Bureau, City, Party, Place
from complaints.routing.reported import Reported, find_reported
from complaints.routing.table import KindRule, RoutingTable, load_routing

__all__ = ["Decision", "Facts", "RoutingTable", "load_routing", "route"]


@dataclass(frozen=True)
class Facts:
    """What a routing decision was made from; kept with the ticket."""

    kind: str
    kind_confidence: float
    party_type: str
    party_class: str | None
    licence: str | None
    stage: str | None
    subject_class: str | None
    party_id: str | None
    reported_bureau: str | None
    district: str | None
    street: str | None


@dataclass(frozen=True)
class Decision:
    """Where a ticket goes, and why."""

    lead: str
    co_handlers: tuple[str, ...]
    level: str
    matter_code: str
    rule_id: str
    table_version: str
    triage: bool
    urgent: bool
    reason: str
    facts: Facts

    def as_record(self) -> dict[str, Any]:
        """The decision as it is stored with the ticket."""
        return asdict(self)


def route(report: Report, city: City, table: RoutingTable) -> Decision:
    """Decide lead, co-handlers and level for a report."""
    party = _party(report, city)
    place = _place(report, city, party)
    named = report.subject_party or ""
    reported = find_reported(named, city, table.bureau_words, party, place)
    facts = _facts(report, table, party, place, reported)
    rule = next(r for r in table.rules if r.kind == report.kind and _holds(r, facts, report))
    matter = table.matters[rule.matter]
    hotline = _hotline(city)
    doubt = _doubt(report, place, table)
    lead = None if doubt else _bureau(matter.lead, matter.level, city, party, place)
    reason = doubt or ("" if lead else "管辖表没有找到对应单位")
    lead = lead or hotline
    co = [_bureau(role, matter.level, city, party, place) for role in matter.co]
    handlers = [bureau for bureau in co if bureau and not reason]
    if reported:
        lead, moved = _one_level_up(lead, reported, city)
        handlers = [bureau for bureau in handlers if not reported.has(bureau)]
        reason = reason or ("被举报单位回避，升一级办理" if moved else "")
    return Decision(
        lead=lead.id,
        co_handlers=tuple(dict.fromkeys(b.id for b in handlers if b.id != lead.id)),
        level=lead.level,
        matter_code=matter.code,
        rule_id=rule.id,
        table_version=table.version,
        triage=lead.id == hotline.id,
        urgent=report.urgent or matter.urgent,
        reason=reason or f"{matter.code} {matter.title}",
        facts=facts,
    )


def _party(report: Report, city: City) -> Party | None:
    found = city.find_parties(report.subject_party or "", city.find_place(report.place or ""))
    return found[0] if len(found) == 1 else None


def _place(report: Report, city: City, party: Party | None) -> Place | None:
    said = city.find_place(report.place or "")
    return city.place_of(party) if party and not (said and said.street) else said


def _facts(
    report: Report,
    table: RoutingTable,
    party: Party | None,
    place: Place | None,
    reported: Reported,
) -> Facts:
    return Facts(
        kind=report.kind.value,
        kind_confidence=round(report.kind_confidence, 4),
        party_type=party.party_type if party else "bureau" if reported else "unknown",
        party_class=party.party_class if party else None,
        licence=party.licence if party else None,
        stage=party.stage if party else None,
        subject_class=table.subject_class(report.subject),
        party_id=party.id if party else None,
        reported_bureau=reported.bureaus[0].id if reported.bureaus else None,
        district=place.district if place else None,
        street=place.street if place else None,
    )


def _holds(rule: KindRule, facts: Facts, report: Report) -> bool:
    said = f"{report.subject_party or ''} {report.detail}"
    for field, allowed in rule.when.items():
        if field == "words":
            if not any(word in said for word in allowed):
                return False
        elif getattr(facts, field) not in allowed:
            return False
    return True


def _doubt(report: Report, place: Place | None, table: RoutingTable) -> str:
    if report.kind_confidence < table.sure_kind:
        return "事项类别没有把握"
    if place is None:
        return "所在区没有确定"
    return ""


def _bureau(
    role: str, level: str, city: City, party: Party | None, place: Place | None
) -> Bureau | None:
    function, _, at = role.partition("@")
    if function in ("authority", "school_authority"):
        if party and (function == "authority" or party.party_type == "school"):
            return city.bureaus[party.authority]
        function, at = "education", at or "district"
    if function == "street":
        return city.bureau_for("street_office", "street", place)
    if function == "hotline":
        return _hotline(city)
    if not at and level in ("city", "province"):
        at = "city"
    return city.bureau_for(function, at or "district", place)


def _hotline(city: City) -> Bureau:
    return next(bureau for bureau in city.bureaus.values() if bureau.function == "hotline")


def _one_level_up(lead: Bureau, reported: Reported, city: City) -> tuple[Bureau, bool]:
    """The first bureau above `lead` that is not complained of, else the hotline.

    Of an office that cannot be told apart none of its function is asked: the hotline decides.
    """
    if lead.function in reported.functions:
        return _hotline(city), True
    chosen, passed = lead, set[str]()
    while reported.has(chosen) and chosen.parent and chosen.id not in passed:
        passed.add(chosen.id)
        chosen = city.bureaus[chosen.parent]
    chosen = _hotline(city) if reported.has(chosen) else chosen
    return chosen, chosen.id != lead.id
