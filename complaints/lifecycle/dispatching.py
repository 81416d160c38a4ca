"""Taking a ticket on and finding its office: 受理, 不予受理, 派单, 指定.

After two dispatches the hotline designates, and what is designated cannot be given back (facts C1
T14, features S5). Giving back: `returning`; handing over and up: `moving`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.duplicates.risk import hand_risks_on
from complaints.lifecycle.act import SYSTEM, Actor, act, enqueue, take_from_queues
from complaints.lifecycle.co_handling import AS_THE_TABLES_SAY, Choice
from complaints.lifecycle.moving import escalate_ticket, free_bureau, send, transfer_ticket
from complaints.lifecycle.returning import refuse_return, return_by, return_ticket, returned_by
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.tasks import end_tasks
from complaints.regions import Bureau
from complaints.rules import Rules
from complaints.storage.tables import Event, Ticket

__all__ = [
    "accept_ticket",
    "designate_ticket",
    "dispatch_ticket",
    "escalate_ticket",
    "free_bureau",
    "refuse_return",
    "reject_ticket",
    "return_by",
    "return_ticket",
    "send_first",
    "transfer_ticket",
]

_DISPATCHES_BEFORE_DESIGNATION = 2
_BEING_HANDLED = (State.HANDLING, State.PAUSED)


def accept_ticket(
    session: Session, ticket: Ticket, actor: Actor, rules: Rules, now: datetime
) -> None:
    """Take a ticket on (受理). Raises NotAllowed."""
    settle(session, ticket, rules, now, act(session, ticket, Action.ACCEPT, actor, now))


def reject_ticket(
    session: Session,
    ticket: Ticket,
    clerk: Actor,
    reason: str,
    door: str,
    rules: Rules,
    now: datetime,
) -> None:
    """Refuse a ticket (不予受理) with one of the fixed reasons, and tell the right door.

    An empty `door` takes the reason's own. Raises NotAllowed with `unknown_reason` when there is
    no such reason.
    """
    known = rules.outcomes.rejections.get(reason)
    if known is None:
        raise NotAllowed("unknown_reason", "请选择一个不予受理的理由。")
    text = door.strip() or known.door
    event = act(session, ticket, Action.REJECT, clerk, now, text, {"reason": reason})
    take_from_queues(session, ticket, now)
    hand_risks_on(session, ticket, now)
    end_tasks(session, ticket, "工单不予受理，本项结束。", now)
    ticket.closed_at = now
    settle(session, ticket, rules, now, event)


def dispatch_ticket(
    session: Session,
    ticket: Ticket,
    clerk: Actor,
    bureau: str,
    rules: Rules,
    now: datetime,
    reason: str = "",
    choice: Choice = AS_THE_TABLES_SAY,
) -> None:
    """Send a ticket to a bureau (派单); the third time it is designated (指定承办).

    `choice`: whom the clerk asks to help besides those whom the tables name, or leaves out.

    What is not yet taken on or has been given back is accepted first; sent to the bureau that gave
    it back, the return is refused. To send it elsewhere than before (改派) needs a `reason`: who
    moves tickets about must say why (D41). Raises NotAllowed with `text_required` where it is
    missing, `unknown_bureau`, `same_bureau` or `reported_unit` (a unit never gets its own case).
    """
    chosen = free_bureau(session, ticket, bureau, rules)
    if ticket.dispatches and not reason.strip():
        raise NotAllowed("text_required", "这件工单派过单，改派请写明理由。")
    if ticket.dispatches >= _DISPATCHES_BEFORE_DESIGNATION:
        designate_ticket(session, ticket, clerk, chosen.id, reason, rules, now, choice)
        return
    if ticket.state == State.RETURN_PENDING:
        if chosen.id == returned_by(session, ticket):
            refuse_return(session, ticket, clerk, reason, rules, now, choice)
            return
        act(session, ticket, Action.ARBITRATE, clerk, now, reason, {"decision": "agreed"})
    _take_on(session, ticket, clerk, now)
    send(session, ticket, Action.DISPATCH, clerk, chosen, rules, now, reason or None, choice)


def designate_ticket(
    session: Session,
    ticket: Ticket,
    clerk: Actor,
    bureau: str,
    reason: str,
    rules: Rules,
    now: datetime,
    choice: Choice = AS_THE_TABLES_SAY,
) -> None:
    """Let the hotline decide who handles it (指定承办): this one cannot be given back.

    So a ticket leaves the wrong bureau after the window of returning too; a pause (待补充) ends, and
    the day promised to the reporter stays. Raises NotAllowed as `dispatch_ticket` does.
    """
    holder_allowed = ticket.state not in _BEING_HANDLED  # there it would only be sent back a step
    chosen = free_bureau(session, ticket, bureau, rules, holder_allowed=holder_allowed)
    _take_on(session, ticket, clerk, now)
    send(session, ticket, Action.DESIGNATE, clerk, chosen, rules, now, reason, choice)


def send_first(
    session: Session, ticket: Ticket, bureau: Bureau, rules: Rules, now: datetime
) -> tuple[Event, ...]:
    """Accept and dispatch a new ticket that the tables are sure of; the caller settles it.

    Returns the events that tell of it.
    """
    facts = {"from": rules.city.hotline.id, "to": bureau.id}
    accepted = act(session, ticket, Action.ACCEPT, SYSTEM, now)
    sent = act(session, ticket, Action.DISPATCH, SYSTEM, now, facts=facts)
    ticket.dispatches, ticket.lead, ticket.dispatched_at = 1, bureau.id, now
    enqueue(session, ticket, bureau.id, Role.LEAD, now)
    return accepted, sent


def _take_on(session: Session, ticket: Ticket, clerk: Actor, now: datetime) -> None:
    if ticket.state == State.PENDING:
        act(session, ticket, Action.ACCEPT, clerk, now)
