"""What runs for each step of `steps.STEPS`: from the fields of a form to the life cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle import (
    closing,
    correcting,
    dispatching,
    handling,
    merging,
    redacting,
    reporting,
    splitting,
    tasks,
)
from complaints.lifecycle.act import Actor, NotFound
from complaints.lifecycle.co_handling import Choice
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from complaints.offices.triage import hotline_ticket
from complaints.protection import reveal as reveals
from complaints.reporter.evidence_access import release_evidence
from complaints.rules import Rules
from complaints.storage.tables import Ticket

Fields = Mapping[str, str]
"""What a form gives, by the names of its fields; what is missing is empty."""


def _kind(f: Fields) -> Kind:
    if f["kind"] not in set(Kind):
        raise NotAllowed("unknown_kind", "请选择一个事项类别。")
    return Kind(f["kind"])


def _choice(f: Fields) -> Choice:
    return Choice(*(tuple(filter(None, (f[name],))) for name in ("also", "without")))


def accept(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """受理."""
    return dispatching.accept_ticket(s, t, a, r, now)


def reject(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """不予受理, with the right door."""
    return dispatching.reject_ticket(s, t, a, f["reason"], f["door"], r, now)


def dispatch(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """派单."""
    return dispatching.dispatch_ticket(s, t, a, f["bureau"], r, now, f["reason"], _choice(f))


def designate(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """指定承办."""
    return dispatching.designate_ticket(s, t, a, f["bureau"], f["reason"], r, now, _choice(f))


def refuse_return(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """退单不成立."""
    return dispatching.refuse_return(s, t, a, f["reason"], r, now)


def transfer(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """跨区移交."""
    return dispatching.transfer_ticket(s, t, a, f["district"], f["reason"], r, now)


def escalate(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """提级办理."""
    return dispatching.escalate_ticket(s, t, a, f["reason"], r, now)


def reclassify(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """改定事项类别."""
    return correcting.reclassify_ticket(s, t, a, _kind(f), r, now)


def correct(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """更正对象和地点: what is left empty stays."""
    told = correcting.Subject(f["party"], f["place"], f["district"], f["street"])
    return correcting.correct_subject(s, t, a, told, r, now)


def redact(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """改正脱敏文字."""
    return redacting.redact_ticket(s, t, a, f["detail"], r, now)


def redact_said(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """改正举报人后来说的话."""
    seq = int(f["event"]) if f["event"].isdecimal() else 0
    return redacting.redact_said(s, t, a, seq, f["words"], r, now)


def resume(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """恢复办理."""
    return handling.resume_ticket(s, t, a, r, now)


def supplement(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """代举报人补充."""
    return reporting.supplement_ticket(s, t.number, f["text"], r, now, actor=a)


def supervise(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """督办."""
    return tasks.supervise_ticket(s, t, a, f["text"], r, now)


def call_back(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """回访: three answers, which must fit together."""
    asked = ("reached", "solved", "satisfied")
    if any(f[name] not in ("yes", "no") for name in asked):
        raise NotAllowed("fact_required", "请回答三个问题：是否联系到、是否解决、是否满意。")
    reached, solved, satisfied = (f[name] == "yes" for name in asked)
    if not reached and (solved or satisfied):
        raise NotAllowed("fact_required", "没有联系到举报人时，后两项只能选“否”。")
    return closing.call_back(s, t, a, (reached, solved, satisfied), r, now, f["words"] or None)


def redo(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """退回重办."""
    return closing.redo_ticket(s, t, a, f["reason"], r, now)


def close(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """办结."""
    return closing.close_ticket(s, t, a, f["result"] or None, r, now)


def reopen(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """重新办理."""
    return closing.reopen_ticket(s, t, a, f["reason"], r, now)


def merge(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """并单, into a main ticket that this clerk may see."""
    try:
        main = hotline_ticket(s, f["main"].upper(), r.city, a.id)
    except NotFound:
        raise NotAllowed("unknown_main", "没有找到主单，请核对工单号。") from None
    return merging.merge_ticket(s, t, main, a, r, now)


def part(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """Out of the main ticket (拆单)."""
    return merging.split_from_merge(s, t, a, r, now)


def split(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """拆单."""
    return splitting.split_ticket(s, t, _kind(f), f["detail"], a, r, now)


def ask_reveal(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """申请查看举报人信息."""
    return reveals.ask_reveal(s, t, a, f["reason"], now)


def release(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    """放行材料."""
    return release_evidence(s, f["ref"], a, now)
