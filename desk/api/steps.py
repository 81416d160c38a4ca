"""What a bureau can do with a ticket: path → fields of the body → step of the life cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.act import Actor
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.tasks import whistle
from complaints.rules import Rules
from complaints.storage.tables import Ticket

Fields = Mapping[str, Any]
Run = Callable[[Session, Ticket, Actor, Fields, Rules, datetime], object]


@dataclass(frozen=True)
class Step:
    """One step: the fields of its body with their types (all optional to the reader), and what runs."""

    fields: Mapping[str, type]
    run: Run


def _sign(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return handling.sign_ticket(s, t, a, r, now)


def _answer(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    results, schools = f.get("results") or (), f.get("schools") or ()
    text, finding = f.get("text") or "", f.get("finding")
    unknown = [school for school in schools if school not in r.city.parties]
    if unknown:
        raise NotAllowed("unknown_school", f"名册中没有这所学校：{'、'.join(unknown)}。")
    street = f.get("street") or None
    return handling.answer_ticket(s, t, a, text, r, now, finding, results, schools, street)


def _return(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return dispatching.return_ticket(s, t, a, f.get("reason") or "", f.get("basis") or "", r, now)


def _pause(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return handling.pause_ticket(s, t, a, f.get("text") or "", r, now)


def _resume(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return handling.resume_ticket(s, t, a, r, now)


def _extend(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return handling.extend_ticket(s, t, a, f.get("reason") or "", f.get("workdays") or 0, r, now)


def _transfer(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    district, reason = f.get("district") or "", f.get("reason") or ""
    return dispatching.transfer_ticket(s, t, a, district, reason, r, now)


def _escalate(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return dispatching.escalate_ticket(s, t, a, f.get("reason") or "", r, now)


def _whistle(s: Session, t: Ticket, a: Actor, f: Fields, r: Rules, now: datetime) -> object:
    return whistle(s, t, a, f.get("bureau") or "", f.get("text") or "", r, now)


STEPS: Mapping[str, Step] = {
    "sign": Step({}, _sign),
    "answer": Step(
        {"text": str, "finding": str, "results": list, "schools": list, "street": str}, _answer
    ),
    "return": Step({"reason": str, "basis": str}, _return),
    "pause": Step({"text": str}, _pause),
    "resume": Step({}, _resume),
    "extend": Step({"reason": str, "workdays": int}, _extend),
    "transfer": Step({"district": str, "reason": str}, _transfer),
    "escalate": Step({"reason": str}, _escalate),
    "whistle": Step({"bureau": str, "text": str}, _whistle),
}
"""All that a bureau may ask for; what is not here is no address of the API."""
