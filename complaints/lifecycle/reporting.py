"""What a reporter does with an own ticket: 补充, 撤回."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.duplicates.risk import hand_risks_on
from complaints.lifecycle.act import REPORTER, SYSTEM, Actor, act, ticket_by_number
from complaints.lifecycle.inheriting import hand_on
from complaints.lifecycle.merging import main_of, show_on_main
from complaints.lifecycle.parts import with_parts
from complaints.lifecycle.settling import deadline_of, settle
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import NotAllowed, transition
from complaints.lifecycle.tasks import end_tasks
from complaints.protection.personal_fields import join_to_ticket
from complaints.protection.told import keep_told, masked_told
from complaints.rules import Rules
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date


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
    NotAllowed where nobody would read it any more.
    """
    masked = masked_told(text, rules.words)
    lock_clock(session)  # before the ticket is read: a bureau's step at the same time loses nothing
    ticket = ticket_by_number(session, number)
    last = session.scalar(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.seq.desc()).limit(1)
    )
    if last and last.action == Action.SUPPLEMENT and last.text == masked.text:
        return ticket
    check_addable(session, ticket, actor)
    event = act(session, ticket, Action.SUPPLEMENT, actor, now, masked.text)
    join_to_ticket(session, told, ticket.id)
    if told:
        ticket.to_check = True
    else:
        keep_told(session, ticket, text, masked, now)
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)
    return ticket


def withdraw_ticket(session: Session, number: str, rules: Rules, now: datetime) -> Ticket:
    """A reporter takes a ticket back; what others told of the matter goes on without it.

    Its bureaus still find it in their queues, as withdrawn, and owe nothing more; a risk that its
    party is stays to be looked into. Raises NotFound, NotAllowed.
    """
    lock_clock(session)
    ticket = ticket_by_number(session, number)
    show_on_main(session, ticket)  # who read its words in another ticket reads them no more
    due = deadline_of(session, ticket, rules, shanghai_date(now))
    event = act(session, ticket, Action.WITHDRAW, REPORTER, now)
    ticket.closed_at = now
    hand_on(session, ticket, due.due_on if due else None, SYSTEM, rules, now)
    hand_risks_on(session, ticket, now)
    end_tasks(session, ticket, "举报人已撤回，本项结束。", now)
    settle(session, ticket, rules, now, event)
    return ticket


def check_addable(session: Session, ticket: Ticket, actor: Actor = REPORTER) -> None:
    """Raises NotAllowed when what is added is read by nobody: the ticket, or the one that it was
    merged into (并单), is answered or over."""
    main = main_of(session, ticket)
    if main is not ticket and not State(main.state).is_owed:
        raise NotAllowed(
            "wrong_state", "主单已答复或结束，补充的内容没有人再看；请先拆出，单独办理。"
        )
    transition(State(ticket.state), Action.SUPPLEMENT, actor.role, "补充")


def may_add(session: Session, ticket: Ticket) -> bool:
    """Whether a reporter can still add to a ticket."""
    try:
        check_addable(session, ticket)
    except NotAllowed:
        return False
    return True


def to_add_to(session: Session, ticket: Ticket) -> list[Ticket]:
    """For which tickets further words of a reporter may be meant, of this one and its parts.

    Those that wait for the reporter (待补充) come alone.
    """
    taking = [each for each in with_parts(session, ticket) if may_add(session, each)]
    return [each for each in taking if each.state == State.PAUSED] or taking


def to_withdraw(session: Session, ticket: Ticket) -> list[Ticket]:
    """What a reporter can still take back of a ticket and its parts: whatever has no answer yet."""
    return [each for each in with_parts(session, ticket) if may_withdraw(session, each)]


def may_withdraw(session: Session, ticket: Ticket) -> bool:
    """Whether a ticket can still be taken back; a merged one until its case is answered."""
    try:
        transition(State(main_of(session, ticket).state), Action.WITHDRAW, REPORTER.role)
    except NotAllowed:
        return False
    return True
