"""A reporter's own words: what offices may read of them, and the original, sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.protection.identifying import MaskedText, mask_identifying
from complaints.protection.identifying_words import IdentifyingWords
from complaints.protection.personal_fields import FieldKind, keep_field
from complaints.storage.tables import PersonalField, Ticket


def masked_told(text: str, words: IdentifyingWords) -> MaskedText:
    """A reporter's words with marks for all that may give the reporter away."""
    return mask_identifying(text.strip(), words, cautious=True)


def keep_told(
    session: Session, ticket: Ticket, text: str, masked: MaskedText, now: datetime
) -> str:
    """The masked words; where something was masked, the original is sealed and a clerk has a look."""
    if masked.findings:
        ticket.to_check = True
        keep_field(session, FieldKind.TOLD, text.strip(), now, ticket_id=ticket.id)
    return masked.text


def seal_original(session: Session, ticket: Ticket) -> None:
    """Keep the words of the filing before a clerk changes them, unless they are sealed already."""
    sealed = session.scalar(
        select(PersonalField.ref)
        .where(PersonalField.ticket_id == ticket.id, PersonalField.kind == FieldKind.TOLD)
        .where(PersonalField.created_at == ticket.filed_at)
        .limit(1)
    )
    if sealed is None:
        keep_field(session, FieldKind.TOLD, ticket.detail, ticket.filed_at, ticket_id=ticket.id)
