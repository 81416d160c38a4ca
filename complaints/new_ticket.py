"""A report made ready to be filed, without the database: masked for offices, routed, as a row.

Done before the write lock is taken, for all filings wait for each other there.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from complaints.lifecycle.states import State
from complaints.model import Kind, Report
from complaints.protection.identifying import mask_identifying
from complaints.routing.decision import Decision, route
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date


@dataclass(frozen=True)
class Prepared:
    """A report, the copy of it that offices may read, and where it goes.

    `masked`: something of it is for nobody but the hotline, so a clerk should look at the copy.
    """

    report: Report
    shown: Report
    masked: bool
    decision: Decision


def prepare(report: Report, rules: Rules, now: datetime) -> Prepared:
    """Mask and route a report."""
    shown, masked = _shown(report, rules)
    decision = route(report, rules.city, rules.routing, on=shanghai_date(now))
    return Prepared(report, shown, masked, decision)


def new_ticket(
    prepared: Prepared,
    receipt_hash: str | None,
    rules: Rules,
    now: datetime,
    parent: Ticket | None = None,
) -> Ticket:
    """The ticket that comes of a report; `parent`: the one that it is split off (拆单)."""
    report, decision = prepared.shown, prepared.decision
    facts = decision.facts
    return Ticket(
        number=f"JS{shanghai_date(now):%Y%m%d}{secrets.randbelow(10**8):08d}",
        intake_id=report.intake_id,
        receipt_hash=receipt_hash,
        state=State.PENDING.value,
        kind=report.kind.value,
        kind_confidence=report.kind_confidence,
        matter_code=decision.matter_code,
        subject_party=report.subject_party,
        party_id=facts.party_id,
        place=report.place,
        district=facts.district,
        street=facts.street,
        happened=report.when,
        detail=report.detail,
        subject=report.subject,
        grade=report.grade,
        urgent=decision.urgent,
        lead=decision.lead,
        routing=decision.as_record(),
        filed_at=now,
        promised_on=rules.deadlines.promised_on(
            now, decision.matter_code, urgent=decision.urgent, district=facts.district
        ),
        overdue=False,
        changed_at=0,
        channel=report.channel,
        anonymous=parent.anonymous if parent else _is_anonymous(report),
        pupil=report.pupil,
        reporter_mark=report.reporter_mark,
        to_check=prepared.masked,
        dispatches=0,
        extensions=0,
        reopened=0,
        designated=False,
        split_from=parent.id if parent else None,
    )


def _is_anonymous(report: Report) -> bool:
    """Whether a reporter left nothing to be reached by, in the chat or on the telephone."""
    return report.contact_ref is None and not report.personal


def _shown(report: Report, rules: Rules) -> tuple[Report, bool]:
    """The report as offices may read it, and whether anything had to be masked for that."""
    detail, party, place, when = (
        mask_identifying(text or "", rules.words, cautious=True)
        for text in (report.detail, report.subject_party, report.place, report.when)
    )
    shown = replace(
        report,
        detail=detail.text,
        subject_party=party.text or None,
        place=place.text or None,
        when=when.text or None,
    )
    found = any(masked.findings for masked in (detail, party, place, when))
    return shown, found or bool(report.personal_refs)


def report_of(ticket: Ticket, kind: Kind) -> Report:
    """A ticket's masked copy as a report that a person has classified, to be routed again.

    The party and the place that were found for it stay, whatever the words name today.
    """
    return Report(
        intake_id=ticket.intake_id,
        kind=kind,
        kind_confidence=1.0,
        detail=ticket.detail,
        subject_party=ticket.subject_party,
        place=ticket.place,
        when=ticket.happened,
        subject=ticket.subject,
        grade=ticket.grade,
        urgent=ticket.urgent,
        stated=ticket.routing.get("stated") or {},
        party_id=ticket.party_id,
        district=ticket.district,
        street=ticket.street,
    )
