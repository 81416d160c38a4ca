"""Filing: one transaction writes ticket, events, queues, tasks and timers, or nothing.

Filing the same intake twice gives the same ticket: a retry after a crash cannot make a second.
Offices read the masked copy of what was told; the words themselves are sealed beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.audit.chain import hash_text, record
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
from complaints.protection.personal_fields import join_to_ticket, keep_field
from complaints.reporter.evidence import join_evidence
from complaints.routing.conflicts import next_level_up
from complaints.routing.decision import Decision
from complaints.rules import Rules
from complaints.storage import Storage, keys_of
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket


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
        if ticket:
            session.execute(  # past the ORM: no new version, for nothing changed for the bureaus
                update(Ticket).where(Ticket.id == ticket.id).values(receipt_hash=receipt_hash)
            )
        else:
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
    filed = record(
        session,
        ticket,
        action="file",
        role=Role.HOTLINE if report.clerk else Role.REPORTER,
        actor=report.clerk or "reporter",
        at=now,
        facts=_facts(session, prepared),
    )
    with session.no_autoflush:  # the ticket is written once more, with all that becomes of it
        barred = bar(session, ticket, decision.barred, parent)
        sent = _pass_on(session, ticket, decision, barred, rules, now)
    _keep_apart(session, ticket, report, now, masked=prepared.masked)
    settle_new(session, ticket, rules, now, (filed, *sent))
    note_text(session, ticket)
    risk_after(session, ticket, rules, now)
    return ticket


def _facts(session: Session, prepared: Prepared) -> dict[str, object]:
    report, decision = prepared.report, prepared.decision
    return {
        "kind": report.kind.value,
        "rule": decision.rule_id,
        "table": decision.table_version,
        "amount": report.amount,
        "second_kind": report.second_kind,
        "detail_hash": hash_text(prepared.shown.detail, keys_of(session).audit),
    }


def _keep_apart(
    session: Session, ticket: Ticket, report: Report, now: datetime, *, masked: bool
) -> None:
    """Join what belongs to the reporter to the ticket: sealed fields, the original words, files."""
    refs = [ref for ref in (report.contact_ref, *report.personal_refs) if ref]
    if refs:
        join_to_ticket(session, refs, ticket.id)
    if masked:
        keep_field(session, "told", report.detail, now, ticket_id=ticket.id)
    for kind, value in report.personal.items():
        keep_field(session, kind, value, now, ticket_id=ticket.id)
    if report.reporter_mark and ticket.split_from is None:
        join_evidence(session, ticket, now)


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
