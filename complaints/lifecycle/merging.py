"""One matter told by several (并单).

并单不并人: a merged ticket leaves the queues, but it stays its reporter's own, with its receipt,
supplements and feedback; what comes of the main ticket is told to all (`duplicates.following`). The
main ticket gets no event by it, so that its reporter sees nothing of the others; its bureau sees
their masked words (`also_reported`) and finds the ticket at the end of its queue.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.conflicts import bar_from_case, staff
from complaints.duplicates.following import followers_of, main_of, reporters_to_tell
from complaints.duplicates.names import Same, same_party
from complaints.lifecycle.act import (
    SYSTEM,
    Actor,
    act,
    barred_from,
    put_in_queue,
    show_change,
    take_from_queues,
)
from complaints.lifecycle.settling import events_of, set_task_timer, settle
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.task_kinds import HELPING, TaskKind
from complaints.lifecycle.task_rows import add_task, open_tasks
from complaints.protection.retention import CLEARED
from complaints.rules import Rules
from complaints.storage import next_change
from complaints.storage.tables import Delivery, Event, Task, Ticket

__all__ = [
    "ask_again",
    "follow_case",
    "followers_of",
    "main_of",
    "merge_ticket",
    "reporters_to_tell",
    "show_on_main",
    "split_from_merge",
    "take_out",
]

_MERGED = "工单已并入另一件，本项结束。"


def merge_ticket(
    session: Session, ticket: Ticket, main: Ticket, actor: Actor, rules: Rules, now: datetime
) -> None:
    """Merge a ticket, and those that were merged into it, into a main one (并单).

    Raises NotAllowed, with `same_ticket`, `main_not_open` (answered, over or merged itself),
    `other_party`, `urgent` (an urgent one would be hidden), or `barred` when the clerk may not see
    one of the two, or an office that has the main ticket may not see the other.
    """
    _check(session, ticket, main, actor)
    event = act(session, ticket, Action.MERGE, actor, now, facts={"into": main.number})
    take_from_queues(session, ticket, now)
    for follower in followers_of(session, ticket):
        follower.merged_into = main.id  # chains are flattened: there is one main ticket
    ticket.merged_into = main.id
    bar_from_case(session, ticket, main)
    _end_tasks(session, ticket, main, _MERGED, now)
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)


def follow_case(
    session: Session, ticket: Ticket, main: Ticket, rules: Rules, now: datetime
) -> bool:
    """Merge a ticket just filed into the case that its reporter chose to follow.

    Returns False where that cannot be any more (answered meanwhile, urgent, …): then the ticket goes
    its own way, and nothing that was told is lost.
    """
    try:
        merge_ticket(session, ticket, main, SYSTEM, rules, now)
    except NotAllowed:
        return False
    return True


def split_from_merge(
    session: Session, ticket: Ticket, actor: Actor, rules: Rules, now: datetime
) -> None:
    """Take a ticket out of the case it was merged into; the hotline dispatches it anew.

    Who helped with it is asked to help again. Raises NotAllowed, with `wrong_state` for one that is
    not merged, `erased` when its words are no longer kept.
    """
    if ticket.state != State.MERGED:
        raise NotAllowed("wrong_state", "工单没有并入别的工单。")
    if ticket.detail == CLEARED:
        raise NotAllowed("erased", "这件工单的内容已按规定清除，不能拆出；请重新登记。")
    main = main_of(session, ticket)
    event = take_out(session, ticket, actor, {"from": main.number}, rules, now)
    ask_again(session, ticket, rules, now)
    settle(session, ticket, rules, now, event)
    _show(session, main)


def take_out(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    facts: dict[str, Any],
    rules: Rules,
    now: datetime,
) -> Event:
    """Out of the case and to the hotline; the caller settles it with the event that is returned."""
    event = act(session, ticket, Action.SPLIT, actor, now, facts=facts)
    ticket.merged_into, ticket.lead = None, rules.city.hotline.id
    put_in_queue(session, ticket, ticket.lead, Role.LEAD, now)
    return event


def show_on_main(session: Session, ticket: Ticket) -> None:
    """Show the bureaus of a merged ticket's main one that there is something new (a supplement)."""
    main = main_of(session, ticket)
    if main is not ticket:
        _show(session, main)


def _show(session: Session, main: Ticket) -> None:
    main.changed_at = next_change(session)
    show_change(session, main)
    session.flush()


def _check(session: Session, ticket: Ticket, main: Ticket, actor: Actor) -> None:
    if ticket.id == main.id:
        raise NotAllowed("same_ticket", "工单不能并入自己。")
    if not State(main.state).is_owed:
        raise NotAllowed("main_not_open", "主单已答复、已结束或已并单，请选择在办的工单作主单。")
    one, other = (ticket.party_id, ticket.subject_party), (main.party_id, main.subject_party)
    if ticket.party_id and main.party_id and same_party(one, other) is Same.NO:
        raise NotAllowed("other_party", "两件工单的被举报对象不同，不能并单。")
    if ticket.urgent and not main.urgent:
        raise NotAllowed("urgent", "紧急件不能并入一般件，请以紧急件为主单。")
    who = {actor.id, staff(actor.id)}
    offices = session.scalars(
        select(Delivery.bureau).where(Delivery.ticket_id == main.id, Delivery.ended_at.is_(None))
    )
    barred = barred_from(session, ticket)
    if barred & (who | set(offices) | {main.lead}) or barred_from(session, main) & who:
        raise NotAllowed("barred", "主单的承办单位或经办人对其中一件需要回避，不能并单。")


def _end_tasks(session: Session, ticket: Ticket, main: Ticket, words: str, now: datetime) -> None:
    """What bureaus owe within a ticket ends; a risk notice goes on at the one that takes its place."""
    barred = barred_from(session, main)
    for task in open_tasks(session, ticket):
        if task.kind != TaskKind.RISK or task.bureau in barred:
            task.done_at, task.answer = now, words
            continue
        task.ticket_id = main.id
    set_task_timer(session, main, now)


def ask_again(session: Session, ticket: Ticket, rules: Rules, now: datetime) -> None:
    """Whose help ended with the merger owes it again; who owes the same by now is not asked."""
    merged = next(e for e in reversed(events_of(session, ticket)) if e.action == Action.MERGE)
    owed = {(task.kind, task.bureau) for task in open_tasks(session, ticket)}
    ended = select(Task).where(
        Task.ticket_id == ticket.id,
        Task.kind.in_(HELPING),
        Task.done_at >= merged.at,
        Task.answer == _MERGED,
        Task.bureau.not_in(barred_from(session, ticket)),
    )
    for task in session.scalars(ended.order_by(Task.id)).all():
        if (task.kind, task.bureau) not in owed:
            kind, asker = TaskKind(task.kind), task.asked_by
            add_task(session, ticket, kind, task.bureau, asker, rules, now, task.text)
