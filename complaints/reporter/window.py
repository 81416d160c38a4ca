"""Which answer a reporter may still judge: within `call_back` of `deadlines.yml`, once for each.

Source: Signalen's FEEDBACK_EXPECTED_WITHIN_N_DAYS (features §5, convention 9); issue 5.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.deadlines.tickets import last_day_to_judge
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket
from complaints.workdays import shanghai_date

_JUDGED = (State.ANSWERED, State.CLOSED)


def handled_ticket(session: Session, ticket: Ticket) -> Ticket:
    """The ticket whose handling counts: itself, or the main one that it was merged into (并单)."""
    seen = {ticket.id}
    while ticket.state == State.MERGED and ticket.merged_into not in (None, *seen):
        main = session.get(Ticket, ticket.merged_into)
        if main is None:
            break
        seen.add(main.id)
        ticket = main
    return ticket


def feedback_refusal(
    session: Session, ticket: Ticket, rules: Rules, now: datetime
) -> NotAllowed | None:
    """Why a reporter cannot judge the answer now; None when it is possible."""
    handled = handled_ticket(session, ticket)
    if handled.state not in _JUDGED or handled.answered_at is None:
        return NotAllowed("not_answered", "这件事还没有答复，有了答复再请您评价。")
    last = last_day_to_judge(
        handled.answered_at,
        handled.matter_code,
        rules.deadlines,
        urgent=handled.urgent,
        district=handled.district,
    )
    if shanghai_date(now) > last:
        return NotAllowed(
            "feedback_over", "评价期已过，不能再评价；还没解决的，可以重新举报或拨打 12345。"
        )
    if _done_by_reporter(session, ticket, Action.CALL_BACK, handled.answered_at):
        return NotAllowed("feedback_given", "您已经评价过这次答复，谢谢，不用再评了。")
    return None


def may_reopen(session: Session, ticket: Ticket) -> bool:
    """Whether a reporter has not yet had this ticket taken up again: it happens once."""
    return not _done_by_reporter(session, ticket, Action.REOPEN)


def _done_by_reporter(
    session: Session, ticket: Ticket, action: Action, since: datetime | None = None
) -> bool:
    done = select(Event.id).where(
        Event.ticket_id == ticket.id, Event.action == action, Event.role == Role.REPORTER
    )
    if since is not None:
        done = done.where(Event.at >= since)
    return session.scalar(done.limit(1)) is not None
