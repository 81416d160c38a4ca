"""Who hears of a step: bureaus whose systems want to know, and the reporters of the ticket.

Nothing of the content goes out: a bureau's system is told to pull, a reporter to look.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from complaints.delivery.outbox import put
from complaints.duplicates.following import reporters_to_tell
from complaints.lifecycle.parts import parent_of_all
from complaints.lifecycle.states import Action, Role
from complaints.rules import Rules
from complaints.storage.tables import Delivery, Event, Task, Ticket

_PUSHES = {
    Action.DISPATCH: "已转给承办单位",
    Action.DESIGNATE: "已由热线指定承办单位",
    Action.TRANSFER: "已转到另一个区的承办单位",
    Action.ESCALATE: "已提到上一级办理",
    Action.PAUSE: "承办单位想请您补充情况",
    Action.EXTEND: "办理时间有延长",
    Action.ANSWER: "已有答复",
    Action.REDO: "已退回承办单位重新办理",
    Action.REJECT: "不予受理，请看说明",
    Action.CLOSE: "已办结",
    Action.REOPEN: "已重新办理",
}
_ONE_REPORTERS = (Action.PAUSE,)
"""What only the reporter of the ticket itself is asked, not those whose tickets are merged into it."""


def announce(session: Session, ticket: Ticket, event: Event, rules: Rules, now: datetime) -> None:
    """Put the news of an event into the outbox, in the transaction of the event itself."""
    _tell_systems(session, ticket, event, rules, now)
    words = _PUSHES.get(Action(event.action)) if event.action in set(Action) else None
    if words:
        _tell_reporters(session, ticket, event, words, now)


def announce_task(
    session: Session, ticket: Ticket, task: Task, rules: Rules, now: datetime
) -> None:
    """Tell the system of a bureau that it owes something: that, and not even of which ticket."""
    if task.bureau in rules.webhooks:
        session.flush()  # numbers the task
        key = f"notice:{task.id}"
        put(session, key, "notice", task.bureau, {"task": task.id}, ticket, now)


def _tell_systems(
    session: Session, ticket: Ticket, event: Event, rules: Rules, now: datetime
) -> None:
    """Those who have the ticket hear that it changed; those who have just lost it, only that."""
    if not rules.webhooks:
        return
    queues = select(Delivery.bureau, Delivery.ended_at).where(
        Delivery.ticket_id == ticket.id, or_(Delivery.ended_at.is_(None), Delivery.ended_at == now)
    )
    for bureau, ended_at in session.execute(queues).all():
        if bureau in rules.webhooks:
            payload = {
                "ticket": ticket.number,
                "state": ticket.state if ended_at is None else "left",
                "changed_at": ticket.changed_at,
                "event": event.seq,
            }
            put(session, f"webhook:{event.seq}:{bureau}", "webhook", bureau, payload, ticket, now)


def _tell_reporters(
    session: Session, ticket: Ticket, event: Event, words: str, now: datetime
) -> None:
    one, did_it = event.action in _ONE_REPORTERS, event.role == Role.REPORTER
    for own in [ticket] if one else reporters_to_tell(session, ticket):
        if own.reporter_mark and not (did_it and own is ticket):
            text = f"您的工单 {_named(session, own)} {words}。发“查进度”和查询码，可以看详情。"
            key = f"push:{event.seq}:{own.id}"
            put(session, key, "push", own.reporter_mark, {"text": text}, own, now)


def _named(session: Session, ticket: Ticket) -> str:
    """A ticket as its reporter knows it: what was split off has no receipt but the parent's."""
    parent = parent_of_all(session, ticket)
    return ticket.number if parent is ticket else f"{parent.number} 另立的工单 {ticket.number}"
