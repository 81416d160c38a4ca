"""Filing: one transaction writes ticket, events, queues, tasks and timers, or nothing.

Filing the same intake twice gives the same ticket: a retry after a crash cannot make a second.
Offices read the masked copy of what was told; the words themselves are sealed beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.audit.filed import filed_facts, receipt_facts
from complaints.conflicts import bar
from complaints.duplicates.risk import risk_after
from complaints.duplicates.search import note_text
from complaints.lifecycle.act import SYSTEM, enqueue
from complaints.lifecycle.dispatching import send_first
from complaints.lifecycle.settling import settle_new
from complaints.lifecycle.states import Role, State
from complaints.lifecycle.tasks import ask_co_handler
from complaints.model import Report
from complaints.new_ticket import Prepared, new_ticket, prepare
from complaints.protection.personal_fields import FieldKind, join_to_ticket, keep_field
from complaints.reporter.evidence import join_evidence
from complaints.routing.conflicts import next_level_up
from complaints.routing.decision import Decision
from complaints.rules import Rules
from complaints.storage import Storage, keys_of
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket
from complaints.understood import sums_in_figures


@dataclass(frozen=True)
class Filed:
    """What the reporter is told: number, who handles it, the promised day (Asia/Shanghai)."""

    number: str
    lead_name: str
    promised_on: date
    triage: bool
    urgent: bool


def file_report(
    storage: Storage, rules: Rules, report: Report, receipt_hash: str, now: datetime
) -> Filed:
    """File a confirmed report under the hash of its receipt.

    When the intake was filed before, its ticket is returned and now answers to this receipt (the
    first one was never shown). Raises SQLAlchemy's errors when the database is not reachable;
    then nothing is filed.
    """
    prepared = prepare(report, rules, now)
    with storage.write() as session:
        lock_clock(session)  # first: it makes filings wait for each other
        ticket = session.scalar(select(Ticket).where(Ticket.intake_id == report.intake_id))
        if ticket and ticket.receipt_hash != receipt_hash:
            _give_receipt(session, ticket, receipt_hash, now)
        elif ticket is None:
            ticket = _file(session, rules, prepared, receipt_hash, now)
        return _filed(ticket, rules)


def find_filed(storage: Storage, rules: Rules, receipt_hash: str) -> Filed | None:
    """What a reporter was told when a ticket was filed under this receipt; None when none was."""
    with storage.read() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.receipt_hash == receipt_hash))
        return _filed(ticket, rules) if ticket else None


def file_ticket(
    session: Session,
    rules: Rules,
    report: Report,
    receipt_hash: str | None,
    now: datetime,
    parent: Ticket | None = None,
) -> Ticket:
    """A new ticket in an open write transaction, on its way to where the tables send it.

    `parent`: the ticket that it is split off (拆单); who keeps out of that one keeps out of this.
    """
    return _file(session, rules, prepare(report, rules, now), receipt_hash, now, parent)


def _file(
    session: Session,
    rules: Rules,
    prepared: Prepared,
    receipt_hash: str | None,
    now: datetime,
    parent: Ticket | None = None,
) -> Ticket:
    report, decision = prepared.report, prepared.decision
    ticket = new_ticket(prepared, receipt_hash, rules, now, parent)
    session.add(ticket)
    session.flush()  # numbers it
    sealed = _keep_apart(session, ticket, prepared, now)
    filed = record(
        session,
        ticket,
        action="file",
        role=Role.HOTLINE if report.clerk else Role.REPORTER,
        actor=report.clerk or "reporter",
        at=now,
        facts=_facts(session, ticket, prepared) | ({"sealed": sealed} if sealed else {}),
    )
    with session.no_autoflush:  # the ticket is written once more, with all that becomes of it
        barred = bar(session, ticket, decision.barred, parent)
        sent = _pass_on(session, ticket, decision, barred, rules, now)
    if report.reporter_mark and ticket.split_from is None:
        join_evidence(session, ticket, now)
    settle_new(session, ticket, rules, now, (filed, *sent))
    note_text(session, ticket)
    risk_after(session, ticket, rules, now)
    return ticket


def _give_receipt(session: Session, ticket: Ticket, receipt_hash: str, now: datetime) -> None:
    """The ticket answers to another receipt. No new version: nothing changed for the bureaus."""
    session.execute(  # past the ORM, which would count a version
        update(Ticket).where(Ticket.id == ticket.id).values(receipt_hash=receipt_hash)
    )
    record(
        session,
        ticket,
        action="receipt",
        role=Role.REPORTER,
        actor="reporter",
        at=now,
        facts=receipt_facts(receipt_hash, keys_of(session).audit),
        is_change=False,
    )


def _facts(session: Session, ticket: Ticket, prepared: Prepared) -> dict[str, object]:
    """What stays for ever: codes, and keyed hashes of what the ticket says (`audit.filed`)."""
    report, decision = prepared.report, prepared.decision
    return {
        "kind": report.kind.value,
        "rule": decision.rule_id,
        "table": decision.table_version,
        "amount": sums_in_figures(report.amount, report.detail),  # never erased: no words
        "second_kind": report.second_kind,
    } | filed_facts(ticket, keys_of(session).audit)


def _keep_apart(session: Session, ticket: Ticket, prepared: Prepared, now: datetime) -> list[str]:
    """Seal the reporter's own words, join what else was sealed before. Returns the references."""
    report = prepared.report
    told = {FieldKind.TOLD: report.detail} if prepared.masked else {}
    if beside := "\n".join(_masked_beside(report, prepared.shown)):
        told[FieldKind.TOLD_BESIDE] = beside
    kept = [
        keep_field(session, kind, value, now, ticket_id=ticket.id)
        for kind, value in (*told.items(), *report.personal.items())
    ]
    refs = [ref for ref in (report.contact_ref, *report.personal_refs) if ref]
    return kept + (join_to_ticket(session, refs, ticket.id) if refs else [])


def _masked_beside(report: Report, shown: Report) -> Iterator[str]:
    """Party, place and time as they were told, where offices see them masked."""
    lines = (
        ("对象", report.subject_party, shown.subject_party),
        ("地点", report.place, shown.place),
        ("时间", report.when, shown.when),
    )
    return (f"{name}：{said}" for name, said, seen in lines if said and said != seen)


def _pass_on(
    session: Session,
    ticket: Ticket,
    decision: Decision,
    barred: Collection[str],
    rules: Rules,
    now: datetime,
) -> tuple[Event, ...]:
    """To the lead and the co-handlers; what is unsure waits in the hotline's queue.

    Who keeps out of it (回避) is passed over, one level up. Returns the events of it.
    """
    city = rules.city
    lead = city.bureaus[decision.lead]
    lead = next_level_up(lead.id, city, barred) if lead.id in barred else lead
    ticket.lead = lead.id
    sent: tuple[Event, ...] = ()
    if lead.function == "hotline":
        enqueue(session, ticket, lead.id, Role.LEAD, now)
    else:
        sent = send_first(session, ticket, lead, rules, now)
    for bureau in decision.co_handlers:
        if bureau != lead.id and bureau not in barred:
            ask_co_handler(session, ticket, bureau, SYSTEM.id, rules, now)
    return sent


def _filed(ticket: Ticket, rules: Rules) -> Filed:
    return Filed(
        number=ticket.number,
        lead_name=rules.city.bureaus[ticket.lead].name,
        promised_on=ticket.promised_on,
        triage=ticket.state == State.PENDING,
        urgent=ticket.urgent,
    )
