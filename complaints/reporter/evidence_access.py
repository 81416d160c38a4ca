"""Who sees evidence (材料): the hotline all of it, a bureau what a clerk released; each look is noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.audit.chain import record
from complaints.lifecycle.act import Actor, NotFound, barred_from, show_change, ticket_of_bureau
from complaints.lifecycle.states import Role, State
from complaints.protection.readings import note_reading
from complaints.reporter import file_kinds
from complaints.reporter.evidence_folder import get_sealed
from complaints.storage import keys_of
from complaints.storage.tables import EvidenceFile, Ticket

RELEASED = "evidence_released"
"""The name of the event in the chain."""

_ENDINGS = {
    kind.media_type: kind.ending
    for kind in vars(file_kinds).values()
    if isinstance(kind, file_kinds.FileKind)
}
_DRAWN_ANEW = tuple(kind.media_type for kind in file_kinds.IMAGES)


@dataclass(frozen=True)
class EvidenceNote:
    """What is told of a file before it is opened. `name` is neutral; the reporter's stays sealed.

    `may_name_author`: words, a voice or notes within may tell who it is from; a clerk should look (and
    listen) before releasing it. A picture shows what it shows.
    """

    ref: str
    name: str
    media_type: str
    size: int
    sent_at: datetime
    released: bool
    may_name_author: bool


@dataclass(frozen=True)
class Evidence:
    """An opened file. Serve it with its media type, as a download or in a sandbox."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def evidence_of(session: Session, ticket: Ticket, role: Role) -> tuple[EvidenceNote, ...]:
    """The files of a ticket that this role may open, oldest first."""
    if not _shown_to(role, ticket):
        return ()
    rows = session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.ticket_id == ticket.id)
        .order_by(EvidenceFile.created_at, EvidenceFile.ref)
    ).all()
    return tuple(
        EvidenceNote(
            ref=row.ref,
            name=_name(row, place),
            media_type=row.media_type,
            size=row.size,
            sent_at=row.created_at,
            released=row.released_at is not None,
            may_name_author=row.media_type not in _DRAWN_ANEW,
        )
        for place, row in enumerate(rows, 1)
        if role == Role.HOTLINE or row.released_at is not None
    )


def read_evidence(
    session: Session, folder: Path, ref: str, reader: Actor, now: datetime
) -> Evidence:
    """Open a file for somebody of an office, in a write transaction: the look is noted.

    Raises NotFound for a file that is not there or not theirs; FileNotFoundError or InvalidTag
    when the folder lost it or it was tampered with.
    """
    row, ticket = _row_for(session, ref, reader)
    if reader.role != Role.HOTLINE and row.released_at is None:
        raise NotFound("没有这个材料。")
    rows = session.scalars(
        select(EvidenceFile.ref)
        .where(EvidenceFile.ticket_id == ticket.id)
        .order_by(EvidenceFile.created_at, EvidenceFile.ref)
    ).all()
    content = get_sealed(folder, ref, keys_of(session).field)
    note_reading(session, [ticket.id], reader.role, reader.id, "evidence", now)
    return Evidence(_name(row, rows.index(ref) + 1), row.media_type, content)


def release_evidence(session: Session, ref: str, clerk: Actor, now: datetime) -> Ticket:
    """Let the bureaus of a ticket see a file; done twice, it is noted once. Raises NotFound."""
    row, ticket = _row_for(session, ref, clerk)
    if clerk.role != Role.HOTLINE:
        raise NotFound("没有这个材料。")
    if row.released_at is None:
        row.released_by, row.released_at = clerk.id, now
        record(
            session, ticket, action=RELEASED, role=clerk.role.value, actor=clerk.id, at=now,
            facts={"file": ref},
        )  # fmt: skip
        show_change(session, ticket)
    return ticket


def _row_for(session: Session, ref: str, reader: Actor) -> tuple[EvidenceFile, Ticket]:
    row = session.get(EvidenceFile, ref)
    ticket = session.get(Ticket, row.ticket_id) if row and row.ticket_id else None
    if row is None or ticket is None:
        raise NotFound("没有这个材料。")
    if reader.role != Role.HOTLINE:
        ticket_of_bureau(session, ticket.number, reader.id)
        if not _shown_to(reader.role, ticket):
            raise NotFound("没有这个材料。")
    elif f"staff:{reader.id}" in barred_from(session, ticket):
        raise NotFound("没有这个材料。")
    return row, ticket


def _shown_to(role: Role, ticket: Ticket) -> bool:
    """Whether files of a ticket are shown at all: what was withdrawn, to no bureau any more."""
    return role == Role.HOTLINE or ticket.state != State.WITHDRAWN


def _name(row: EvidenceFile, place: int) -> str:
    return f"材料{place}.{_ENDINGS.get(row.media_type, 'bin')}"
