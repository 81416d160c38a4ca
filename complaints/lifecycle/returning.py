"""退单 and what the hotline decides on it.

A bureau may give a ticket back only in its return window, with reason and basis; silence accepts.
Once the hotline has decided, it stays decided (facts C1 T14).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from complaints.deadlines.tickets import last_return_day
from complaints.lifecycle.act import Actor, act, barred_from, put_in_queue, take_from_queues
from complaints.lifecycle.co_handling import AS_THE_TABLES_SAY, Choice
from complaints.lifecycle.moving import choice_facts, free_bureau, move
from complaints.lifecycle.settling import events_of, settle
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.tasks import hand_supervision_on
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date


def return_ticket(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    reason: str,
    basis: str,
    rules: Rules,
    now: datetime,
) -> None:
    """A bureau gives a ticket back with a reason and its basis (退单): the hotline decides.

    Raises NotAllowed with `designated`, `return_window_over`, or `reported_unit` when the hotline
    itself is complained of.
    """
    if rules.city.hotline.id in barred_from(session, ticket):
        raise NotAllowed("reported_unit", "被举报单位是热线，不能退给热线，请直接办理。")
    if ticket.designated:
        raise NotAllowed("designated", "本件由热线指定或审定承办，不能退单。")
    last = return_by(ticket, rules)
    if last and shanghai_date(now) > last:
        raise NotAllowed(
            "return_window_over", "已过退单期限，视为接受派单；请办理，或联系热线说明。"
        )
    back_to_hotline(session, ticket, actor, reason, basis, rules, now)


def back_to_hotline(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    reason: str,
    basis: str,
    rules: Rules,
    now: datetime,
) -> None:
    """Take a ticket from its bureau to the hotline, whatever the window. Raises NotAllowed.

    Reason and basis are words, which are erased some day; the event's facts never are.
    """
    hotline, why, grounds = rules.city.hotline, reason.strip(), basis.strip()
    words, given = why and f"{why}\n依据：{grounds}", {"basis": bool(grounds) or None}
    event = act(session, ticket, Action.RETURN, actor, now, words, given)
    take_from_queues(session, ticket, now)
    ticket.lead, ticket.designated = hotline.id, False
    put_in_queue(session, ticket, hotline.id, Role.LEAD, now)
    hand_supervision_on(session, ticket, rules, now)
    settle(session, ticket, rules, now, event)


def refuse_return(
    session: Session,
    ticket: Ticket,
    clerk: Actor,
    reason: str,
    rules: Rules,
    now: datetime,
    choice: Choice = AS_THE_TABLES_SAY,
) -> None:
    """Send a returned ticket back to the bureau that returned it (退单不成立), for good.

    Raises NotAllowed, with `reported_unit` when that bureau must keep out by now.
    """
    bureau = returned_by(session, ticket)
    chosen_helpers = choice_facts(session, ticket, choice, rules)
    facts = {"decision": "refused", "from": ticket.lead, "to": bureau, **chosen_helpers}
    event = act(session, ticket, Action.ARBITRATE, clerk, now, reason, facts)
    chosen = free_bureau(session, ticket, bureau or "", rules)
    ticket.designated = True
    move(session, ticket, chosen, rules, now)
    settle(session, ticket, rules, now, event)


def returned_by(session: Session, ticket: Ticket) -> str | None:
    """The bureau that gave the ticket back last; None if none ever did."""
    events = reversed(events_of(session, ticket))
    return next((event.actor for event in events if event.action == Action.RETURN), None)


def return_by(ticket: Ticket, rules: Rules) -> date | None:
    """The last day (Asia/Shanghai) on which the bureau may give the ticket back; None if never."""
    with_bureau = ticket.state in (State.DISPATCHED, State.HANDLING)
    if ticket.designated or not with_bureau or ticket.dispatched_at is None:
        return None
    return last_return_day(
        ticket.dispatched_at,
        ticket.matter_code,
        rules.deadlines,
        urgent=ticket.urgent,
        district=ticket.district,
    )


def sign_by(ticket: Ticket, rules: Rules) -> date | None:
    """The last day (Asia/Shanghai) on which the bureau signs in time (签收); None if it need not."""
    if ticket.state != State.DISPATCHED or ticket.dispatched_at is None:
        return None
    return rules.deadlines.last_day(
        "sign",
        ticket.dispatched_at,
        ticket.matter_code,
        urgent=ticket.urgent,
        district=ticket.district,
    )
