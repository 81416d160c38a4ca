"""Who handles a report: kind and facts → matter code → lead, co-handlers, level.

The rules are data (`data/routing/`): `kinds.yml` leads from a kind and the facts to a matter code
(J01–J49), `matters.yml` from the code to roles, the city's register from a role to a bureau.
Two rules stand above the tables: what is unsure goes to the hotline's triage queue, and the
reported unit and its group never get their own case (then one level up).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from complaints.model import Report
from complaints.regions import Bureau, City
from complaints.routing.case import Case, Facts, open_case
from complaints.routing.competence import Division, division, office
from complaints.routing.conflicts import barred, next_level_up
from complaints.routing.matters import Matter
from complaints.routing.table import KindRule, RoutingTable, load_routing

__all__ = ["Decision", "Facts", "RoutingTable", "decide", "load_routing", "route"]

ELSEWHERE = "J44"
"""The matter of what no bureau of this system may take: a door is told instead."""


@dataclass(frozen=True)
class Decision:
    """Where a ticket goes, and why.

    `override`: the city's own line that decided. `barred`: bureaus that may neither handle nor read.
    `equally`: offices as competent as the lead, which was named first (首接负责, B0-12). `door`: where
    the matter belongs if not here. `stated`: what buttons told, to decide again with.
    """

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
    override: str | None = None
    barred: tuple[str, ...] = ()
    equally: tuple[str, ...] = ()
    door: str | None = None
    stated: Mapping[str, str] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """The decision as it is stored with the ticket."""
        return asdict(self)


def route(report: Report, city: City, table: RoutingTable, *, on: date | None = None) -> Decision:
    """Decide lead, co-handlers and level for a report.

    `on` is the day whose division of work holds, today in Shanghai if it is not given.
    """
    return decide(open_case(report, city, table, on))


def decide(case: Case) -> Decision:
    """Decide on a report that has been read."""
    rule, matter = _matter(case)
    share = division(case, matter)
    out = _out(case, share)
    doubt = _doubt(case)
    first = None if doubt else office(share.lead, matter.level, case)
    open_question = doubt or ("" if first else "管辖表没有找到对应单位")
    lead, moved = _free_lead(first or case.city.hotline, out, case)
    equally, helping = ((), ()) if open_question else _helping(share, matter, case, lead, out)
    conflict = "被举报单位回避，升一级办理" if moved or (share.lead == "superior" and out) else ""
    return Decision(
        lead=lead.id,
        co_handlers=tuple(dict.fromkeys((*equally, *helping))),
        level=lead.level,
        matter_code=matter.code,
        rule_id=rule.id,
        table_version=case.table.version,
        triage=lead.id == case.city.hotline.id,
        urgent=case.report.urgent or matter.urgent,
        reason=open_question or conflict or f"{matter.code} {matter.title}",
        facts=case.facts,
        override=share.override.words if share.override else None,
        barred=tuple(sorted(out - {lead.id})),  # where nobody above is left, somebody must read it
        equally=() if moved else equally,
        door=case.table.door_text(case.facts.door) if matter.code == ELSEWHERE else None,
        stated=dict(case.report.stated),
    )


def _out(case: Case, share: Division) -> frozenset[str]:
    """Who is out: offices complained of, and in J39 whoever gave the reporter away.

    Where no clause says which office that was, it was most likely the one that supervises the party.
    """
    out = barred(case.reported, None, case.city)
    if share.lead != "superior":
        return out
    if case.accused:
        return out | barred(case.accused, None, case.city)
    return out | barred(case.reported, case.party, case.city)


def _matter(case: Case) -> tuple[KindRule, Matter]:
    rules = (rule for rule in case.table.rules if rule.kind == case.report.kind)
    rule = next(rule for rule in rules if case.holds(rule.when))
    return rule, case.table.matters[rule.matter]


def _doubt(case: Case) -> str:
    if case.report.kind_confidence < case.table.sure_kind:
        return "事项类别没有把握"
    if case.place is None:
        return "所在区没有确定"
    return ""


def _helping(
    share: Division, matter: Matter, case: Case, lead: Bureau, out: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Offices as competent as the lead, and the other co-handlers, without who is out."""

    def ids(roles: tuple[str, ...]) -> tuple[str, ...]:
        found = (office(role, matter.level, case) for role in roles)
        return tuple(b.id for b in found if b and b.id != lead.id and b.id not in out)

    return ids(share.equal), ids(share.co)


def _free_lead(lead: Bureau, out: frozenset[str], case: Case) -> tuple[Bureau, bool]:
    """The first bureau from `lead` upwards that is not out, and whether it is another one.

    Of an office that cannot be told apart none of its function is asked: the hotline decides.
    """
    if lead.id not in out:
        return lead, False
    if lead.function in case.reported.functions | case.accused.functions:
        return case.city.hotline, True
    return next_level_up(lead.id, case.city, out), True
