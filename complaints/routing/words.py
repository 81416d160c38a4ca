"""The routing decision in a clerk's words: rule, table, reason and the facts that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from complaints.model import Kind
from complaints.regions import City
from complaints.routing.table import RoutingTable
from complaints.storage.tables import Ticket

_FACTS = {
    "kind": "事项类别",
    "kind_confidence": "类别把握",
    "party_type": "对象类型",
    "party_id": "登记对象",
    "party_class": "机构类型",
    "licence": "证照",
    "stage": "学段",
    "subject_class": "所教内容",
    "reported_bureau": "被举报单位",
    "district": "所在区",
    "street": "所在镇街",
    "in_service_teacher": "是否在职教师",
    "ad_place": "宣传地点",
    "operating": "机构现状",
    "money_matter": "钱的问题",
    "online": "上课方式",
}
_VALUES = {
    "party_type": {
        "school": "学校",
        "training_body": "培训机构",
        "person": "个人",
        "platform": "网上平台",
        "bureau": "行政单位",
        "unknown": "名册中没有",
    },
    "party_class": {
        "subject": "学科类",
        "arts": "文化艺术类",
        "sports": "体育类",
        "science": "科技类",
        "childcare": "托管",
        "vocational": "职业技能类",
    },
    "licence": {
        "licensed": "有证有照",
        "licence_without_registration": "有证无照",
        "registration_without_licence": "有照无证",
        "none": "无证无照",
    },
    "stage": {
        "kindergarten": "幼儿园",
        "primary": "小学",
        "junior": "初中",
        "senior": "高中",
        "nine_year": "九年一贯制",
        "complete": "完全中学",
    },
    "subject_class": {
        "subject": "学科",
        "arts": "文化艺术",
        "sports": "体育",
        "science": "科技",
        "other": "其他",
    },
}


@dataclass(frozen=True)
class RoutingWords:
    """Why a ticket went where it did. `facts` are (name, value) pairs that were known."""

    matter: str
    source: str | None
    rule_id: str
    table_version: str
    reason: str
    facts: tuple[tuple[str, str], ...]


def routing_words(ticket: Ticket, city: City, table: RoutingTable) -> RoutingWords:
    """The decision that was kept with the ticket when it was filed."""
    return record_words(ticket.routing, city, table)


def record_words(record: Mapping[str, Any], city: City, table: RoutingTable) -> RoutingWords:
    """A stored decision in words; what an older record does not hold is left out."""
    matter = table.matters.get(record["matter_code"])
    facts = [
        (name, _fact(key, record["facts"].get(key), city, table)) for key, name in _FACTS.items()
    ]
    return RoutingWords(
        matter=f"{record['matter_code']} {matter.title}" if matter else record["matter_code"],
        source=matter.source if matter else None,
        rule_id=record["rule_id"],
        table_version=record["table_version"],
        reason=record["reason"],
        facts=(*((name, value) for name, value in facts if value), *_notes(record, city)),
    )


def _notes(record: Mapping[str, Any], city: City) -> Iterator[tuple[str, str]]:
    """What stands beside the facts: the city's own division, who is equal, who is out, the door."""

    def names(key: str) -> str:
        ids = record.get(key) or ()
        return "、".join(city.bureaus[one].name if one in city.bureaus else one for one in ids)

    if record.get("override"):
        yield "本地分工", str(record["override"])
    if equal := names("equally"):
        yield "首接负责", f"{equal}同样有权办理，由首接单位牵头"
    if out := names("barred"):
        yield "回避单位", out
    if record.get("door"):
        yield "应走渠道", str(record["door"])


def _fact(key: str, value: Any, city: City, table: RoutingTable) -> str | None:
    """A fact of the decision in words; an unknown value stays as it was kept."""
    if value is None:
        return None
    if key == "kind_confidence":
        return f"{value:.0%}"
    asked = next((question for question in table.questions if question.fact == key), None)
    names: Mapping[str, str] = _VALUES.get(key) or (dict(asked.choices) if asked else {})
    if key == "kind":
        names = {kind.value: kind.label for kind in Kind}
    elif key == "party_id":
        names = {party.id: party.name for party in city.parties.values()}
    elif key == "reported_bureau":
        names = {bureau.id: bureau.name for bureau in city.bureaus.values()}
    elif key == "district":
        names = {place.district: place.district_name for place in city.districts}
    elif key == "street":
        names = {str(place.street): str(place.street_name) for place in city.streets}
    return names.get(value, str(value))
