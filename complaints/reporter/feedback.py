"""Three questions after the answer (联系到、解决、满意); 没解决 takes the ticket up again once.

Source: features §5 convention 9; facts C5 S-13 (退回重办), S-14; issue 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle.act import REPORTER, ticket_by_number
from complaints.lifecycle.closing import call_back, reopen_ticket
from complaints.protection.told import keep_told, masked_told
from complaints.reporter.window import feedback_refusal, handled_ticket, may_reopen
from complaints.rules import Rules
from complaints.storage.clock import lock_clock

_NOT_SOLVED = "举报人反馈：没有解决"
_THANKS = "谢谢您的评价。"
_NOTED = "已记下还没有解决，热线会看到并跟进。也可以拨打 12345。"


@dataclass(frozen=True)
class Feedback:
    """What became of a reporter's judgement. `text` is said to the reporter."""

    number: str
    reopened: bool
    text: str


def give_feedback(
    session: Session,
    number: str,
    reached: bool,
    solved: bool,
    satisfied: bool,
    rules: Rules,
    now: datetime,
    words: str | None = None,
) -> Feedback:
    """Note a reporter's judgement of the answer, in a write transaction.

    `words`: what else was said; offices see it masked, the original is kept sealed. An unsolved
    matter goes back to its bureau, once; a merged one (并单) then goes its own way, to the bureau of
    the main ticket. The next time it is noted for the hotline, which decides. Raises NotFound; NotAllowed with `not_answered`,
    `feedback_over`, `feedback_given`.
    """
    lock_clock(session)  # before the ticket, as every step does
    ticket = ticket_by_number(session, number)
    refusal = feedback_refusal(session, ticket, rules, now)
    if refusal:
        raise refusal
    lead, reopens = handled_ticket(session, ticket).lead, not solved and may_reopen(session, ticket)
    answers = (reached, solved, satisfied)
    call_back(session, ticket, REPORTER, answers, rules, now, None if reopens else words)
    if not reopens:
        ticket.unsolved_at = None if solved else now
        return Feedback(number, False, _THANKS if solved else _NOTED)
    ticket.lead = lead
    said = keep_told(session, ticket, words, masked_told(words, rules.words), now) if words else ""
    reopen_ticket(session, ticket, REPORTER, said or _NOT_SOLVED, rules, now)
    lead_name = rules.city.bureaus[ticket.lead].name
    return Feedback(number, True, f"已退回{lead_name}重新办理，有进展会再答复您。")
