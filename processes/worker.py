"""The worker: marks what is overdue, erases what need not be kept. Runs until stopped."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.edge.inbox import Inbox
from complaints.deadlines.overdue import mark_overdue
from complaints.offices.idempotency import forget_answers
from complaints.protection.contacts import forget_unfiled
from complaints.storage import Storage
from complaints.workdays import utc_now
from processes.conversations import forget_conversations
from processes.logs import quiet_logs
from settings import Settings, load_key

_log = logging.getLogger(__name__)

_PAUSE = 20  # seconds between rounds
_UNFILED_CONTACTS = timedelta(days=1)
_INBOX = timedelta(days=30)
_BUREAU_ANSWERS = timedelta(days=30)
_CONVERSATIONS = timedelta(days=30)


def run_once(storage: Storage, inbox: Inbox, tracker: Path, now: datetime) -> dict[str, int]:
    """One round. Returns how much of each was done; what failed is logged and left out."""
    tasks: dict[str, Callable[[], int]] = {
        "overdue": lambda: mark_overdue(storage, now),
        "contacts_erased": lambda: forget_unfiled(storage, now, _UNFILED_CONTACTS),
        "answers_erased": lambda: forget_answers(storage, now, _BUREAU_ANSWERS),
        "messages_erased": lambda: inbox.forget(now, _INBOX),
        "conversations_erased": lambda: forget_conversations(tracker, now - _CONVERSATIONS),
    }
    done = {}
    for name, task in tasks.items():
        try:
            done[name] = task()
        except Exception as failure:
            _log.error("%s failed: %s", name, type(failure).__name__)
    return done


def main() -> None:
    """Round after round; what fails is tried again in the next."""
    settings = Settings.from_environment()
    quiet_logs()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    storage = Storage(settings.database_url)
    inbox = Inbox(settings.inbox_url, load_key(settings, "field"))
    inbox.create()
    beat = heartbeat_file(settings)
    while not stop.is_set():
        run_once(storage, inbox, settings.tracker_file, utc_now())
        beat.write_text(utc_now().isoformat(), encoding="utf-8")
        stop.wait(_PAUSE)


def heartbeat_file(settings: Settings) -> Path:
    """The file that a running worker touches after each round."""
    return settings.var / "worker.heartbeat"


if __name__ == "__main__":
    main()
