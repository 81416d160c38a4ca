"""Numbers of a person: found in a text, taken out of it, and kept apart, encrypted.

What is found here never reaches Rasa, a ticket, a log or a bureau. Each number is replaced by a
mark such as 〔电话〕; the number itself is sealed with AES-GCM under the installation's key.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete

from complaints.storage import Storage
from complaints.storage.tables import Contact

_NONCE = 12

# Widest first: an ID number contains digits that look like a telephone.
_PATTERNS = (
    ("id_number", "〔证件号〕", re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?!\d)")),
    (
        "phone",
        "〔电话〕",
        re.compile(r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}[ \-]?\d{7,8}(?!\d)"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Masked:
    """A text without personal numbers, and the numbers with their kinds in order."""

    text: str
    found: tuple[tuple[str, str], ...]


def mask(text: str) -> Masked:
    """Replace telephone and ID numbers by marks. Full-width digits count as digits."""
    narrow = text.translate({0xFF10 + i: ord("0") + i for i in range(10)} | {0xFF0B: "+"})
    found: list[tuple[str, str]] = []
    for kind, mark, pattern in _PATTERNS:
        for match in pattern.finditer(narrow):
            found.append((kind, match.group()))
        if found:
            text = narrow = pattern.sub(mark, narrow)
    return Masked(text, tuple(found))


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
