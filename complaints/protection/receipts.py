"""Receipts (查询码): how they are made, kept and tried.

A receipt is 16 digits that only the reporter holds. It is derived from a secret in the reporter's
own session token, so the same confirmed message always gives the same receipt and nobody else can
compute it; the database keeps a slow hash. Wrong tries are counted per client and per address, and
slowed. How receipts are found in a text: `digit_runs`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.storage import Storage
from complaints.storage.tables import ReceiptTry, Ticket

_LONGEST_WAIT = 42  # seconds
_FREE_TRIES = 2
_FREE_TRIES_OF_ADDRESS = 20  # a whole school may share one
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


def check_receipt(
    storage: Storage, receipt: str, salt: bytes, client: str, now: datetime, *, address: str = ""
) -> ReceiptCheck:
    """Try a receipt for a client (an opaque name). Wrong tries make the next one wait.

    The wait doubles from the third wrong try on, up to 42 seconds; a right one clears the count.
    With an `address` the tries of all its clients are counted as well, the first 20 free; no right
    one clears them, only an hour without a wrong one. The address is kept hashed.
    """
    free_tries = {client: _FREE_TRIES}
    if address:
        free_tries[_address_name(address, salt)] = _FREE_TRIES_OF_ADDRESS
    with storage.write() as session:
        wait = max(_seconds_left(session, name, free, now) for name, free in free_tries.items())
    if wait:
        return ReceiptCheck(wait_seconds=wait)
    wanted = hash_receipt(receipt, salt)
    with storage.write() as session:
        number = session.scalar(select(Ticket.number).where(Ticket.receipt_hash == wanted))
        tries = session.get(ReceiptTry, client)
        if number and tries:
            session.delete(tries)
        elif not number:
            for name in free_tries:
                _count_wrong(session, name, now)
    return ReceiptCheck(number=number)


def _address_name(address: str, salt: bytes) -> str:
    return "address-" + hmac.new(salt, address.encode(), hashlib.sha256).hexdigest()[:40]


def _seconds_left(session: Session, name: str, free_tries: int, now: datetime) -> int:
    """How many seconds `name` must still wait; what is an hour old is forgotten."""
    tries = session.get(ReceiptTry, name)
    if tries is None:
        return 0
    if now - tries.last_at > _FORGOTTEN_AFTER:
        session.delete(tries)
        return 0
    until = tries.last_at + timedelta(seconds=_wait(tries.wrong - free_tries))
    return max(1, round((until - now).total_seconds())) if now < until else 0


def _count_wrong(session: Session, name: str, now: datetime) -> None:
    tries = session.get(ReceiptTry, name) or ReceiptTry(client=name, wrong=0)
    tries.wrong += 1
    tries.last_at = now
    session.add(tries)


def _wait(too_many: int) -> int:
    """Seconds that the next try must wait after so many wrong ones beyond the free ones."""
    return min(_LONGEST_WAIT, 2 ** min(too_many, 6)) if too_many > 0 else 0
