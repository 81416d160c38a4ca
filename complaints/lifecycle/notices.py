"""The notices after a finding (双通报, D15): one task for each office that is told, with its receipt.

Which ones, and their minimised words: `routing.notices`. The schools of the pupils are those that
the bureau found and named in its answer, never one that a reporter mentioned (facts S-10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.duplicates.following import reporters_to_tell
from complaints.lifecycle.act import SYSTEM, act, barred_from
from complaints.lifecycle.settling import events_of, settle
from complaints.lifecycle.states import Action
from complaints.lifecycle.tasks import TaskKind, add_task
from complaints.model import Kind
from complaints.routing.notices import NoticeFacts, notices_for
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date


def send_notices(
    session: Session, ticket: Ticket, schools: Sequence[str], rules: Rules, now: datetime
) -> int:
    """Make the notices of an answered ticket; `schools` are ids of the register. Returns how many.

    Who was told of the same finding before is not told again.
    """
    if ticket.finding is None:
        return 0
    facts = NoticeFacts(
        kind=Kind(ticket.kind),
        matter_code=ticket.matter_code or "",
        finding=ticket.finding,
        decided_on=shanghai_date(now),
        party_id=ticket.party_id,
        district=ticket.district,
        street=ticket.street,
        grade=ticket.grade,
        schools=tuple(schools),
        reporter_is_pupil=any(own.pupil for own in reporters_to_tell(session, ticket)),
        barred=barred_from(session, ticket),
        lead=ticket.lead,
    )
    told = _told(session, ticket)
    notices = notices_for(facts, rules.city, rules.notices)
    new = [n for n in notices if (n.recipient, n.party_id, ticket.finding) not in told]
    for notice in new:
        task = add_task(
            session,
            ticket,
            TaskKind.NOTICE,
            notice.recipient,
            SYSTEM.id,
            rules,
            now,
            notice.text,
            notice.party_id,
        )
        session.flush()  # numbers the task
        said = {
            "task": task.id,
            "to": notice.recipient,
            "kind": notice.to_kind,
            "party": notice.party_id,
            "finding": ticket.finding,
        }
        event = act(session, ticket, Action.NOTIFY, SYSTEM, now, facts=said)
        settle(session, ticket, rules, now, event)
    return len(new)


def _told(session: Session, ticket: Ticket) -> set[tuple[object, ...]]:
    """Who was told of which finding."""
    return {
        tuple(event.facts.get(name) for name in ("to", "party", "finding"))
        for event in events_of(session, ticket)
        if event.action == Action.NOTIFY
    }
