"""Filing: one transaction writes ticket, first event and deliveries, or nothing.

Filing the same intake twice gives the same ticket: a retry after a crash cannot make a second.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from complaints.deadlines.limits import Deadlines
from complaints.lifecycle.table import Role, State
from complaints.model import Report
from complaints.regions import City
from complaints.routing.decision import Decision, RoutingTable, route
from complaints.storage import Storage, next_change
from complaints.storage.tables import Contact, Delivery, Event, Ticket
from complaints.workdays import shanghai_date


@dataclass(frozen=True)
class Filed:
    """What the reporter is told: number, who handles it, the promised day (Asia/Shanghai)."""

    number: str
    lead_name: str
    promised_on: date
    triage: bool
    urgent: bool


@dataclass(frozen=True)
class FilingRules:
    """The data that decides where a report goes and until when."""

    city: City
    routing: RoutingTable
    deadlines: Deadlines


def file_report(
    storage: Storage, rules: FilingRules, report: Report, receipt_hash: str, now: datetime
) -> Filed:
    """File a confirmed report under the hash of its receipt.

    When the intake was filed before, its ticket is returned and now answers to this receipt (the
    first one was never shown). Raises SQLAlchemy's errors when the database is not reachable;
    then nothing is filed.
    """
    with storage.write() as session:
        changed_at = next_change(session)  # first: it makes filings wait for each other
        ticket = session.scalar(select(Ticket).where(Ticket.intake_id == report.intake_id))
        if ticket:
            session.execute(  # past the ORM: no new version, for nothing changed for the bureaus
                update(Ticket).where(Ticket.id == ticket.id).values(receipt_hash=receipt_hash)
            )
        else:
            decision = route(report, rules.city, rules.routing)
            ticket = _add_ticket(session, rules, report, decision, receipt_hash, changed_at, now)
        return _filed(ticket, rules)


def find_filed(storage: Storage, rules: FilingRules, receipt_hash: str) -> Filed | None:
    """What a reporter was told when a ticket was filed under this receipt; None when none was."""
    with storage.read() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.receipt_hash == receipt_hash))
        return _filed(ticket, rules) if ticket else None


def _filed(ticket: Ticket, rules: FilingRules) -> Filed:
    return Filed(
        number=ticket.number,
        lead_name=rules.city.bureaus[ticket.lead].name,
        promised_on=ticket.promised_on,
        triage=ticket.state == State.PENDING,
        urgent=ticket.urgent,
    )


def _add_ticket(
    session: Session,
    rules: FilingRules,
    report: Report,
    decision: Decision,
    receipt_hash: str,
    changed_at: int,
    now: datetime,
) -> Ticket:
    state = State.PENDING if decision.triage else State.DISPATCHED
    ticket = Ticket(
        number=f"JS{shanghai_date(now):%Y%m%d}{secrets.randbelow(10**8):08d}",
        intake_id=report.intake_id,
        receipt_hash=receipt_hash,
        state=state,
        kind=report.kind.value,
        kind_confidence=report.kind_confidence,
        matter_code=decision.matter_code,
        subject_party=report.subject_party,
        party_id=decision.facts.party_id,
        place=report.place,
        district=decision.facts.district,
        street=decision.facts.street,
        happened=report.when,
        detail=report.detail,
        subject=report.subject,
        grade=report.grade,
        urgent=decision.urgent,
        lead=decision.lead,
        routing=decision.as_record(),
        filed_at=now,
        promised_on=rules.deadlines.promised_on(now, decision.matter_code, urgent=decision.urgent),
        overdue=False,
        changed_at=changed_at,
    )
    session.add(ticket)
    session.flush()
    session.add(
        Event(
            ticket_id=ticket.id,
            at=now,
            action="file",
            role=Role.REPORTER,
            actor="reporter",
            state=state,
            facts={
                "rule": decision.rule_id,
                "table": decision.table_version,
                "amount": report.amount,
                "second_kind": report.second_kind,
            },
        )
    )
    deliver(session, ticket.id, decision.lead, Role.LEAD, now)
    for bureau in decision.co_handlers:
        deliver(session, ticket.id, bureau, Role.CO_HANDLER, now)
    if report.contact_ref:
        session.execute(
            update(Contact).where(Contact.ref == report.contact_ref).values(ticket_id=ticket.id)
        )
    return ticket


def deliver(session: Session, ticket_id: int, bureau: str, role: Role, now: datetime) -> None:
    """Put a ticket into a bureau's queue, or back into it with this role."""
    row = session.scalar(
        select(Delivery).where(Delivery.ticket_id == ticket_id, Delivery.bureau == bureau)
    )
    if row is None:
        row = Delivery(ticket_id=ticket_id, bureau=bureau, role=role, created_at=now)
        session.add(row)
    row.role, row.delivered_at, row.ended_at = role, None, None
