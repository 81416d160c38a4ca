"""What a reporter sees of an own ticket: state, history in plain words, the promised day, and
what can be done now. A merged one (并单) shows the main ticket's progress under its own number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import TRANSITIONS
from complaints.model import Kind
from complaints.reporter.history import line, line_of_main, promise_note
from complaints.reporter.window import feedback_refusal, handled_ticket, may_reopen
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket


class Can(StrEnum):
    """What a reporter can do now. `REOPEN`: a judgement of 没解决 takes the ticket up again."""

    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    FEEDBACK = "feedback"
    REOPEN = "reopen"
    PROOF = "proof"

    @property
    def label(self) -> str:
        """What people read."""
        return _CAN[self]


_CAN = {
    Can.SUPPLEMENT: "补充情况",
    Can.WITHDRAW: "撤回",
    Can.FEEDBACK: "评价答复",
    Can.REOPEN: "没解决，请重新办理",
    Can.PROOF: "下载登记凭证",
}


@dataclass(frozen=True)
class Progress:
    """A ticket in a reporter's words. `history` is one line per step, oldest first.

    `is_owed`: an answer is still to come; then `promised_on` holds, and `promise_note` says why it
    moved or stands still. `parts`: what was split off into tickets of its own.
    """

    number: str
    kind: str
    state: str
    lead_name: str
    promised_on: date
    history: tuple[str, ...]
    is_owed: bool
    merged: bool
    promise_note: str | None
    can: tuple[Can, ...]
    parts: tuple[Progress, ...]


def progress(session: Session, number: str, rules: Rules, now: datetime) -> Progress:
    """The progress of one ticket. Raises NotFound."""
    return _progress(session, ticket_by_number(session, number), rules, now)


def _progress(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> Progress:
    handled = handled_ticket(session, ticket)
    state = State(handled.state)
    if handled is not ticket and state == State.WITHDRAWN:
        state = State(ticket.state)  # the main one was somebody else's to withdraw
    parts = session.scalars(
        select(Ticket).where(Ticket.split_from == ticket.id).order_by(Ticket.id)
    )
    return Progress(
        number=ticket.number,
        kind=Kind(ticket.kind).label,
        state=state.label,
        lead_name=rules.city.bureaus[handled.lead].name,
        promised_on=handled.promised_on,
        history=tuple(_history(session, ticket, rules)),
        is_owed=state.is_owed,
        merged=handled is not ticket,
        promise_note=_note(handled) if handled is ticket else None,
        can=tuple(_can(session, ticket, now)),
        parts=tuple(_progress(session, part, rules, now) for part in parts),
    )


def _history(session: Session, ticket: Ticket, rules: Rules) -> Iterator[str]:
    """Own steps, and between merging and parting those of the main ticket, by time."""
    lines = [(event.at, event.seq, line(event, rules)) for event in ticket.events]
    for main, since, until in _mergers(session, ticket):
        lines += [
            (max(event.at, since), event.seq, line_of_main(event, rules))
            for event in main.events
            if until is None or event.at <= until
            if event.at >= since or event.action in (Action.ANSWER, Action.CLOSE)
        ]
    yield from (words for _, _, words in sorted(lines, key=lambda one: one[:2]) if words)


def _mergers(
    session: Session, ticket: Ticket
) -> Iterator[tuple[Ticket, datetime, datetime | None]]:
    """Into which tickets this one was merged, from when and until when."""
    merged: Event | None = None
    for event in ticket.events:
        parted = merged and event.action in (Action.SPLIT, Action.REOPEN)
        main = _main_of(session, merged) if merged and parted else None
        if merged and main:
            yield main, merged.at, event.at
        if parted:
            merged = None
        if event.action == Action.MERGE:
            merged = event
    if merged and ticket.state == State.MERGED:
        yield handled_ticket(session, ticket), merged.at, None


def _main_of(session: Session, merged: Event) -> Ticket | None:
    return session.scalar(select(Ticket).where(Ticket.number == str(merged.facts.get("into"))))


def _note(ticket: Ticket) -> str | None:
    """Why the promised day moved last, or stands still."""
    note = None
    for event in ticket.events:
        if event.action in (Action.REOPEN, Action.REDO):
            note = None
        elif event.action == Action.EXTEND or (
            event.action == Action.PAUSE and ticket.state == State.PAUSED
        ):
            note = promise_note(event)
    return note


def _can(session: Session, ticket: Ticket, now: datetime) -> Iterator[Can]:
    state = State(ticket.state)
    for can, action in ((Can.SUPPLEMENT, Action.SUPPLEMENT), (Can.WITHDRAW, Action.WITHDRAW)):
        allowed = TRANSITIONS.get((state, action))
        if allowed and Role.REPORTER in allowed.roles:
            yield can
    if feedback_refusal(session, ticket, now) is None:
        yield Can.FEEDBACK
        if may_reopen(session, ticket):
            yield Can.REOPEN
    if ticket.erased_at is None:
        yield Can.PROOF
