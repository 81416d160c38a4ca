"""A ticket as the hotline reads it: what was said, why it went where it did, who did what.

Words for people only; nothing of the reporter beyond the reporter's own account is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.table import TRANSITIONS, Action, Role
from complaints.model import Kind, Report
from complaints.offices.triage import Row, hotline_ticket, row_of
from complaints.regions import Bureau, City
from complaints.routing.decision import RoutingTable, route
from complaints.routing.words import RoutingWords, routing_words
from complaints.storage.tables import Event, StaffAccount, Ticket
from complaints.understood import meanings

STEP_WORDS = {
    "file": "登记举报",
    "dispatch": "派单",
    "reclassify": "改定事项类别",
    "sign": "签收",
    "answer": "答复",
    "return": "退单",
    "supplement": "补充情况",
    "withdraw": "撤回举报",
    "close": "办结",
    "overdue": "超过承诺日期，记为逾期",
}


@dataclass(frozen=True)
class Step:
    """One line of the history: when, who, what, and the words or changes that go with it."""

    at: datetime
    who: str
    what: str
    change: str | None
    text: str | None


@dataclass(frozen=True)
class CaseFile:
    """All that a clerk needs to decide on a ticket.

    `may` holds what the hotline can do in this state; `suggested` the bureau that the routing table
    names for the present kind, if it names one.
    """

    row: Row
    version: int
    said: tuple[tuple[str, str], ...]
    detail: str
    routing: RoutingWords
    history: tuple[Step, ...]
    may: frozenset[Action]
    bureaus: tuple[tuple[str, tuple[Bureau, ...]], ...]
    suggested: Bureau | None


def case_file(session: Session, number: str, city: City, table: RoutingTable) -> CaseFile:
    """Everything about one ticket. Raises NotFound, also for what the hotline may not see."""
    ticket = hotline_ticket(session, number, city)
    row = row_of(ticket, city)
    events = session.scalars(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
    ).all()
    first = events[0].facts if events else {}
    said = (
        ("被举报对象", ticket.subject_party),
        ("地点", ticket.place),
        ("时间", ticket.happened),
        ("科目", ticket.subject),
        ("年级", ticket.grade),
        *_understood(ticket, first, city),
    )
    return CaseFile(
        row=row,
        version=ticket.version,
        said=tuple((name, value or "未说明") for name, value in said),
        detail=ticket.detail,
        routing=routing_words(ticket, city, table),
        history=_history(session, events, city),
        may=frozenset(
            action
            for (state, action), step in TRANSITIONS.items()
            if state == row.state and step.role == Role.HOTLINE
        ),
        bureaus=_choices(ticket, city),
        suggested=_suggested(ticket, events, city, table),
    )


def _understood(
    ticket: Ticket, first: Mapping[str, object], city: City
) -> Iterator[tuple[str, str]]:
    """What the words mean, and the second matter that the report may be about."""
    amount = first.get("amount")
    yield from meanings(
        when=ticket.happened,
        amount=str(amount) if amount else None,
        grade=ticket.grade,
        detail=ticket.detail,
        said_at=ticket.filed_at,
        terms=city.terms,
    )
    if second := first.get("second_kind"):
        yield "可能还涉及", Kind(str(second)).label


def _history(session: Session, events: Sequence[Event], city: City) -> tuple[Step, ...]:
    clerks = {event.actor for event in events if event.role == Role.HOTLINE}
    accounts = select(StaffAccount).where(StaffAccount.login.in_(clerks))
    names = {account.login: account.name for account in session.scalars(accounts)}
    return tuple(
        Step(
            at=event.at,
            who=_who(event, names, city),
            what=STEP_WORDS.get(event.action, event.action),
            change=_change(event, city),
            text=event.text,
        )
        for event in events
    )


def _who(event: Event, clerks: Mapping[str, str], city: City) -> str:
    if event.role == Role.HOTLINE:
        return f"热线 {clerks.get(event.actor, event.actor)}"
    if event.role in (Role.LEAD, Role.CO_HANDLER):
        return _bureau_name(event.actor, city)
    return {Role.REPORTER.value: "举报人", Role.SYSTEM.value: "系统"}.get(event.role, event.role)


def _change(event: Event, city: City) -> str | None:
    before, after = event.facts.get("from"), event.facts.get("to")
    if event.action == Action.DISPATCH:
        return f"{_bureau_name(str(before), city)} → {_bureau_name(str(after), city)}"
    if event.action == Action.RECLASSIFY:
        return f"{Kind(str(before)).label} → {Kind(str(after)).label}"
    return None


def _bureau_name(bureau: str, city: City) -> str:
    known = city.bureaus.get(bureau)
    return known.name if known else bureau


def _choices(ticket: Ticket, city: City) -> tuple[tuple[str, tuple[Bureau, ...]], ...]:
    """Bureaus that the ticket may be sent to, by city and district; the reported one is not."""
    barred = ticket.routing["facts"]["reported_bureau"]
    free = [
        bureau
        for bureau in city.bureaus.values()
        if bureau.function != "hotline" and bureau.id not in (barred, ticket.lead)
    ]
    groups = [("市级", None), *((p.district_name, p.district) for p in city.districts)]
    grouped = [(name, tuple(b for b in free if b.district == of)) for name, of in groups]
    return tuple((name, bureaus) for name, bureaus in grouped if bureaus)


def _suggested(
    ticket: Ticket, events: Sequence[Event], city: City, table: RoutingTable
) -> Bureau | None:
    """Where the table sends the ticket now that a person stands behind its kind.

    Not to a bureau that has it or that gave it back: there the table was of no help.
    """
    report = Report(
        intake_id=ticket.intake_id,
        kind=Kind(ticket.kind),
        kind_confidence=1.0,
        detail=ticket.detail,
        subject_party=ticket.subject_party,
        place=ticket.place,
        when=ticket.happened,
        subject=ticket.subject,
        grade=ticket.grade,
    )
    decision = route(report, city, table)
    tried = {event.actor for event in events if event.action == Action.RETURN} | {ticket.lead}
    if decision.triage or decision.lead in tried:
        return None
    return city.bureaus[decision.lead]
