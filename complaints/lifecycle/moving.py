"""A ticket changes hands: into one bureau's queue as lead, out of the others', with what goes along.

跨区移交 (D32): the receiver's signature is the receipt, and a dispute goes to the hotline, not back.
提级办理: to the bureau of the same function one level up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, act, barred_from, put_in_queue
from complaints.lifecycle.co_handling import (
    AS_THE_TABLES_SAY,
    Choice,
    bring_co_handlers,
)
from complaints.lifecycle.named_co_handlers import street_in
from complaints.lifecycle.settling import events_of, settle
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.task_rows import hand_supervision_on
from complaints.regions import Bureau
from complaints.routing.conflicts import next_level_up, same_office_elsewhere
from complaints.rules import Rules
from complaints.storage.tables import Ticket


def transfer_ticket(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    district: str,
    reason: str,
    rules: Rules,
    now: datetime,
) -> None:
    """Hand a ticket over to the same office of another district (跨区移交, D32).

    Raises NotAllowed with `no_such_office`, `reported_unit`, and for a bureau with `designated` or
    `came_from_there`: what the hotline decided, or another district sent, is not pushed on.
    """
    there = same_office_elsewhere(ticket.lead, district, rules.city)
    if there is None:
        raise NotAllowed("no_such_office", "那个区没有对应的单位，请改用退单。")
    free_bureau(session, ticket, there.id, rules)
    if actor.role == Role.LEAD:
        _check_not_designated(ticket, "移交")
        _check_not_sent_from(session, ticket, there)
    place = {"district": district, "street": street_in(ticket, district, rules.city)}
    facts = {"from": ticket.lead, "to": there.id} | place
    event = act(session, ticket, Action.TRANSFER, actor, now, reason, facts)
    ticket.district, ticket.street, ticket.designated = district, place["street"], False
    move(session, ticket, there, rules, now)
    settle(session, ticket, rules, now, event)


def escalate_ticket(
    session: Session, ticket: Ticket, actor: Actor, reason: str, rules: Rules, now: datetime
) -> None:
    """Hand a ticket to the level above (提级办理).

    A bureau may only hand it to its own superior of the same function, and not what the hotline
    designated; the discipline inspection above a city's bureau is for complaints about that bureau,
    and the hotline handles nothing. Raises NotAllowed with `designated` or `no_such_office`.
    """
    if actor.role == Role.LEAD:
        _check_not_designated(ticket, "提级")
    above = next_level_up(ticket.lead, rules.city, barred_from(session, ticket))
    same = above.function == rules.city.bureaus[ticket.lead].function
    if above.function == "hotline" or (actor.role == Role.LEAD and not same):
        raise NotAllowed("no_such_office", "没有更高一级的承办单位。")
    send(session, ticket, Action.ESCALATE, actor, above, rules, now, reason)


def free_bureau(
    session: Session, ticket: Ticket, bureau: str, rules: Rules, *, holder_allowed: bool = False
) -> Bureau:
    """The bureau of this id if it may handle the ticket. Raises NotAllowed."""
    chosen = rules.city.bureaus.get(bureau)
    if chosen is None or chosen.function == "hotline":
        raise NotAllowed("unknown_bureau", "请选择一个承办单位。")
    if chosen.id in barred_from(session, ticket):
        raise NotAllowed("reported_unit", "被举报单位不能办理自己的工单，请选上一级单位。")
    if ticket.lead == chosen.id and not holder_allowed:
        raise NotAllowed("same_bureau", "工单已经在这个单位，请选择其他单位。")
    return chosen


def choice_facts(
    session: Session, ticket: Ticket, choice: Choice, rules: Rules
) -> dict[str, list[str]]:
    """What a clerk changes of the co-handlers, as facts of the step. Raises NotAllowed."""
    for bureau in choice.also:
        free_bureau(session, ticket, bureau, rules, holder_allowed=True)
    return choice.facts


def send(
    session: Session,
    ticket: Ticket,
    action: Action,
    actor: Actor,
    bureau: Bureau,
    rules: Rules,
    now: datetime,
    text: str | None,
    choice: Choice = AS_THE_TABLES_SAY,
) -> None:
    """Send a ticket to a bureau by one of the actions that do that; one of them designates it."""
    facts = {"from": ticket.lead, "to": bureau.id} | choice_facts(session, ticket, choice, rules)
    event = act(session, ticket, action, actor, now, text, facts)
    ticket.dispatches += action in (Action.DISPATCH, Action.DESIGNATE)
    ticket.designated = action is Action.DESIGNATE
    move(session, ticket, bureau, rules, now)
    settle(session, ticket, rules, now, event)


def move(session: Session, ticket: Ticket, bureau: Bureau, rules: Rules, now: datetime) -> None:
    """Into the queue of `bureau` as lead, and of those who help it; all other queues lose it."""
    ticket.lead, ticket.dispatched_at = bureau.id, now
    bring_co_handlers(session, ticket, rules, now)
    put_in_queue(session, ticket, bureau.id, Role.LEAD, now)
    hand_supervision_on(session, ticket, rules, now)


def _check_not_designated(ticket: Ticket, step: str) -> None:
    if ticket.designated:
        raise NotAllowed("designated", f"本件由热线指定承办，不能自行{step}；请联系热线。")


def _check_not_sent_from(session: Session, ticket: Ticket, there: Bureau) -> None:
    moves = (event for event in events_of(session, ticket) if event.action == Action.TRANSFER)
    if any(event.facts.get("from") == there.id for event in moves):
        raise NotAllowed(
            "came_from_there", "本件就是那个区移交来的。有争议请退单，由热线审定，不要再移交回去。"
        )
