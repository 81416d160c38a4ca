"""What a report holds so far, what it still needs, and how it is read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from complaints.model import Kind
from complaints.regions import City, Party
from complaints.understood import SEVERAL, exact_day
from complaints.workdays import utc_now

UNKNOWN = "不知道"
"""A valid answer to anything but what happened."""

ANSWERS = ("kind", "org", "place", "when", "detail", "subject", "grade", "anonymous", "contact")

_SUBJECT_MATTERS = {
    Kind.OVER_HOURS_TRAINING,
    Kind.UNLICENSED_TRAINING,
    Kind.TEACHER_PAID_TUTORING,
    Kind.ADVANCED_TEACHING,
}
_GRADE_MATTERS = {
    Kind.OVER_HOURS_TRAINING,
    Kind.HOMEWORK_OVERLOAD,
    Kind.SCHOOL_MAKEUP_CLASSES,
    Kind.EXAM_RANKING,
    Kind.ADVANCED_TEACHING,
}


@dataclass(frozen=True)
class Draft:
    """A report in the making. `None` = not asked yet, UNKNOWN = asked and not known.

    `taken` is the id of the last message that was worked in: the edge may send it again. `stated`
    holds what the deciding questions told (fact → value, or `unknown`); `told` refers to the sealed
    originals of messages that something was taken out of.
    """

    intake_id: str
    kind: str | None = None
    kind_confidence: float = 0.0
    kinds_offered: tuple[str, ...] = ()
    kind_asked: int = 0
    org: str | None = None
    org_asked: int = 0
    org_unlisted: bool = False
    place: str | None = None
    place_asked: int = 0
    when: str | None = None
    detail: str | None = None
    subject: str | None = None
    grade: str | None = None
    amount: str | None = None
    second_kind: str | None = None
    anonymous: bool | None = None
    contact: str | None = None
    urgent: bool = False
    taken: str | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
    fact_asked: int = 0
    told: tuple[str, ...] = ()
    pupil: bool = False

    def with_answers(self, **changes: Any) -> Draft:
        """A copy with these fields changed."""
        return replace(self, **changes)


_NEEDED: tuple[tuple[str, Callable[[Draft, City], bool]], ...] = (
    ("detail", lambda draft, city: draft.detail is None),
    ("kind", lambda draft, city: draft.kind is None),
    ("org", lambda draft, city: draft.org is None),
    ("place", lambda draft, city: draft.place is None and not _registered(draft, city)),
    ("when", lambda draft, city: draft.when is None),
    ("subject", lambda draft, city: draft.subject is None and draft.kind in _SUBJECT_MATTERS),
    ("grade", lambda draft, city: draft.grade is None and draft.kind in _GRADE_MATTERS),
    ("anonymous", lambda draft, city: draft.anonymous is None),
    ("contact", lambda draft, city: draft.anonymous is False and draft.contact is None),
)


def missing(draft: Draft, city: City) -> str | None:
    """The next thing to ask for, or None when the report can be read back.

    What happened comes before its kind when nothing is known yet: the kind follows from it.
    """
    return next((slot for slot, needed in _NEEDED if needed(draft, city)), None)


def read_back(draft: Draft, city: City, told: Iterable[tuple[str, str]] = ()) -> str:
    """The whole report as the parent is asked to confirm it; `told` are further titles and answers."""
    parties = parties_of(draft, city)
    org = parties[0].name if len(parties) == 1 else draft.org
    place = draft.place
    if len(parties) == 1 and (place is None or city.find_place(place) is None):
        place = f"{city.place_of(parties[0]).name}（按登记地址）"
    kind = Kind(draft.kind) if draft.kind else Kind.OTHER_EDUCATION
    lines = [
        "请核对一下：",
        f"· 事项：{kind.label}",
        f"· 对象：{org}",
        f"· 地点：{place or UNKNOWN}",
        f"· 时间：{_time(draft, city)}",
        f"· 经过：{_shortened(draft.detail or '')}",
    ]
    if draft.subject not in (None, UNKNOWN):
        lines.append(f"· 科目：{draft.subject}")
    if draft.grade not in (None, UNKNOWN):
        lines.append(f"· 年级：{draft.grade}")
    lines += [f"· {title}：{answer}" for title, answer in told]
    reach = "匿名" if draft.anonymous else "留了联系方式，密封保存，绝不给被举报方"
    lines.append(f"· 您：{reach}")
    if kind is Kind.NOT_EDUCATION:
        lines.append("这件事看来不归教育部门管，会交给 12345 热线转办。")
    lines.append("没问题请点“确认提交”；哪里不对就直接说，例如“不对，是周日”。")
    return "\n".join(lines)


def to_slots(draft: Draft) -> dict[str, Any]:
    """The draft as Rasa slots."""
    answers = {name: getattr(draft, name) for name in ANSWERS}
    rest = {
        "intake_id": draft.intake_id,
        "kind_confidence": draft.kind_confidence,
        "kinds_offered": list(draft.kinds_offered),
        "kind_asked": draft.kind_asked,
        "org_asked": draft.org_asked,
        "org_unlisted": draft.org_unlisted,
        "place_asked": draft.place_asked,
        "amount": draft.amount,
        "second_kind": draft.second_kind,
        "urgent": draft.urgent,
        "taken": draft.taken,
        "stated": dict(draft.stated),
        "fact_asked": draft.fact_asked,
        "told": list(draft.told),
        "pupil": draft.pupil,
    }
    return {**answers, "draft": rest}


def from_slots(slots: Mapping[str, Any]) -> Draft | None:
    """The draft in Rasa's slots, or None when no report is being made."""
    rest = slots.get("draft")
    if not rest:
        return None
    answers = {name: slots.get(name) for name in ANSWERS}
    lists = {name: tuple(rest.get(name, ())) for name in ("kinds_offered", "told")}
    return Draft(**answers, **{**rest, **lists})


def cleared() -> dict[str, None]:
    """The slots of no report."""
    return dict.fromkeys((*ANSWERS, "draft"))


def parties_of(draft: Draft, city: City) -> list[Party]:
    """The registered parties that the report may mean; none when the parent says so."""
    if draft.org_unlisted:
        return []
    return city.find_parties(draft.org or "", city.find_place(draft.place or ""))


def candidates_of(draft: Draft, city: City) -> list[Party]:
    """The parties to choose from: those the name fits, else those whose names are like it."""
    if draft.org in (None, UNKNOWN) or draft.org_unlisted:
        return []
    found = parties_of(draft, city)
    return found or city.similar_parties(str(draft.org), city.find_place(draft.place or ""))


def is_which_unclear(draft: Draft, city: City) -> bool:
    """Whether the reporter must say which registered party is meant, if any."""
    parties = parties_of(draft, city)
    return len(parties) > 1 or (not parties and bool(candidates_of(draft, city)))


def _registered(draft: Draft, city: City) -> bool:
    """Whether the party is one of the register, whose address is known."""
    return len(parties_of(draft, city)) == 1


def _time(draft: Draft, city: City) -> str:
    """The time as it was said, with the date that 昨晚 or 上周日 means."""
    words = draft.when or UNKNOWN
    now = utc_now()
    days = [exact_day(part, now, city.terms) for part in words.split(SEVERAL)]
    known = "、".join(dict.fromkeys(day for day in days if day))
    return f"{words}（{known}）" if known else words


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:150]}……（共 {len(text)} 字，全文会转交）"
