"""Which tickets tell the same matter as a report.

Every query is a short range of an index, newest first: of each key of the report at most a few
tickets are looked at, so the search costs the same with ten thousand tickets and with a million.
What the keys bring together is then compared in full (`duplicates.matching`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    bindparam,
    delete,
    insert,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from complaints.duplicates.likeness import text_keys
from complaints.duplicates.matching import Candidate, Matcher, Why
from complaints.duplicates.names import party_key, unlisted_key
from complaints.lifecycle.states import State
from complaints.protection.retention import CLEARED
from complaints.rules import Rules
from complaints.storage.tables import LikenessBand, Ticket
from complaints.workdays import ONE_DAY

__all__ = [
    "Candidate",
    "Duplicate",
    "candidate_of",
    "find_duplicates",
    "forget_text",
    "likeness_keys",
    "note_text",
]

_OF_PARTY, _OF_BAND = 12, 6
"""How many of the newest tickets are looked at: of the party's key, of each key of the text."""
_COMPARED = 16
"""How many tickets that share keys of the text are compared in full."""
_GONE = (State.WITHDRAWN, State.REJECTED)


@dataclass(frozen=True)
class Duplicate:
    """A ticket that tells the same matter; for a merged one, its main ticket.

    `likeness` is that of the texts, 0 to 1.
    """

    ticket_id: int
    number: str
    why: Why
    likeness: float
    state: State


@dataclass(frozen=True)
class _Stored:
    """What is compared of a ticket."""

    told: Candidate
    number: str
    state: State
    closed_at: datetime | None
    merged_into: int | None


_COLUMNS = (
    Ticket.kind,
    Ticket.party_id,
    Ticket.subject_party,
    Ticket.district,
    Ticket.detail,
    Ticket.happened,
    Ticket.filed_at,
    Ticket.id,
    Ticket.number,
    Ticket.state,
    Ticket.closed_at,
    Ticket.merged_into,
)


def likeness_keys(
    kind: str,
    party_id: str | None,
    subject_party: str | None,
    detail: str,
    district: str | None = None,
) -> tuple[int, ...]:
    """All keys of a report: of its party (if any), with its kind or with its district, and its text."""
    of_party = party_key(kind, party_id, subject_party)
    unlisted = unlisted_key(party_id, subject_party, district)
    return (*(key for key in (of_party, unlisted) if key is not None), *text_keys(detail))


def note_text(session: Session, ticket: Ticket) -> None:
    """Store a ticket's keys: when it is filed or taken up again, and when what they are made of
    changes (kind, party, district, words). One that was taken back or refused has none."""
    forget_text(session, ticket)
    if ticket.state in _GONE:
        return
    about = ticket.kind, ticket.party_id, ticket.subject_party, ticket.detail, ticket.district
    keys = likeness_keys(*about)
    if keys:
        rows = [{"key": key, "ticket_id": ticket.id} for key in sorted(set(keys))]
        session.execute(insert(LikenessBand), rows)


def forget_text(session: Session, ticket: Ticket) -> None:
    """Remove a ticket's keys, when it counts no more: withdrawn, refused, or its words erased.

    Many of these would else stand before those that are looked for.
    """
    session.execute(delete(LikenessBand).where(LikenessBand.ticket_id == ticket.id))


def candidate_of(ticket: Ticket) -> Candidate:
    """A filed ticket as a candidate, for a clerk who looks for its duplicates."""
    return Candidate(
        kind=ticket.kind,
        party_id=ticket.party_id,
        subject_party=ticket.subject_party,
        district=ticket.district,
        detail=ticket.detail,
        happened=ticket.happened,
        filed_at=ticket.filed_at,
        ticket_id=ticket.id,
    )


def find_duplicates(
    session: Session, candidate: Candidate, rules: Rules, most: int = 10
) -> tuple[Duplicate, ...]:
    """Tickets of the same matter that are open or were closed within the kind's days, best first.

    Who looks may be barred from some of them: filter by `conflicts.not_barred` before showing any.
    """
    matcher = Matcher(candidate, rules)
    stored = _read(session, _looked_up(session, candidate))
    mains = _read(session, {one.merged_into for one in stored.values() if one.merged_into})
    found: dict[int, Duplicate] = {}
    for one in stored.values():
        shown = mains.get(one.merged_into or 0, one) if one.state is State.MERGED else one
        if shown.told.ticket_id == candidate.ticket_id or not _is_current(candidate, shown, rules):
            continue
        same = matcher.compare(one.told)
        if same and shown.told.ticket_id is not None:
            duplicate = Duplicate(shown.told.ticket_id, shown.number, *same, shown.state)
            known = found.get(duplicate.ticket_id, duplicate)
            found[duplicate.ticket_id] = max(known, duplicate, key=_rank)
    return tuple(sorted(found.values(), key=_rank, reverse=True)[:most])


def _rank(duplicate: Duplicate) -> tuple[bool, bool, float, int]:
    is_party = duplicate.why == "same_party"
    return duplicate.state.is_open, is_party, duplicate.likeness, duplicate.ticket_id


def _looked_up(session: Session, candidate: Candidate) -> set[int]:
    """The newest tickets of each key, in one round trip; of the text's, those that share most."""
    of_party = party_key(candidate.kind, candidate.party_id, candidate.subject_party)
    of_text = text_keys(candidate.detail)
    if of_party is None and not of_text:
        return set()
    keys = {"party": of_party} if of_party is not None else {}
    keys |= {f"band{number}": key for number, key in enumerate(of_text)}
    ids = Counter[int]()
    of_that_party = set()
    for key, ticket_id in session.execute(_look_up(tuple(keys)), keys):
        ids[ticket_id] += 1
        of_that_party |= {ticket_id} if key == of_party else set()
    return {ticket_id for ticket_id, _ in ids.most_common(_COMPARED)} | of_that_party


@cache  # there are three sets of names, and building the query takes as long as running it
def _look_up(names: tuple[str, ...]) -> CompoundSelect[tuple[int, int]]:
    """The newest tickets of each key that is given under one of these names."""
    return union_all(*(_newest(name, _OF_PARTY if name == "party" else _OF_BAND) for name in names))


def _newest(name: str, most: int) -> Select[tuple[int, int]]:
    newest = (
        select(LikenessBand.key, LikenessBand.ticket_id)
        .where(LikenessBand.key == bindparam(name, type_=BigInteger))
        .order_by(LikenessBand.ticket_id.desc())
        .limit(most)
        .subquery()
    )
    return select(newest.c.key, newest.c.ticket_id)


def _read(session: Session, ids: Collection[int]) -> dict[int, _Stored]:
    """The tickets of these ids whose words are still there."""
    if not ids:
        return {}
    rows = session.execute(
        select(*_COLUMNS).where(Ticket.id.in_(sorted(ids)), Ticket.detail != CLEARED)
    )
    return {
        row.id: _Stored(Candidate(*row[:8]), row.number, State(row.state), *row[10:])
        for row in rows
    }


def _is_current(candidate: Candidate, shown: _Stored, rules: Rules) -> bool:
    if shown.state in _GONE:
        return False
    since = candidate.filed_at - rules.duplicates.limits(candidate.kind).days * ONE_DAY
    return shown.state.is_open or (shown.closed_at is not None and shown.closed_at >= since)
