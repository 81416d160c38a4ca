"""A rule as it is shown to a reader on a day: its state, dates and marks in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policy.answer import STATUS_NAMES
from policy.model import NATIONAL, Document, Rule, Source, Verdict

VERDICT_NAMES = {
    Verdict.FORBIDDEN: "不允许",
    Verdict.ALLOWED: "允许",
    Verdict.DEPENDS: "要看情况",
    Verdict.INFO: "说明",
}
MARK_NAMES = {
    "found": "已核对",
    "memory_high": "凭记忆，把握较大，待核对",
    "memory_medium": "凭记忆，待核对",
    "memory_low": "凭记忆，把握不大，待核对",
}
IN_FORCE, NOT_YET = "现行有效", "尚未施行"
ENDED, ONLY_TO_KNOW = "已不再施行", "只作了解"
_NOTES = {
    NOT_YET: "这条规定还没有施行，只作了解。",
    ONLY_TO_KNOW: "所依据的文件目前都不在施行，只作了解。",
}
_OLD = "旧规定，现在不再施行，只作了解。"


@dataclass(frozen=True)
class Cited:
    """A document as it is cited under a rule.

    `details`: number, article, day; `remarks`: its place, and whether somebody must check it.
    """

    title: str
    url: str | None
    details: tuple[str, ...]
    state: str
    remarks: tuple[str, ...]

    @property
    def history(self) -> bool:
        """Whether it is not, or not yet, in force."""
        return self.state != IN_FORCE


@dataclass(frozen=True)
class Card:
    """What a reader sees of a rule beside its own texts. `note` stands above what is history."""

    rule: Rule
    state: str
    note: str | None
    place: str
    span: str
    cases: tuple[tuple[str, str, str], ...]
    sources: tuple[Cited, ...]
    mark: str
    review: str
    related: tuple[Rule, ...]

    @property
    def history(self) -> bool:
        """Whether the rule is only to be known, not to be followed."""
        return self.state != IN_FORCE


def card_of(rule: Rule, rules: dict[str, Rule], on: date) -> Card:
    """The card of a rule on a day; `rules` are all rules by id."""
    state = _state(rule, on)
    due = "应在{}前复核，还没有复核" if rule.review_by < on else "{}前复核"
    return Card(
        rule=rule,
        state=state,
        note=None if state == IN_FORCE else _NOTES.get(state, _OLD),
        place=place_name(rule.region),
        span=_span(rule),
        cases=tuple(
            (case.verdict.value, VERDICT_NAMES[case.verdict], case.say) for case in rule.cases
        ),
        sources=tuple(_cited(source, on) for source in rule.sources),
        mark=MARK_NAMES[rule.mark],
        review=due.format(day_name(rule.review_by.isoformat())),
        related=tuple(rules[other] for other in rule.related),
    )


def place_name(region: str) -> str:
    """全国 or the place itself."""
    return "全国" if region == NATIONAL else region


def day_name(day: str) -> str:
    """`2021`, `2021-07` or `2021-07-24` as 2021年, 2021年7月 or 2021年7月24日."""
    if day == "unknown":
        return "日期不详"
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(day.split("-"), "年月日", strict=False)
    )


def _state(rule: Rule, on: date) -> str:
    if rule.in_force_from > on.isoformat():
        return NOT_YET
    states = {document_state(source.document, on) for source in rule.sources}
    if rule.in_force_on(on):
        return IN_FORCE if IN_FORCE in states else ONLY_TO_KNOW
    return STATUS_NAMES["expired"] if STATUS_NAMES["expired"] in states else ENDED


def document_state(document: Document, on: date) -> str:
    """What a document is worth on a day: 现行有效, 已期满, 已废止, 征求意见稿，未施行 or 尚未施行."""
    today, until = on.isoformat(), document.in_force_until
    if document.status == "in_force" and (document.in_force_from or "") > today:
        return NOT_YET
    if document.status == "in_force" and until and today[: len(until)] > until:
        return STATUS_NAMES["expired"]
    return STATUS_NAMES[document.status]


def _span(rule: Rule) -> str:
    begins = day_name(rule.in_force_from)
    if rule.in_force_until is None:
        return f"{begins}起"
    return f"{begins}至{day_name(rule.in_force_until)}"


def _cited(source: Source, on: date) -> Cited:
    document = source.document
    details = (document.number, source.article, day_name(document.date))
    remarks = (
        "" if document.region == NATIONAL else document.region,
        "" if document.mark == "found" else "文件信息待核对",
    )
    return Cited(
        title=document.title,
        url=document.url,
        details=tuple(detail for detail in details if detail),
        state=document_state(document, on),
        remarks=tuple(filter(None, remarks)),
    )
