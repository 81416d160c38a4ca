"""A worker that is killed (kill −9, by itself) at a given point. Started by `test_killed.py`."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

from complaints.audit.chain import record
from complaints.delivery.due import run_due
from complaints.delivery.sending import deliver
from complaints.delivery.webhooks import Webhook
from complaints.storage import Storage
from processes.senders import WebhookSender
from tests.keys import KEYS


class Mortal:
    """Dies before or after sending."""

    def __init__(self, url: str, point: str) -> None:
        hook = Webhook(url, "", private_address=True)
        self._sender = WebhookSender({"zhenxi-education": hook}, {"zhenxi-education": b"s" * 16})
        self._point = point

    def send(self, message, now) -> None:
        if self._point == "before sending":
            die()
        self._sender.send(message, now)
        die()


def die_in_the_middle(session, ticket, timer, rules, now) -> None:
    record(session, ticket, action=timer.kind, role="system", actor="worker", at=now)
    die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _, database, receiver, point, now = sys.argv
    storage, moment = Storage(database, KEYS), datetime.fromisoformat(now)
    run_due(storage, None, {"warn": die_in_the_middle}, moment)
    deliver(storage, {"webhook": Mortal(receiver, point)}, moment)
