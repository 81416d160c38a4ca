"""What a caller tells a clerk, from the form to a report (features S16).

The clerk reads the masked words back before filing. The receipt comes from random bytes that were
made with the form, so the same form sent twice gives one ticket and one receipt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from complaints.danger import DangerGroup, find_danger
from complaints.filing import Filed, file_report
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind, Report
from complaints.offices.official_text import official_text
from complaints.protection.digit_runs import find_numbers
from complaints.protection.identifying import mask_identifying
from complaints.protection.receipts import derive_receipt, hash_receipt
from complaints.reporter.pupils import pupil_words
from complaints.routing.deciding import deciding_question
from complaints.routing.decision import Decision, route
from complaints.routing.questions import Question
from complaints.rules import Rules
from complaints.storage import Storage

_LONGEST_LINE = 100  # characters of what is one line in the form
_SURE = 1.0  # a person chose the kind


@dataclass(frozen=True)
class Call:
    """What was told on the telephone. `stated`: answers to questions that decide who handles it."""

    intake_id: str
    kind: Kind
    detail: str
    subject_party: str
    place: str
    when: str
    anonymous: bool
    pupil: bool
    urgent: bool
    name: str = field(repr=False)
    phone: str = field(repr=False)
    stated: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadBack:
    """What is read to the caller before filing: masked words, and where they will go.

    `masked`: something was hidden. `alarm`: numbers to call at once. `question`: to ask first, if
    its answer decides who handles it. `to_pupil`: what a pupil is told.
    """

    said: tuple[tuple[str, str], ...]
    masked: bool
    alarm: str | None
    goes_to: str
    question: Question | None
    to_pupil: str | None


def read_call(form: Mapping[str, str], intake_id: str, rules: Rules) -> Call:
    """The form of a call, checked. Raises NotAllowed with one sentence on what is missing."""
    kind, detail = form.get("kind", ""), official_text(form.get("detail", ""))
    if not detail:
        raise NotAllowed("text_required", "请写下发生了什么。")
    if kind not in set(Kind):
        raise NotAllowed("unknown_kind", "请选择一个事项类别。")
    lines = {name: _line(form.get(name, "")) for name in ("party", "place", "when", "name")}
    anonymous, phone = form.get("anonymous") != "no", _line(form.get("phone", ""))
    _check_reporter(anonymous, lines["name"], phone)
    questions = {question.fact: question for question in rules.routing.questions}
    return Call(
        intake_id=intake_id,
        kind=Kind(kind),
        detail=detail,
        subject_party=lines["party"],
        place=lines["place"],
        when=lines["when"],
        anonymous=anonymous,
        pupil=form.get("pupil") == "yes",
        urgent=form.get("urgent") == "yes",
        name=lines["name"],
        phone=phone,
        stated={
            fact: value
            for fact, question in questions.items()
            if (value := form.get(f"stated_{fact}", "")) in dict(question.choices)
        },
    )


def read_back(call: Call, rules: Rules, danger: tuple[DangerGroup, ...]) -> ReadBack:
    """What the clerk reads to the caller."""
    told = (
        ("发生了什么", call.detail),
        ("被举报对象", call.subject_party),
        ("地点", call.place),
        ("时间", call.when),
    )
    shown = [(name, mask_identifying(text, rules.words, cautious=True)) for name, text in told]
    report = _report(call, "", danger)
    decision = route(report, rules.city, rules.routing)
    alarm = find_danger(call.detail, danger)
    return ReadBack(
        said=(
            ("事项类别", call.kind.label),
            *((name, masked.text or "未说明") for name, masked in shown),
            ("举报人", _who(call)),
        ),
        masked=any(masked.findings for _, masked in shown),
        alarm=alarm.text if alarm else None,
        goes_to=_goes_to(decision, rules),
        question=deciding_question(report, rules.city, rules.routing),
        to_pupil=pupil_words(in_danger=alarm is not None) if call.pupil else None,
    )


def file_call(
    storage: Storage,
    rules: Rules,
    call: Call,
    clerk: str,
    secret: bytes,
    danger: tuple[DangerGroup, ...],
    now: datetime,
) -> tuple[Filed, str]:
    """File a call; the ticket and the receipt to be read to the caller once.

    `secret`: at least 16 random bytes, the same for the same `intake_id`.
    """
    receipt = derive_receipt(secret, call.intake_id)
    hashed = hash_receipt(receipt, storage.keys.receipt)
    return file_report(storage, rules, _report(call, clerk, danger), hashed, now), receipt


def digest_of(call: Call) -> str:
    """A hash of all that was told: what was read back must be what is filed."""
    told = "\n".join(repr(getattr(call, each.name)) for each in fields(call))
    return hashlib.sha256(told.encode()).hexdigest()


def _report(call: Call, clerk: str, danger: tuple[DangerGroup, ...]) -> Report:
    personal = {} if call.anonymous else {"name": call.name, "phone": call.phone}
    return Report(
        intake_id=call.intake_id,
        kind=call.kind,
        kind_confidence=_SURE,
        detail=call.detail,
        subject_party=call.subject_party or None,
        place=call.place or None,
        when=call.when or None,
        urgent=call.urgent or find_danger(call.detail, danger) is not None,
        channel="phone",
        clerk=clerk or None,
        pupil=call.pupil,
        personal={kind: value for kind, value in personal.items() if value},
        stated=call.stated,
    )


def _line(text: str) -> str:
    line = " ".join(official_text(text).split())
    if len(line) > _LONGEST_LINE:
        raise NotAllowed(
            "text_too_long", f"对象、地点、时间、姓名和电话各不超过{_LONGEST_LINE}字。"
        )
    return line


def _check_reporter(anonymous: bool, name: str, phone: str) -> None:
    if anonymous and (name or phone):
        raise NotAllowed("anonymous", "已选匿名，请清空姓名和电话，或改选留联系方式。")
    if anonymous:
        return
    numbers = find_numbers(phone)
    if len(numbers) != 1 or numbers[0].kind != "phone":
        raise NotAllowed("bad_phone", "请写一个能打通的电话号码，或选匿名。")


def _who(call: Call) -> str:
    who = "匿名" if call.anonymous else "留姓名和电话（密封保存，承办单位看不到）"
    return f"{who}，学生本人" if call.pupil else who


def _goes_to(decision: Decision, rules: Rules) -> str:
    if decision.triage:
        return f"热线人工分派（{decision.reason}）"
    names = [rules.city.bureaus[bureau].name for bureau in (decision.lead, *decision.co_handlers)]
    helping = f"，协办：{'、'.join(names[1:])}" if names[1:] else ""
    return f"{names[0]}{helping}（{decision.reason}）"
