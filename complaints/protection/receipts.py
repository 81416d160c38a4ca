"""Receipts (查询码): how they are made, kept and tried.

A receipt is 16 digits that only the reporter holds. It is derived from a secret in the reporter's
own session token, so the same confirmed message always gives the same receipt and nobody else can
compute it; the database keeps a slow hash. Wrong tries are counted per client and per address,
slowed, and locked out for a while. How receipts are found in a text: `digit_runs`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.storage import Storage
from complaints.storage.tables import ReceiptTry, Ticket

_LONGEST_WAIT = 42  # seconds
_SHORTEST_LOCK, _LONGEST_LOCK = 15 * 60, 4 * 60 * 60  # seconds
_FORGOTTEN_AFTER = timedelta(hours=1)
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Patience:
    """How many wrong tries in a row are free, and how many lock."""

    free: int
    locks_at: int

    def wait(self, wrong: int) -> int:
        """Seconds that the next try must wait after so many wrong ones in a row."""
        if wrong >= self.locks_at:
            return int(min(_LONGEST_LOCK, _SHORTEST_LOCK * 2 ** min(wrong - self.locks_at, 10)))
        too_many = wrong - self.free
        return min(_LONGEST_WAIT, 2 ** min(too_many, 6)) if too_many > 0 else 0


_CLIENT = _Patience(free=2, locks_at=12)
_ADDRESS = _Patience(free=20, locks_at=30)  # a whole school may share one


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

    The wait doubles from the third wrong try on, up to 42 seconds; the twelfth in a row locks for
    15 minutes, each further one for twice as long, up to 4 hours. A right one clears the count.
    With an `address` the tries of all its clients are counted as well, the first 20 free, locked
    from the 30th on; no right one clears them, only an hour without a wrong one. The address is
    kept hashed.

    A try counts as wrong before it is looked at, so that many at once do not all come in free; and
    right and wrong ones cost the same work.
    """
    names = {client: _CLIENT}
    if address:
        names[_address_name(address, salt)] = _ADDRESS
    with storage.write() as session:
        tries = [_tries_of(session, name) for name in sorted(names)]  # one order: no deadlock
        wait = max(_seconds_left(one, names[one.client], now) for one in tries)
        if wait:
            return ReceiptCheck(wait_seconds=wait)
        before = {one.client: one.last_at for one in tries}
        for one in tries:
            one.wrong, one.last_at = one.wrong + 1, now
    wanted = hash_receipt(receipt, salt)
    with storage.write() as session:
        number = session.scalar(select(Ticket.number).where(Ticket.receipt_hash == wanted))
        for name in sorted(names):
            counted = _tries_of(session, name)
            _settle(counted, number is not None, name == client, now, before[name])
    return ReceiptCheck(number=number)


def wait_in_words(seconds: int) -> str:
    """How long somebody must wait, as people say it: 42 秒, 15 分钟, 4 小时."""
    if seconds < 60:
        return f"{seconds} 秒"
    minutes = -(-seconds // 60)
    return f"{minutes} 分钟" if minutes < 60 else f"{-(-minutes // 60)} 小时"


def forget_tries(storage: Storage, now: datetime) -> int:
    """Erase counts that no longer make anybody wait. Returns how many."""
    over = now - timedelta(seconds=_LONGEST_LOCK) - _FORGOTTEN_AFTER
    with storage.write() as session:
        gone = session.execute(delete(ReceiptTry).where(ReceiptTry.last_at < over))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _address_name(address: str, salt: bytes) -> str:
    return "address-" + hmac.new(salt, address.encode(), hashlib.sha256).hexdigest()[:40]


def _tries_of(session: Session, name: str) -> ReceiptTry:
    """The count of `name`, locked until the transaction ends; made where there is none."""
    wanted = select(ReceiptTry).where(ReceiptTry.client == name).with_for_update()
    tries = session.scalar(wanted)
    if tries is None:
        try:
            with session.begin_nested():
                session.add(ReceiptTry(client=name, wrong=0, last_at=_NEVER))
        except IntegrityError:  # somebody else made it meanwhile
            pass
        tries = session.scalars(wanted).one()
    return tries


def _seconds_left(tries: ReceiptTry, patience: _Patience, now: datetime) -> int:
    """How many seconds must still be waited; an hour after the wait all is forgotten."""
    until = tries.last_at + timedelta(seconds=patience.wait(tries.wrong))
    if now - until > _FORGOTTEN_AFTER:
        tries.wrong = 0
    return max(1, round((until - now).total_seconds())) if now < until else 0


def _settle(
    tries: ReceiptTry,
    is_right: bool,
    is_client: bool,
    counted_at: datetime,
    last_wrong_at: datetime,
) -> None:
    """What a looked-up try leaves: a right one clears its client and does not count elsewhere."""
    if is_right:
        tries.wrong = 0 if is_client else max(0, tries.wrong - 1)
        if tries.last_at == counted_at:
            tries.last_at = last_wrong_at
