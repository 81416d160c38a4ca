"""Who takes a main ticket's place when its reporter withdraws it (并单): one reporter cannot take back
what others told, nor make them wait longer.

The heir goes to the same bureau with what is owed there: the help that was asked for, supervision,
the promised day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from complaints.conflicts import bar_from_case
from complaints.deadlines.tickets import begun_to_be_due
from complaints.lifecycle.act import Actor, barred_from
from complaints.lifecycle.dispatching import designate_ticket, dispatch_ticket
from complaints.lifecycle.merging import ask_again, followers_of, take_out
from complaints.lifecycle.settling import settle
from complaints.lifecycle.task_kinds import TaskKind
from complaints.lifecycle.task_rows import hand_supervision_on, open_tasks
from complaints.protection.retention import CLEARED
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date

_GOES_ON = "原主单已撤回，由本件接着办理。"


def hand_on(
    session: Session,
    main: Ticket,
    due_on: date | None,
    actor: Actor,
    rules: Rules,
    now: datetime,
) -> Ticket | None:
    """Make the first follower the main ticket when a reporter withdraws the main one.

    `due_on`: the day on which the main one's answer was due (Asia/Shanghai). The heir goes to the
    same bureau, or waits at the hotline where that cannot be. Returns it; None when nobody follows
    whose words are still kept. Raises NotAllowed.
    """
    followers = sorted(followers_of(session, main), key=lambda one: one.detail == CLEARED)
    if not followers or followers[0].detail == CLEARED:
        return None
    heir, *others = followers
    facts = {"from": main.number} | _since(heir, due_on, rules, shanghai_date(now))
    event = take_out(session, heir, actor, facts, rules, now)
    heir.overdue = main.overdue
    for other in others:
        other.merged_into = heir.id
        bar_from_case(session, other, heir)
    barred = barred_from(session, heir)
    stays = main.lead == rules.city.hotline.id or main.lead in barred
    _hand_tasks_on(session, main, heir, barred)
    ask_again(session, heir, rules, now)
    if stays:
        hand_supervision_on(session, heir, rules, now)
    settle(session, heir, rules, now, event)
    if not stays:
        send = designate_ticket if main.designated else dispatch_ticket
        send(session, heir, actor, main.lead, reason=_GOES_ON, rules=rules, now=now)
    return heir


def _since(heir: Ticket, due_on: date | None, rules: Rules, today: date) -> dict[str, str]:
    """From when the heir's clock counts, so that its answer is due no later than the main one's."""
    if due_on is None:
        return {}
    about = heir.matter_code, rules.deadlines, today
    begun = begun_to_be_due(due_on, *about, urgent=heir.urgent, district=heir.district)
    return {"since": begun.isoformat()} if begun < today else {}


def _hand_tasks_on(session: Session, main: Ticket, heir: Ticket, barred: frozenset[str]) -> None:
    """What is still owed goes on at the heir, each on its day; who must keep out of it is not told."""
    for task in open_tasks(session, main):
        if task.kind == TaskKind.SUPERVISION or task.bureau not in barred:
            task.ticket_id = heir.id
    session.flush()
