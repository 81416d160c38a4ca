"""Numbers of a person: found in a text, taken out of it, and kept apart, encrypted.

What `digit_runs` finds never reaches Rasa, a ticket, a log or a bureau. Each number is replaced by
a mark such as 〔电话〕; the number itself is sealed with AES-GCM under the installation's key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete

from complaints.protection.digit_runs import find_numbers
from complaints.storage import Storage
from complaints.storage.tables import Contact

RECEIPT_MARK = "〔查询码〕"

_NONCE = 12
_MARKS = {"phone": "〔电话〕", "id_number": "〔证件号〕", "receipt": "〔号码〕"}


@dataclass(frozen=True)
class Masked:
    """A text without personal numbers, and the numbers (kind, digits) in order."""

    text: str
    found: tuple[tuple[str, str], ...]


def mask(text: str, receipt: str | None = None) -> Masked:
    """Replace telephones, ID numbers and 16-digit numbers by marks; all else stays as it is.

    `receipt` is the 16-digit number that is a receipt (查询码); another may be a bank account.
    """
    parts, done = [], 0
    numbers = find_numbers(text)
    for number in numbers:
        is_receipt = number.kind == "receipt" and number.digits == receipt
        parts += [text[done : number.start], RECEIPT_MARK if is_receipt else _MARKS[number.kind]]
        done = number.end
    return Masked("".join(parts) + text[done:], tuple((n.kind, n.digits) for n in numbers))


def seal(value: str, key: bytes, purpose: str) -> bytes:
    """Encrypt a text under the 32-byte key; it opens only for the same `purpose`."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, value.encode(), purpose.encode())


def unseal(sealed: bytes, key: bytes, purpose: str) -> str:
    """The text that `seal` hid. Raises cryptography's InvalidTag when key or purpose is wrong."""
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()


def keep_contact(storage: Storage, kind: str, value: str, key: bytes, now: datetime) -> str:
    """Store one number, sealed. Returns the reference that a ticket may carry."""
    ref = secrets.token_hex(12)
    with storage.write() as session:
        session.add(Contact(ref=ref, kind=kind, sealed=seal(value, key, ref), created_at=now))
    return ref


def forget_unfiled(storage: Storage, now: datetime, after: timedelta) -> int:
    """Erase numbers that belong to no ticket and are older than `after`. Returns how many."""
    with storage.write() as session:
        gone = session.execute(
            delete(Contact).where(Contact.ticket_id.is_(None), Contact.created_at < now - after)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
