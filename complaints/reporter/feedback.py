"""Three questions after the answer (联系到、解决、满意); 没解决 takes the ticket up again once.

Source: features §5 convention 9; facts C5 S-13 (退回重办), S-14; issue 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.lifecycle.act import REPORTER, ticket_by_number
from complaints.lifecycle.closing import call_back, reopen_ticket
from complaints.protection.identifying import mask_identifying
from complaints.protection.personal_fields import keep_field
from complaints.reporter.window import feedback_refusal, handled_ticket, may_reopen
from complaints.rules import Rules
from complaints.storage.clock import lock_clock
from complaints.storage.tables import Ticket

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

    `words`: what else was said; offices see it masked, the original is kept sealed. An unsolved matter goes back to its bureau, once;
    a merged one (并单) then goes its own way, to the bureau of the main ticket. The next time it
    is noted for the hotline, which decides. Raises NotFound; NotAllowed with `not_answered`,
    `feedback_over`, `feedback_given`.
    """
    lock_clock(session)  # before the ticket, as every step does
    ticket = ticket_by_number(session, number)
    refusal = feedback_refusal(session, ticket, now)
    if refusal:
        raise refusal
    lead, said = handled_ticket(session, ticket).lead, _masked(session, ticket, words, rules, now)
    reopens = not solved and may_reopen(session, ticket)
    answers = (reached, solved, satisfied)
    call_back(session, ticket, REPORTER, answers, rules, now, None if reopens else said)
    if not reopens:
        return Feedback(number, False, _THANKS if solved else _NOTED)
    ticket.lead = lead
    reopen_ticket(session, ticket, REPORTER, said or _NOT_SOLVED, rules, now)
    lead_name = rules.city.bureaus[ticket.lead].name
    return Feedback(number, True, f"已退回{lead_name}重新办理，有进展会再答复您。")


def _masked(
    session: Session, ticket: Ticket, words: str | None, rules: Rules, now: datetime
) -> str | None:
    if not words or not words.strip():
        return None
    masked = mask_identifying(words.strip(), rules.words, cautious=True)
    if masked.findings:
        ticket.to_check = True
        keep_field(session, "told", words.strip(), now, ticket_id=ticket.id)
    return masked.text
