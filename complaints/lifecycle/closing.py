"""After the answer: 回访, 退回重办, 办结, 重新办理."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, act, barred_from, put_in_queue
from complaints.lifecycle.co_handling import bring_co_handlers
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import NotAllowed
from complaints.lifecycle.task_kinds import HELPING
from complaints.lifecycle.task_rows import end_tasks, hand_supervision_on
from complaints.protection.retention import CLEARED
from complaints.protection.told import keep_told, masked_told
from complaints.routing.conflicts import next_level_up
from complaints.rules import Rules
from complaints.storage.tables import Ticket

_CLOSED = "工单已办结，本项结束。"


def call_back(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    answers: tuple[bool, bool, bool],
    rules: Rules,
    now: datetime,
    words: str | None = None,
) -> None:
    """Note whether the reporter was reached, the matter solved, the reporter satisfied (回访).

    `words`: the reporter's; offices see them masked, the original is kept sealed. Raises NotAllowed.
    """
    reached, solved, satisfied = answers
    facts = {"reached": reached, "solved": solved, "satisfied": satisfied}
    masked = masked_told(words or "", rules.words)
    event = act(session, ticket, Action.CALL_BACK, actor, now, masked.text, facts)
    keep_told(session, ticket, words or "", masked, now)
    ticket.reached, ticket.solved, ticket.satisfied = answers
    settle(session, ticket, rules, now, event)


def redo_ticket(
    session: Session, ticket: Ticket, clerk: Actor, reason: str, rules: Rules, now: datetime
) -> None:
    """Give an answered ticket back to its bureau (退回重办): the deadline begins anew.

    A bureau that must keep out by now does not get it back: its superior does, or the hotline sends
    it where nobody above is free. Raises NotAllowed.
    """
    lead = _free_lead(session, ticket, rules)
    event = act(session, ticket, Action.REDO, clerk, now, reason, _goes_to(lead, rules))
    _begin_anew(session, ticket, lead, rules, now)
    settle(session, ticket, rules, now, event)


def close_ticket(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    result: str | None,
    rules: Rules,
    now: datetime,
) -> None:
    """End a ticket (办结) with a fixed result; None takes the one of the answer.

    Raises NotAllowed, with `unknown_result` for a code that `outcomes.yml` lacks.
    """
    code = result or ticket.result or rules.outcomes.default_result
    if code not in rules.outcomes.results:
        raise NotAllowed("unknown_result", "请选择一个办理结果。")
    event = act(session, ticket, Action.CLOSE, actor, now, facts={"result": code})
    ticket.result, ticket.closed_at = code, now
    end_tasks(session, ticket, _CLOSED, now, HELPING)
    settle(session, ticket, rules, now, event)


def reopen_ticket(
    session: Session, ticket: Ticket, actor: Actor, reason: str, rules: Rules, now: datetime
) -> None:
    """Take a ticket up again (重新办理): its bureau gets it anew, or the superior of one that must
    keep out by now; where nobody is free the hotline sends it. A refused one goes back to the
    hotline's list instead.

    Raises NotAllowed, with `erased` when its words are no longer kept.
    """
    if ticket.detail == CLEARED:
        raise NotAllowed("erased", "这件工单的内容已按规定清除，不能重新办理；请重新登记。")
    lead = _free_lead(session, ticket, rules)
    event = act(session, ticket, Action.REOPEN, actor, now, reason, _goes_to(lead, rules))
    ticket.reopened += 1
    ticket.merged_into = None
    if ticket.state == State.DISPATCHED:
        ticket.dispatched_at = now
    _begin_anew(session, ticket, lead, rules, now)
    settle(session, ticket, rules, now, event)


def _begin_anew(session: Session, ticket: Ticket, lead: str, rules: Rules, now: datetime) -> None:
    """Back to `lead`, who may handle it; what was found and said of the old answer is history."""
    ticket.designated = ticket.designated and lead == ticket.lead
    ticket.lead = lead
    put_in_queue(session, ticket, ticket.lead, Role.LEAD, now)
    bring_co_handlers(session, ticket, rules, now)
    hand_supervision_on(session, ticket, rules, now)
    ticket.answered_at = ticket.closed_at = None
    ticket.overdue, ticket.extensions = False, 0
    ticket.finding = ticket.result = None
    ticket.reached = ticket.solved = ticket.satisfied = None


def _goes_to(lead: str, rules: Rules) -> dict[str, str]:
    return {"to": lead, "decision": "hotline" if lead == rules.city.hotline.id else "bureau"}


def _free_lead(session: Session, ticket: Ticket, rules: Rules) -> str:
    barred = barred_from(session, ticket)
    if ticket.lead not in barred:
        return ticket.lead
    return next_level_up(ticket.lead, rules.city, barred).id
