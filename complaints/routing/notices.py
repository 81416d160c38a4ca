"""The notices after a finding (双通报, D14, D15): to the street, to the pupils' schools, to a bureau.

What is told comes from registers and codes alone: kind, party, place, finding, date, grade. There is
no way for a name, a class or the story into it, for the facts that it is made from hold none (S-1,
S-2, S-10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from complaints.model import Kind
from complaints.regions import Bureau, City, Party, Place
from complaints.routing.conflicts import related_parties
from complaints.routing.notice_table import NoticeTable, load_notices
from resolution.grade import resolve_grade

__all__ = ["Notice", "NoticeFacts", "NoticeTable", "load_notices", "notices_for"]

_STAGES = {"kindergarten": "幼儿园", "primary": "小学", "junior": "初中", "senior": "高中"}
_FIRST_GRADE = {"primary": 1, "junior": 7, "senior": 10}
_NUMBERS = "一二三四五六"


@dataclass(frozen=True)
class NoticeFacts:
    """What is known of a ticket with a finding. Ids and codes but for `grade`, which is only read.

    `finding`: a code of notices.yml (confirmed, partly); any other makes no notice. `party_id`: the
    registered party complained of. `schools`: party ids of the pupils' schools, as far as known.
    `barred`: bureaus that may neither handle nor read. `lead`: who found it and need not be told.
    `decided_on`: the day in Asia/Shanghai.
    """

    kind: Kind
    matter_code: str
    finding: str
    decided_on: date
    party_id: str | None = None
    district: str | None = None
    street: str | None = None
    grade: str | None = None
    schools: tuple[str, ...] = ()
    reporter_is_pupil: bool = False
    barred: frozenset[str] = frozenset()
    lead: str | None = None


@dataclass(frozen=True)
class Notice:
    """One notice. `to_kind`: street, school or bureau; `recipient`: the bureau whose queue it enters.

    `party_id` is the school that the bureau passes it on to.
    """

    to_kind: str
    recipient: str
    party_id: str | None
    text: str


def notices_for(facts: NoticeFacts, city: City, table: NoticeTable) -> tuple[Notice, ...]:
    """The notices that a finding makes; none that would reach a barred bureau or the reported side."""
    rule = next((rule for rule in table.rules if facts.matter_code in rule.matters), None)
    if rule is None or facts.finding not in rule.findings:
        return ()
    notices: dict[tuple[str, str | None], Notice] = {}
    for kind, role in rule.to:
        text = _text(kind, facts, city, table)
        for bureau, school in _recipients(kind, role, facts, city, table):
            if bureau.id not in facts.barred:
                notices.setdefault((bureau.id, school), Notice(kind, bureau.id, school, text))
    return tuple(notices.values())


def _recipients(
    kind: str, role: str, facts: NoticeFacts, city: City, table: NoticeTable
) -> Iterator[tuple[Bureau, str | None]]:
    """Bureaus to be told, with the school that they pass it on to."""
    if kind == "school":
        for school in _schools(facts, city, table):
            yield city.bureaus[school.authority], school.id
        return
    bureau = _street_or_bureau(kind, role, facts, city)
    if bureau and bureau.id != facts.lead:
        yield bureau, None


def _street_or_bureau(kind: str, role: str, facts: NoticeFacts, city: City) -> Bureau | None:
    place = _place(facts, city)
    if kind == "street":
        return city.bureau_for("street_office", "street", place)
    if role == "authority":
        party = _party(facts, city)
        return city.bureaus[party.authority] if party else None
    function, _, level = role.partition("@")
    return city.bureau_for(function, level, place)


def _schools(facts: NoticeFacts, city: City, table: NoticeTable) -> Iterator[Party]:
    """The pupils' schools that may be told: never by a pupil's own report, never the reported side."""
    if facts.reporter_is_pupil or facts.matter_code in table.never_to_schools:
        return
    party = _party(facts, city)
    reported = related_parties(party, city) if party else frozenset()
    for school_id in dict.fromkeys(facts.schools):
        school = city.parties.get(school_id)
        if school and school.party_type == "school" and school.id not in reported:
            yield school


def _text(kind: str, facts: NoticeFacts, city: City, table: NoticeTable) -> str:
    party, place, day = _party(facts, city), _place(facts, city), facts.decided_on
    return table.texts[kind].format(
        kind=facts.kind.label,
        party=party.name if party else table.texts["unlisted"],
        place=place.name if place else city.name,
        date=f"{day.year}年{day.month}月{day.day}日",
        finding=table.findings[facts.finding],
        grade=_grade(facts.grade) or table.texts["no_grade"],
    )


def _grade(said: str | None) -> str:
    """A grade in words of our own (小学五年级, 高中): a class that was said with it is gone."""
    found = resolve_grade(said or "")
    if found is None or found.stage is None:
        return ""
    stage = _STAGES[found.stage]
    if found.grade is None or found.stage not in _FIRST_GRADE:
        return stage
    return f"{stage}{_NUMBERS[found.grade - _FIRST_GRADE[found.stage]]}年级"


def _party(facts: NoticeFacts, city: City) -> Party | None:
    return city.parties.get(facts.party_id or "")


def _place(facts: NoticeFacts, city: City) -> Place | None:
    streets = (place for place in city.streets if facts.street and place.street == facts.street)
    districts = (place for place in city.districts if place.district == facts.district)
    return next(streets, None) or next(districts, None)
