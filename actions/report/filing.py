"""Filing from the dialogue: the ticket is written and said in the same call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.feedback import offer_known_case
from actions.replies import say
from actions.report.draft import UNKNOWN, Draft
from actions.services import services
from complaints.filing import Filed, file_report, find_filed
from complaints.model import Kind, Report
from complaints.reporter.mark import reporter_mark
from complaints.workdays import utc_now

_WEEKDAYS = "一二三四五六日"


def file_draft(
    dispatcher: CollectingDispatcher, draft: Draft, receipt_hash: str, sender: str
) -> str:
    """File a confirmed draft, say its number, the receipt and the promised day; returns the number.

    Raises the database's error when it is not reachable: then nothing was filed.
    """
    storage, rules = services().storage, services().rules
    mark = reporter_mark(storage.keys, sender)
    report = replace(to_report(draft), reporter_mark=mark)
    filed = file_report(storage, rules, report, receipt_hash, utc_now())
    _say_filed(dispatcher, filed)
    offer_known_case(dispatcher, filed.number)
    return filed.number


def say_again(dispatcher: CollectingDispatcher, metadata: Mapping[str, Any]) -> bool:
    """Say a filing whose answer was lost, when the edge sends its confirmation once more.

    The same message has the same receipt, so the receipt tells which ticket it filed.
    """
    receipt_hash = metadata.get("receipt_hash")
    if not (metadata.get("redelivered") and receipt_hash):
        return False
    filed = find_filed(services().storage, services().rules, receipt_hash)
    if filed:
        _say_filed(dispatcher, filed)
    return filed is not None


def to_report(draft: Draft) -> Report:
    """The draft as the domain knows it: what is not known is None."""

    def known(value: str | None) -> str | None:
        return None if value in (None, UNKNOWN) else value

    return Report(
        intake_id=draft.intake_id,
        kind=Kind(draft.kind or Kind.OTHER_EDUCATION),
        kind_confidence=draft.kind_confidence,
        detail=draft.detail or "",
        subject_party=known(draft.org),
        place=known(draft.place),
        when=known(draft.when),
        subject=known(draft.subject),
        grade=known(draft.grade),
        amount=draft.amount,
        second_kind=Kind(draft.second_kind) if draft.second_kind else None,
        contact_ref=None if draft.anonymous else draft.contact,
        urgent=draft.urgent,
        pupil=draft.pupil,
        personal_refs=draft.told,
        stated=dict(draft.stated),
    )


def _say_filed(dispatcher: CollectingDispatcher, filed: Filed) -> None:
    day = filed.promised_on
    handler = (
        "热线工作人员会先核对，再转给该管的单位" if filed.triage else f"已转给{filed.lead_name}办理"
    )
    say(
        dispatcher,
        f"已登记，工单号 {filed.number}，{handler}。\n"
        f"答复时间：{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）前。\n"
        "查询码：{receipt}\n"
        "请抄下或截图保存，凭它可以查进度、补充情况；丢失后无法找回。\n"
        "一次登记一件事，还有别的事可以接着说。",
        filed=True,
    )
