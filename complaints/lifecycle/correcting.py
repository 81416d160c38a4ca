"""What a clerk corrects: the kind of matter, and the words that offices read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.audit.chain import hash_text
from complaints.conflicts import keep_out
from complaints.duplicates.search import note_text
from complaints.lifecycle.act import Actor, act
from complaints.lifecycle.merging import show_on_main
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from complaints.new_ticket import report_of
from complaints.routing.decision import route
from complaints.rules import Rules
from complaints.storage import keys_of
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date


def reclassify_ticket(
    session: Session, ticket: Ticket, clerk: Actor, kind: Kind, rules: Rules, now: datetime
) -> None:
    """Correct what a ticket is about; the old kind stays in the history.

    Limits, notices and who must keep out follow from the matter that the tables name for the new
    kind; who handles it the clerk decides. Raises NotAllowed, with `same_kind` when nothing would
    change.
    """
    if ticket.kind == kind:
        raise NotAllowed("same_kind", "事项类别没有变化，请选择另一个类别。")
    decision = route(report_of(ticket, kind), rules.city, rules.routing, on=shanghai_date(now))
    facts = {"from": ticket.kind, "to": kind.value, "matter": decision.matter_code}
    event = act(session, ticket, Action.RECLASSIFY, clerk, now, facts=facts)
    ticket.kind, ticket.matter_code = kind.value, decision.matter_code
    ticket.urgent = ticket.urgent or decision.urgent
    note_text(session, ticket)
    settle(session, ticket, rules, now, event)
    for bureau in decision.barred:
        keep_out(session, ticket, bureau, "reported", rules, now)


def redact_ticket(
    session: Session, ticket: Ticket, clerk: Actor, detail: str, rules: Rules, now: datetime
) -> None:
    """Replace the words that offices read by the clerk's (改正脱敏); the original stays sealed.

    Raises NotAllowed with `text_required` when nothing would be left.
    """
    words = detail.strip()
    if not words:
        raise NotAllowed("text_required", "请写明内容或理由。")
    facts = {"detail_hash": hash_text(words, keys_of(session).audit)}
    event = act(session, ticket, Action.REDACT, clerk, now, facts=facts)
    ticket.detail, ticket.to_check = words, False
    note_text(session, ticket)
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)
