"""Sealed texts in a column of any database, sealed anew under the newest key of the ring.

Works in batches of one transaction each and looks only at what lies under an older key, so it may
be killed at any point and begun again. Rows that somebody else holds are left for the next pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm import Session

from complaints.keys import KeyRing, seal_mark

BATCH = 200

Write = Callable[[], AbstractContextManager[Session]]
"""Opens a write transaction."""


@dataclass(frozen=True)
class Sealed:
    """Column `content` of a table. `row` is its primary key.

    `purpose` is made from the values of the columns `names`, which never change.
    """

    table: Table
    row: str
    content: str
    names: tuple[str, ...]
    purpose: Callable[..., str]


@dataclass(frozen=True)
class Pass:
    """What one pass did: how many were sealed anew, and how many no key opens."""

    resealed: int = 0
    unreadable: int = 0

    def __add__(self, other: Pass) -> Pass:
        return Pass(self.resealed + other.resealed, self.unreadable + other.unreadable)


def reseal_column(
    write: Write,
    sealed: Sealed,
    ring: KeyRing,
    after_batch: Callable[[], object] = lambda: None,
    batch: int = BATCH,
) -> Pass:
    """One pass over a column, in the order of its rows. `after_batch`: called behind each commit."""
    done, last = Pass(), None
    while True:
        with write() as session:
            rows = _old_rows(session, sealed, ring, last, batch)
            done += _reseal(session, rows, sealed, ring)
        if not rows:
            return done
        last = rows[-1][0]
        after_batch()


def count_old(write: Write, sealed: Sealed, ring: KeyRing) -> int:
    """How many rows lie under another key than the one that seals now."""
    with write() as session:
        return session.scalar(select(func.count()).where(_is_old(sealed, ring))) or 0


def _old_rows(
    session: Session, sealed: Sealed, ring: KeyRing, last: Any, batch: int
) -> Sequence[Any]:
    """The next rows behind `last` that lie under an older key, held until they are changed."""
    columns = sealed.table.c
    row = columns[sealed.row]
    old = select(row, columns[sealed.content], *(columns[name] for name in sealed.names)).where(
        _is_old(sealed, ring)
    )
    if last is not None:
        old = old.where(row > last)
    return session.execute(old.order_by(row).limit(batch).with_for_update(skip_locked=True)).all()


def _reseal(session: Session, rows: Sequence[Any], sealed: Sealed, ring: KeyRing) -> Pass:
    done = Pass()
    for row in rows:
        content = _sealed_anew(row, sealed, ring)
        if content is None:
            done += Pass(unreadable=1)
            continue
        change = update(sealed.table).where(sealed.table.c[sealed.row] == row[0])
        session.execute(change.values({sealed.content: content}))
        done += Pass(resealed=1)
    return done


def _is_old(sealed: Sealed, ring: KeyRing) -> ColumnElement[bool]:
    content, mark = sealed.table.c[sealed.content], seal_mark(ring.current)
    return content.is_not(None) & (func.substr(content, 1, len(mark)) != mark)


def _sealed_anew(row: Sequence[Any], sealed: Sealed, ring: KeyRing) -> bytes | None:
    """None when no key opens it: it stays as it is, and its key stays in use."""
    purpose = sealed.purpose(*row[2:])
    try:
        return ring.seal(ring.unseal(bytes(row[1]), purpose), purpose)
    except InvalidTag:
        return None
