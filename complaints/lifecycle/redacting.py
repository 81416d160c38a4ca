"""What a clerk takes out of the words that offices read (改正脱敏); the original stays sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.chain import hash_text
from complaints.duplicates.search import note_text
from complaints.lifecycle.act import Actor, act
from complaints.lifecycle.merging import show_on_main
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action
from complaints.lifecycle.table import NotAllowed
from complaints.protection.personal_fields import FieldKind, keep_field
from complaints.protection.told import seal_original
from complaints.rules import Rules
from complaints.storage import keys_of
from complaints.storage.tables import Event, Ticket

SAID_LATER = (Action.SUPPLEMENT, Action.CALL_BACK)
"""Steps whose words are a reporter's."""


def redact_ticket(
    session: Session, ticket: Ticket, clerk: Actor, detail: str, rules: Rules, now: datetime
) -> None:
    """Replace what was told at filing by the clerk's words.

    Raises NotAllowed with `text_required` when nothing would be left.
    """
    words = _given(detail)
    facts = {"detail_hash": hash_text(words, keys_of(session).audit)}
    event = act(session, ticket, Action.REDACT, clerk, now, facts=facts)
    seal_original(session, ticket)
    ticket.detail, ticket.to_check = words, False
    note_text(session, ticket)
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)


def redact_said(
    session: Session, ticket: Ticket, clerk: Actor, seq: int, text: str, rules: Rules, now: datetime
) -> None:
    """Replace what a reporter said later, in the event `seq`, by the clerk's words.

    The chain holds the hash of the words as they were: the step notes that of the new ones, and
    `audit.check` takes them for it. Raises NotAllowed with `text_required` or `no_such_words`.
    """
    words = _given(text)
    said = session.scalar(
        select(Event).where(
            Event.ticket_id == ticket.id, Event.seq == seq, Event.action.in_(SAID_LATER)
        )
    )
    if said is None or said.text is None:
        raise NotAllowed("no_such_words", "没有找到这段话，请刷新页面再试。")
    facts = {"event": seq, "said_hash": hash_text(words, keys_of(session).audit)}
    event = act(session, ticket, Action.REDACT, clerk, now, facts=facts)
    keep_field(session, FieldKind.TOLD, said.text, now, ticket_id=ticket.id)
    said.text, ticket.to_check = words, False
    settle(session, ticket, rules, now, event)
    show_on_main(session, ticket)


def _given(text: str) -> str:
    if not (words := text.strip()):
        raise NotAllowed("text_required", "请写明内容或理由。")
    return words
