"""Who handles a report: kind and facts → matter code → lead, co-handlers, level.

The rules are data (`data/routing/`): `kinds.yml` leads from a kind and the facts to a matter code
(J01–J49), `matters.yml` from the code to roles, the city's register from a role to a bureau.
Two rules stand above the tables: what is unsure goes to the hotline's triage queue, and the
reported unit never gets its own case (then one level up).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from complaints.model import Kind, Report
from complaints.regions import Bureau, City, Party, Place
from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Matter:
    """One row of the jurisdiction table."""

    code: str
    title: str
    lead: str
    co: tuple[str, ...]
    level: str
    urgent: bool
    source: str


@dataclass(frozen=True)
class KindRule:
    """From a kind to a matter code, when the conditions hold."""

    id: str
    kind: Kind
    when: Mapping[str, tuple[str, ...]]
    matter: str


@dataclass(frozen=True)
class RoutingTable:
    """Both tables and their version."""

    version: str
    matters: Mapping[str, Matter]
    rules: tuple[KindRule, ...]
    sure_kind: float
    subject_classes: Mapping[str, tuple[str, ...]]

    def subject_class(self, subject: str | None) -> str | None:
        """The class of a taught subject (学科 or a sort of 非学科); None when it is not said."""
        if not subject:
            return None
        found = (n for n, words in self.subject_classes.items() if any(w in subject for w in words))
        return next(found, "other")


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


def load_routing(folder: Path) -> RoutingTable:
    """Read `matters.yml`, `kinds.yml` and `subjects.yml`.

    Raises DataFileError for a wrong entry, a rule to an unknown matter, a kind without a last row.
    """
    matters_file = load_checked(folder / "matters.yml", folder / "schema" / "matters.json")
    matters = {
        entry["code"]: Matter(
            code=entry["code"],
            title=entry["title"],
            lead=entry["lead"],
            co=tuple(entry["co"]),
            level=entry["level"],
            urgent=entry["urgent"],
            source=entry["source"],
        )
        for entry in matters_file["matters"]
    }
    path = folder / "kinds.yml"
    kinds_file = load_checked(path, folder / "schema" / "kinds.json")
    rules = []
    for entry in kinds_file["kinds"]:
        if entry["matter"] not in matters:
            raise error_at(path, entry, "matter", f"no matter {entry['matter']}")
        when = {str(key): tuple(map(str, values)) for key, values in entry["when"].items()}
        rules.append(KindRule(entry["id"], Kind(entry["kind"]), when, entry["matter"]))
    for kind in Kind:
        own = [rule for rule in rules if rule.kind == kind]
        if not own or own[-1].when:
            raise error_at(path, kinds_file, "kinds", f"{kind} needs a last row without conditions")
    subjects = load_checked(folder / "subjects.yml", folder / "schema" / "subjects.json")
    return RoutingTable(
        version=f"{matters_file['version']}/{kinds_file['version']}",
        matters=matters,
        rules=tuple(rules),
        sure_kind=float(kinds_file["confidence"]["kind"]),
        subject_classes={
            str(entry["class"]): tuple(map(str, entry["words"])) for entry in subjects["classes"]
        },
    )


def route(report: Report, city: City, table: RoutingTable) -> Decision:
    """Decide lead, co-handlers and level for a report."""
    party = _party(report, city)
    place = _place(report, city, party)
    reported = _reported_bureau(report, city, party)
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
        handlers = [bureau for bureau in handlers if bureau.id != reported.id]
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


def _reported_bureau(report: Report, city: City, party: Party | None) -> Bureau | None:
    if party or not report.subject_party:
        return None
    return city.find_bureau(report.subject_party)


def _facts(
    report: Report,
    table: RoutingTable,
    party: Party | None,
    place: Place | None,
    reported: Bureau | None,
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
        reported_bureau=reported.id if reported else None,
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


def _one_level_up(lead: Bureau, reported: Bureau, city: City) -> tuple[Bureau, bool]:
    """The first bureau above `lead` that is not the reported one."""
    chosen = lead
    while chosen.id == reported.id and chosen.parent:
        chosen = city.bureaus[chosen.parent]
    return chosen, chosen.id != lead.id
