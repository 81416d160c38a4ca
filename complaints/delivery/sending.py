"""A round of deliveries: receivers side by side, each receiver's messages one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from typing import Protocol

from complaints.delivery.claims import PAUSES, hand_back
from complaints.delivery.outbox import Claimed, claim, delivered, failed, hold
from complaints.storage import Storage
from complaints.storage.tables import OutboxRow

_log = logging.getLogger(__name__)

# With 10 s for a message a round takes half a minute at worst, well inside the lease.
_AT_ONCE = 8
_PER_ROUND = 16


class Undelivered(Exception):
    """Why a message did not arrive: short, without content. It will be tried again.

    `receiver_down`: it is no use to try the receiver's other messages now.
    """

    def __init__(self, reason: str, *, receiver_down: bool = False) -> None:
        super().__init__(reason)
        self.receiver_down = receiver_down


class Sender(Protocol):
    """One way to deliver. Sending a message again under the same key must do no more."""

    def send(self, message: Claimed, now: datetime) -> None:
        """Deliver within 10 seconds. Raises Undelivered."""


def deliver(
    storage: Storage,
    senders: Mapping[str, Sender],
    now: datetime,
    limit: int = _PER_ROUND,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Try up to `limit` messages that are due. Returns how many were claimed; 0: nothing is due.

    `senders` are by kind. Once `stopped` says so, what is not tried yet is handed back.
    """

    def of(message: Claimed) -> tuple[str, str]:
        return message.kind, message.target

    claimed = sorted(claim(storage, now, limit), key=of)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _, messages in groupby(claimed, of):
            pool.submit(_deliver_to_one, storage, senders, list(messages), now, stopped)
    return len(claimed)


def _deliver_to_one(
    storage: Storage,
    senders: Mapping[str, Sender],
    messages: list[Claimed],
    now: datetime,
    stopped: Callable[[], bool],
) -> None:
    """Try the messages of one receiver; when it is down, leave it in peace for a while."""
    try:
        for place, message in enumerate(messages):
            if stopped():
                return _hand_back(storage, messages[place:], now)
            if not _try(storage, senders, message, now):
                later = now + PAUSES[0]
                hold(storage, message.kind, message.target, later)
                return _hand_back(storage, messages[place + 1 :], later)
    except Exception as failure:  # the lease runs out, and the messages are tried again
        _log.error("noting a delivery failed: %s", type(failure).__name__)


def _try(storage: Storage, senders: Mapping[str, Sender], message: Claimed, now: datetime) -> bool:
    """Try one message and note the result. Returns whether the receiver can be tried further."""
    sender = senders.get(message.kind)
    if sender is None:
        failed(storage, message, f"没有投递“{message.kind}”的办法", now)
        return True
    try:
        sender.send(message, now)
    except Undelivered as failure:
        failed(storage, message, str(failure), now)
        return not failure.receiver_down
    except Exception as failure:
        failed(storage, message, type(failure).__name__, now)
        return True
    delivered(storage, message.id, now)
    return True


def _hand_back(storage: Storage, messages: list[Claimed], until: datetime) -> None:
    hand_back(storage, OutboxRow, [message.id for message in messages], until)
