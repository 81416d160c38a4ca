"""Two matters told at once (拆单): the second becomes a ticket of its own."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.filing import file_ticket
from complaints.lifecycle.act import Actor, act
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind, Report
from complaints.rules import Rules
from complaints.storage.tables import Ticket


def split_ticket(
    session: Session,
    ticket: Ticket,
    kind: Kind,
    detail: str,
    actor: Actor,
    rules: Rules,
    now: datetime,
) -> Ticket:
    """Make a second matter that was told in a ticket a ticket of its own (拆单).

    It is routed like any other, but has no receipt: the parent's shows it. Raises NotAllowed, with
    `wrong_state` for a merged ticket, which is first taken out of its case.
    """
    if ticket.state == State.MERGED:
        raise NotAllowed("wrong_state", "工单已并入主单，请先从主单拆出，再拆单。")
    if not detail.strip():
        raise NotAllowed("text_required", "请写明拆出的事项。")
    report = Report(
        intake_id=f"split-{secrets.token_hex(16)}",
        kind=kind,
        kind_confidence=1.0,  # a clerk decided
        detail=detail.strip(),
        subject_party=ticket.subject_party,
        place=ticket.place,
        when=ticket.happened,
        subject=ticket.subject,
        grade=ticket.grade,
        channel=ticket.channel,
        clerk=actor.id,
        pupil=ticket.pupil,
        reporter_mark=ticket.reporter_mark,
        stated=ticket.routing.get("stated") or {},
    )
    part = file_ticket(session, rules, report, None, now, parent=ticket)
    event = act(session, ticket, Action.SPLIT, actor, now, facts={"into": part.number})
    settle(session, ticket, rules, now, event)
    return part
