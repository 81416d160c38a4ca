"""Personal data, piece by piece: sealed on its own row, apart from the ticket."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from complaints.protection.digit_runs import find_numbers
from complaints.storage import Storage, keys_of
from complaints.storage.tables import PersonalField


class FieldKind(StrEnum):
    """What a piece of personal data is.

    `TOLD`: the reporter's words before masking; `TOLD_BESIDE`: party, place and time, where those
    were masked. `PUSH`: where news is sent, for machines only.
    """

    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    EMAIL = "email"
    MESSENGER = "messenger"
    TOLD = "told"
    TOLD_BESIDE = "told_beside"
    PUSH = "push"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    FieldKind.PHONE: "电话",
    FieldKind.NAME: "姓名",
    FieldKind.ADDRESS: "住址",
    FieldKind.ID_NUMBER: "证件号",
    FieldKind.EMAIL: "电子邮箱",
    FieldKind.MESSENGER: "微信等账号",
    FieldKind.TOLD: "举报人原话",
    FieldKind.TOLD_BESIDE: "原话里的对象、地点、时间",
    FieldKind.PUSH: "消息推送地址",
}


@dataclass(frozen=True)
class OpenField:
    """One piece of personal data in the clear; the value stays out of logs and tracebacks."""

    ref: str
    kind: FieldKind
    value: str = field(repr=False)
    kept_at: datetime


def keep_field(
    session: Session, kind: str, value: str, now: datetime, *, ticket_id: int | None = None
) -> str:
    """Store one piece of personal data, sealed. Returns the reference that a ticket may carry.

    Raises ValueError for an unknown kind.
    """
    known, keys, ref = FieldKind(kind), keys_of(session), secrets.token_hex(12)
    plain = _normal(known, value)
    session.add(
        PersonalField(
            ref=ref,
            kind=known.value,
            sealed=keys.field.seal(value, ref),
            blind=keys.blind_index(known.value, plain) if plain else None,
            created_at=now,
            ticket_id=ticket_id,
        )
    )
    session.flush()
    return ref


def fields_of(session: Session, ticket_id: int) -> tuple[OpenField, ...]:
    """The personal data of a ticket in the clear, oldest first. Whoever shows it logs that.

    Raises cryptography's InvalidTag when a field does not open.
    """
    ring = keys_of(session).field
    rows = session.scalars(
        select(PersonalField)
        .where(PersonalField.ticket_id == ticket_id)
        .order_by(PersonalField.created_at, PersonalField.ref)
    )
    return tuple(
        OpenField(
            row.ref, FieldKind(row.kind), ring.unseal_text(row.sealed, row.ref), row.created_at
        )
        for row in rows
    )


def with_same_phone(session: Session, ticket_id: int) -> tuple[int, ...]:
    """The ids of the other tickets whose reporter left the telephone left for this one.

    Found by the blind index, however the number was written; no number is opened.
    """
    phones = PersonalField.kind == FieldKind.PHONE.value
    mine = select(PersonalField.blind).where(PersonalField.ticket_id == ticket_id, phones)
    found = session.scalars(
        select(PersonalField.ticket_id)
        .where(PersonalField.blind.in_(mine), phones, PersonalField.ticket_id != ticket_id)
        .distinct()
    )
    return tuple(sorted(id_ for id_ in found if id_ is not None))


def join_to_ticket(session: Session, refs: Collection[str], ticket_id: int) -> list[str]:
    """Give fields that belong to no ticket yet to this one. Returns the references of those."""
    joined = session.scalars(
        update(PersonalField)
        .where(PersonalField.ref.in_(refs), PersonalField.ticket_id.is_(None))
        .values(ticket_id=ticket_id)
        .returning(PersonalField.ref)
        .execution_options(synchronize_session=False)
    )
    return sorted(joined)


def forget_unfiled(storage: Storage, now: datetime, after: timedelta) -> int:
    """Erase fields that belong to no ticket and are older than `after`. Returns how many."""
    with storage.write() as session:
        gone = session.execute(
            delete(PersonalField).where(
                PersonalField.ticket_id.is_(None), PersonalField.created_at < now - after
            )
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _normal(kind: FieldKind, value: str) -> str:
    """The form in which two equal values are equal; empty for kinds that are not compared."""
    plain = unicodedata.normalize("NFKC", value)
    if kind is FieldKind.PHONE:
        return _normal_phone(plain)
    if kind is FieldKind.ID_NUMBER:
        return re.sub(r"[^0-9X]", "", plain.upper())
    return plain.strip().casefold() if kind is FieldKind.EMAIL else ""


def _normal_phone(plain: str) -> str:
    """The digits without +86; a landline from abroad gets back the 0 of its area code."""
    numbers = [number.digits for number in find_numbers(plain) if number.kind == "phone"]
    if numbers:
        return numbers[0]
    digits = re.sub(r"[^0-9]", "", plain)
    abroad = re.fullmatch(r"(?:00)?860?([2-9]\d{8,10})", digits)
    return f"0{abroad[1]}" if abroad else digits
