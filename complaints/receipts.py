"""Receipts (查询码): how they are made, kept and tried.

A receipt is 16 digits that only the reporter holds. It is derived from a secret in the reporter's
own session token, so the same confirmed message always gives the same receipt and nobody else can
compute it; the database keeps a slow hash. Wrong tries are counted per client and slowed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from complaints.storage import Storage
from complaints.storage.tables import ReceiptTry, Ticket

_PATTERN = re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-]?[0-9]{4}){3}(?![0-9])")
_LONGEST_WAIT = 42  # seconds
_FREE_TRIES = 2
_FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class ReceiptCheck:
    """The outcome of one try: a ticket number, or how many seconds to wait, or neither (wrong)."""

    number: str | None = None
    wait_seconds: int = 0


def derive_receipt(secret: bytes, message_id: str) -> str:
    """The receipt for a filing confirmed by `message_id` under a reporter's `secret` (≥ 16 bytes).

    Returns 16 digits in groups of four, e.g. `0123 4567 8901 2345`.
    """
    if len(secret) < 16:
        raise ValueError("the reporter's secret is too short to derive a receipt from")
    digest = hmac.new(secret, b"receipt:" + message_id.encode(), hashlib.sha256).digest()
    digits = f"{int.from_bytes(digest, 'big') % 10**16:016d}"
    return " ".join(digits[i : i + 4] for i in range(0, 16, 4))


def hash_receipt(receipt: str, salt: bytes) -> str:
    """The slow hash under which a receipt is kept (scrypt, some 50 ms).

    `salt` is the installation's own: the hash must be the same each time to be found again.
    """
    digits = "".join(char for char in receipt if char.isdecimal())
    key = hashlib.scrypt(digits.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return key.hex()


def find_receipts(text: str) -> list[tuple[int, int, str]]:
    """Where a text holds something like a receipt: (start, end, as written)."""
    return [(m.start(), m.end(), m.group()) for m in _PATTERN.finditer(text)]


def check_receipt(
    storage: Storage, receipt: str, salt: bytes, client: str, now: datetime
) -> ReceiptCheck:
    """Try a receipt for a client (an opaque name). Wrong tries make the next one wait.

    The wait doubles from the third wrong try on, up to 42 seconds; a right one clears the count.
    """
    with storage.write() as session:
        tries = session.get(ReceiptTry, client)
        if tries and now - tries.last_at > _FORGOTTEN_AFTER:
            session.delete(tries)
            session.flush()
            tries = None
        wait = _wait(tries.wrong if tries else 0)
        if tries and now < tries.last_at + timedelta(seconds=wait):
            left = (tries.last_at + timedelta(seconds=wait) - now).total_seconds()
            return ReceiptCheck(wait_seconds=max(1, round(left)))
    wanted = hash_receipt(receipt, salt)
    with storage.write() as session:
        number = session.scalar(select(Ticket.number).where(Ticket.receipt_hash == wanted))
        tries = session.get(ReceiptTry, client)
        if number and tries:
            session.delete(tries)
        elif not number:
            row = tries or ReceiptTry(client=client, wrong=0)
            row.wrong += 1
            row.last_at = now
            session.add(row)
    return ReceiptCheck(number=number)


def _wait(wrong: int) -> int:
    """Seconds that the next try must wait after `wrong` wrong ones in a row."""
    if wrong <= _FREE_TRIES:
        return 0
    return min(_LONGEST_WAIT, int(2 ** (wrong - _FREE_TRIES)))
