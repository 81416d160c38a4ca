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
from complaints.lifecycle.parts import parts_of
from complaints.lifecycle.reporting import may_add, may_withdraw
from complaints.lifecycle.settling import deadline_of
from complaints.lifecycle.states import Action, State
from complaints.model import Kind
from complaints.reporter.history import OTHERS_ASKED, line, line_of_main, promise_note
from complaints.reporter.window import feedback_refusal, handled_ticket, may_reopen
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date


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

    `is_owed`: an answer is still to come; then `promised_on` holds (in a pause: were the clock to run
    again today), and `promise_note` says why it moved or stands still. `is_asked`: this reporter is
    waited for. `parts`: what was split off into tickets of its own.
    """

    number: str
    kind: str
    state: str
    lead_name: str
    promised_on: date
    history: tuple[str, ...]
    is_owed: bool
    is_asked: bool
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
    return Progress(
        number=ticket.number,
        kind=Kind(ticket.kind).label,
        state=state.label,
        lead_name=rules.city.bureaus[handled.lead].name,
        promised_on=_promised_on(session, handled, rules, now),
        history=tuple(_history(session, ticket, rules)),
        is_owed=state.is_owed,
        is_asked=ticket.state == State.PAUSED,
        merged=handled is not ticket,
        promise_note=_note(handled, own=handled is ticket),
        can=tuple(_can(session, ticket, rules, now)),
        parts=tuple(_progress(session, part, rules, now) for part in parts_of(session, ticket)),
    )


def _promised_on(session: Session, handled: Ticket, rules: Rules, now: datetime) -> date:
    """The promised day. In a pause it moves on every day, which no step writes down."""
    paused = handled.state == State.PAUSED
    due = deadline_of(session, handled, rules, shanghai_date(now)) if paused else None
    return due.due_on if due else handled.promised_on


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
        first, main, since = _main_of(session, merged), handled_ticket(session, ticket), merged.at
        ended = _ended_at(first) if first and first is not main else None
        if first and ended:  # withdrawn, or merged itself: another one took its place
            yield first, since, ended
        yield main, ended or since, None


def _ended_at(main: Ticket) -> datetime | None:
    ends = [e.at for e in main.events if e.action in (Action.WITHDRAW, Action.MERGE)]
    return ends[-1] if ends else None


def _main_of(session: Session, merged: Event) -> Ticket | None:
    return session.scalar(select(Ticket).where(Ticket.number == str(merged.facts.get("into"))))


def _note(ticket: Ticket, *, own: bool) -> str | None:
    """Why the promised day moved last, or stands still; what another reporter was asked is theirs."""
    note = None
    for event in ticket.events:
        if event.action in (Action.REOPEN, Action.REDO):
            note = None
        elif event.action == Action.EXTEND or (
            event.action == Action.PAUSE and ticket.state == State.PAUSED
        ):
            note = promise_note(event) if own or event.action != Action.PAUSE else OTHERS_ASKED
    return note


def _can(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> Iterator[Can]:
    if may_add(session, ticket):
        yield Can.SUPPLEMENT
    if may_withdraw(session, ticket):
        yield Can.WITHDRAW
    if feedback_refusal(session, ticket, rules, now) is None:
        yield Can.FEEDBACK
        if may_reopen(session, ticket):
            yield Can.REOPEN
    if ticket.erased_at is None and ticket.split_from is None:
        yield Can.PROOF  # the parent's is the proof of what was split off it, too
