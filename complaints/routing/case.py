"""A report with all that routing looks at: party, place, offices complained of, facts.

A fact is what the register says, else what the report's own fields mean, else what a button told,
else what the words tell (`questions.yml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from complaints.model import Report, is_plausible
from complaints.regions import City, Party, Place
from complaints.routing.matters import Conditions
from complaints.routing.questions import UNKNOWN
from complaints.routing.reported import Reported, find_accused, find_reported
from complaints.routing.table import RoutingTable
from complaints.said import as_searched
from complaints.workdays import shanghai_date, utc_now
from resolution.grade import resolve_grade

NO_PARTY_TYPE = "unknown"
"""The party type of what no register holds and no word tells."""


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
    registered: str = "no"
    online: str | None = None
    operating: str | None = None
    in_service_teacher: str | None = None
    money_matter: str | None = None
    ad_place: str | None = None
    door: str | None = None

    def known(self, fact: str) -> str | None:
        """The value of a fact; None when it is not known."""
        value: str | None = getattr(self, fact)
        return None if fact == "party_type" and value == NO_PARTY_TYPE else value


@dataclass(frozen=True)
class Case:
    """What `decide` decides on; `on` is the day whose division of work holds.

    `said` is where the words of a rule are looked for. `accused`: offices that the story says gave
    the reporter away.
    """

    report: Report
    city: City
    table: RoutingTable
    party: Party | None
    place: Place | None
    reported: Reported
    accused: Reported
    facts: Facts
    on: date
    said: str

    def holds(self, when: Conditions) -> bool:
        """Whether all conditions of a row hold."""
        facts = (getattr(self.facts, name) in allowed for name, allowed in when.facts.items())
        return all(facts) and (when.words is None or when.words.is_in(self.said))

    def with_fact(self, fact: str, value: str) -> Case:
        """The case as it would be with this fact."""
        changed: dict[str, Any] = {fact: value}
        return replace(self, facts=replace(self.facts, **changed))


def open_case(report: Report, city: City, table: RoutingTable, on: date | None = None) -> Case:
    """Read a report against a city's registers. `on` is today in Shanghai if it is not given."""
    party = _party(report, city)
    place = _place(report, city, party)
    named = report.subject_party or ""
    said = as_searched(f"{named} {report.detail}")
    reported = find_reported(named, city, table.bureau_words, party, place)
    return Case(
        report=report,
        city=city,
        table=table,
        party=party,
        place=place,
        reported=reported,
        accused=find_accused(as_searched(report.detail), city, table.bureau_words, place),
        facts=_facts(report, table, party, place, reported, said),
        on=on or shanghai_date(utc_now()),
        said=said,
    )


def _party(report: Report, city: City) -> Party | None:
    known = city.parties.get(report.party_id or "")
    if known:
        return known
    found = city.find_parties(report.subject_party or "", city.find_place(report.place or ""))
    return found[0] if len(found) == 1 else None


def _place(report: Report, city: City, party: Party | None) -> Place | None:
    known = city.place_at(report.district, report.street)
    said = known or city.find_place(report.place or "")
    if party is None or (said and said.street):
        return said
    own = city.place_of(party)
    return said if known and known.district != own.district else own


def _facts(
    report: Report,
    table: RoutingTable,
    party: Party | None,
    place: Place | None,
    reported: Reported,
    words: str,
) -> Facts:
    said = _said_facts(report, table)
    unregistered = "bureau" if reported else said.get("party_type", NO_PARTY_TYPE)
    party_type = party.party_type if party else unregistered
    grade = resolve_grade(report.grade or "")
    return Facts(
        kind=report.kind.value,
        kind_confidence=round(report.kind_confidence, 4),
        party_type=party_type,
        party_class=party.party_class if party else None,
        licence=(party.licence if party else None) or said.get("licence"),
        stage=(party.stage if party else None)
        or (grade.stage if grade else None)
        or said.get("stage"),
        subject_class=table.subject_class(report.subject) or said.get("subject_class"),
        party_id=party.id if party else None,
        reported_bureau=reported.bureaus[0].id if reported.bureaus else None,
        district=place.district if place else None,
        street=place.street if place else None,
        registered="yes" if party else "no",
        online=said.get("online"),
        operating=said.get("operating"),
        # Who is complained of under a school's name works there.
        in_service_teacher=said.get(
            "in_service_teacher", "yes" if party_type == "school" else None
        ),
        money_matter=said.get("money_matter"),
        ad_place=said.get("ad_place"),
        door=table.door(report.kind, words),
    )


def _said_facts(report: Report, table: RoutingTable) -> dict[str, str]:
    """The facts that buttons told, and those that the report's own words tell."""
    party = as_searched(report.subject_party or "")
    story = as_searched(f"{party} {report.place or ''} {report.detail}")
    told: Mapping[str, str | None] = {q.fact: q.told(party, story) for q in table.questions}
    facts = {fact: value for fact, value in told.items() if value}
    if not is_plausible(report.kind, facts.get("party_type", NO_PARTY_TYPE)):
        del facts["party_type"]
    return facts | {fact: value for fact, value in report.stated.items() if value != UNKNOWN}
