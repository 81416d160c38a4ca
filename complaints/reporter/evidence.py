"""Evidence files (材料): taken from reporters, kept sealed, shown to offices by release only.

A file sent while a report is told waits for its filing, at most two hours; one for a filed ticket
supplements it. The hash kept is of what the reporter sent, for the proof of filing; what is stored
is cleaned of place, device and author. Bureaus see what a clerk released. Names of files stay sealed:
they often name somebody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import REPORTER, act, ticket_by_number
from complaints.lifecycle.merging import show_on_main
from complaints.lifecycle.reporting import check_addable, to_add_to
from complaints.lifecycle.settling import settle
from complaints.lifecycle.states import Action
from complaints.reporter.clean_files import clean
from complaints.reporter.evidence_folder import erase_evidence, new_ref, put_sealed, stored_before
from complaints.reporter.file_kinds import FileRefused, kind_of
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import EvidenceFile, Ticket

LARGEST_FILE = 10 * 1024 * 1024  # bytes
FILES_PER_TICKET = 5
JOINED_WITHIN = timedelta(hours=2)
LONGEST_WAIT = 2 * JOINED_WITHIN  # of a file that no filing took, until it is erased
_BYTES_PER_HOUR = 30 * 1024 * 1024
_BYTES_WAITING = 2 * 1024**3  # of all who have not filed: the disk must not be filled
_ORPHANED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class SentFile:
    """A file as a reporter sent it, and the name it had there; both stay out of logs."""

    content: bytes = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True)
class Kept:
    """A kept file. `number`: the ticket it belongs to; None while it waits. `files`: how many now."""

    ref: str
    number: str | None
    files: int


def add_evidence(
    storage: Storage,
    folder: Path,
    owner: str,
    sent: SentFile,
    rules: Rules,
    now: datetime,
    number: str | None = None,
) -> Kept:
    """Keep a file for the ticket `number`, or for the next filing of `owner` (a reporter's mark).

    The same file again is kept once. Slow (a picture is drawn anew): not for an event loop. Raises
    FileRefused; NotAllowed when the ticket takes no more; OSError when it cannot be written.
    """
    if len(sent.content) > LARGEST_FILE:
        raise FileRefused("too_large", "文件太大了，一个文件最多 10 MB。")
    cleaned, kind = clean(sent.content, kind_of(sent.content))
    ref, keys = new_ref(), storage.keys
    row = EvidenceFile(
        ref=ref,
        owner=owner,
        media_type=kind.media_type,
        size=len(sent.content),
        sha256=hashlib.sha256(sent.content).hexdigest(),
        sealed_name=keys.field.seal(_readable(sent.name), name_purpose(ref)),
        created_at=now,
    )
    put_sealed(folder, ref, cleaned, keys.field)
    kept = None
    try:
        with storage.write() as session:
            kept = _add(session, row, number, rules, now)
    finally:
        if kept is None or kept.ref != ref:
            erase_evidence(folder, [ref])
    return kept


def join_evidence(session: Session, ticket: Ticket, now: datetime) -> int:
    """Give the waiting files of a ticket's reporter to it, on filing. Returns how many."""
    if not ticket.reporter_mark or ticket.receipt_hash is None:  # split off: filed by a clerk
        return 0
    waiting = session.scalars(
        select(EvidenceFile)
        .where(
            EvidenceFile.owner == ticket.reporter_mark,
            EvidenceFile.ticket_id.is_(None),
            EvidenceFile.created_at >= now - JOINED_WITHIN,
        )
        .order_by(EvidenceFile.created_at, EvidenceFile.ref)
        .limit(FILES_PER_TICKET)
    ).all()
    for row in waiting:
        row.ticket_id = ticket.id
    return len(waiting)


def own_ticket(session: Session, owner: str) -> str | None:
    """The number of a reporter's newest ticket that can still be added to; None if there is none."""
    newest = session.scalar(
        select(Ticket)
        .where(Ticket.reporter_mark == owner, Ticket.split_from.is_(None))
        .order_by(Ticket.filed_at.desc(), Ticket.id.desc())
        .limit(1)
    )
    return _meant(session, newest) if newest else None


def ticket_for_file(session: Session, number: str) -> str:
    """The ticket that a file for this one is for: it, or the part of it that waits for the reporter."""
    return _meant(session, ticket_by_number(session, number)) or number


def forget_waiting(storage: Storage, folder: Path, now: datetime) -> int:
    """Erase the files that no filing took, and what a crash left in the folder. Returns how many."""
    with storage.write() as session:
        rows = session.scalars(
            select(EvidenceFile).where(
                EvidenceFile.ticket_id.is_(None), EvidenceFile.created_at < now - LONGEST_WAIT
            )
        ).all()
        for row in rows:
            session.delete(row)
    gone = erase_evidence(folder, [row.ref for row in rows])
    old = list(stored_before(folder, now - _ORPHANED_AFTER))
    with storage.read() as session:
        known = set(session.scalars(select(EvidenceFile.ref)))
    return gone + erase_evidence(folder, [ref for ref in old if ref not in known])


def name_purpose(ref: str) -> str:
    """What the name of a file is sealed for."""
    return f"evidence-name:{ref}"


def _readable(name: str) -> str:
    """A name as it can be written down: one that was no UTF-8 has marks in its place."""
    return name[:200].encode(errors="replace").decode()


def _add(
    session: Session, row: EvidenceFile, number: str | None, rules: Rules, now: datetime
) -> Kept:
    ticket = _locked(session, number) if number else None
    beside = select(EvidenceFile).where(
        EvidenceFile.ticket_id == ticket.id
        if ticket
        else (EvidenceFile.owner == row.owner) & EvidenceFile.ticket_id.is_(None)
    )
    others = session.scalars(beside).all()
    same = next((other for other in others if other.sha256 == row.sha256), None)
    if same:
        return Kept(same.ref, number, len(others))
    if ticket:
        row.ticket_id = ticket.id
    _check_room(session, row, len(others), now)
    session.add(row)
    session.flush()
    if ticket:
        event = act(
            session, ticket, Action.SUPPLEMENT, REPORTER, now, "补充了材料（1个文件）", {"files": 1}
        )
        settle(session, ticket, rules, now, event)
        show_on_main(session, ticket)
    return Kept(row.ref, number, len(others) + 1)


def _locked(session: Session, number: str) -> Ticket:
    """The ticket, held so that files are counted one after the other. Raises NotAllowed."""
    lock_clock(session)  # before the ticket, as every step does
    ticket = session.scalars(select(Ticket).where(Ticket.number == number).with_for_update()).one()
    check_addable(session, ticket)
    return ticket


def _check_room(session: Session, row: EvidenceFile, beside: int, now: datetime) -> None:
    if beside >= FILES_PER_TICKET:
        raise FileRefused("too_many_files", f"一件举报最多 {FILES_PER_TICKET} 个文件，已经满了。")
    size = func.coalesce(func.sum(EvidenceFile.size), 0)
    of_hour = select(size).where(
        EvidenceFile.owner == row.owner, EvidenceFile.created_at > now - timedelta(hours=1)
    )
    if session.scalars(of_hour).one() + row.size > _BYTES_PER_HOUR:
        raise FileRefused("too_much", "一小时内发的文件太多了（最多 30 MB），请过一会儿再发。")
    if row.ticket_id is not None:
        return  # tickets are few, and each has its own limit
    waiting = session.scalars(select(size).where(EvidenceFile.ticket_id.is_(None))).one()
    if waiting + row.size > _BYTES_WAITING:
        raise FileRefused("no_room", "现在收不下更多文件，请先用文字说明，稍后再补充。")


def _meant(session: Session, ticket: Ticket) -> str | None:
    meant = to_add_to(session, ticket)
    return meant[0].number if meant else None
