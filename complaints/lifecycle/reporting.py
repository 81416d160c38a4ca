"""What a reporter does with an own ticket: 补充, 撤回."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import REPORTER, SYSTEM, Actor, act, ticket_by_number
from complaints.lifecycle.merging import hand_on, show_on_main
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import TRANSITIONS
from complaints.lifecycle.tasks import end_tasks
from complaints.protection.identifying import mask_identifying
from complaints.protection.personal_fields import join_to_ticket, keep_field
from complaints.rules import Rules
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket


def supplement_ticket(
    session: Session,
    number: str,
    text: str,
    rules: Rules,
    now: datetime,
    actor: Actor = REPORTER,
    told: Collection[str] = (),
) -> Ticket:
    """Add to a ticket; the same words sent twice in a row are added once.

    Offices see the masked words; the original is kept sealed, as are the fields `told` (references)
    where the text was masked before. A ticket that waits for the reporter goes on. Raises NotFound,
    NotAllowed.
    """
    masked = mask_identifying(text.strip(), rules.words, cautious=True)
    lock_clock(session)  # before the ticket is read: a bureau's step at the same time loses nothing
    ticket = ticket_by_number(session, number)
    last = session.scalar(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.seq.desc()).limit(1)
    )
    if last and last.action == Action.SUPPLEMENT and last.text == masked.text:
        return ticket
    event = act(session, ticket, Action.SUPPLEMENT, actor, now, masked.text)
    join_to_ticket(session, told, ticket.id)
    if masked.findings and not told:
        keep_field(session, "told", text.strip(), now, ticket_id=ticket.id)
    ticket.to_check = ticket.to_check or bool(masked.findings or told)
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)
    return ticket


def withdraw_ticket(session: Session, number: str, rules: Rules, now: datetime) -> Ticket:
    """A reporter takes a ticket back; what others told of the matter goes on without it.

    Its bureaus still find it in their queues, as withdrawn, and owe nothing more. Raises NotFound,
    NotAllowed.
    """
    lock_clock(session)
    ticket = ticket_by_number(session, number)
    show_on_main(session, ticket)  # who read its words in another ticket reads them no more
    event = act(session, ticket, Action.WITHDRAW, REPORTER, now)
    ticket.closed_at = now
    hand_on(session, ticket, SYSTEM, rules, now)
    end_tasks(session, ticket, "举报人已撤回，本项结束。", now)
    settle(session, ticket, rules, now, event)
    return ticket


def may_withdraw(ticket: Ticket) -> bool:
    """Whether a ticket can still be taken back."""
    return (State(ticket.state), Action.WITHDRAW) in TRANSITIONS
