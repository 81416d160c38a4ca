"""The worker: heeds timers, delivers messages, erases what need not be kept. Runs until stopped.

Several may run side by side, on one machine or on many: what one has claimed the others leave.
"""

from __future__ import annotations

import logging
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from actions.keys import installation_keys
from bot.edge.inbox import Inbox
from bot.edge.news import News
from complaints.audit.witness import witness_head
from complaints.delivery.claims import forget_done
from complaints.delivery.due import Handler, run_due
from complaints.delivery.sending import Sender, deliver
from complaints.delivery.webhooks import load_receivers
from complaints.keys import Keys
from complaints.lifecycle.clockwork import handlers
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.offices.idempotency import forget_answers
from complaints.protection.personal_fields import forget_unfiled
from complaints.protection.receipts import forget_tries
from complaints.protection.rescheduling import reschedule_erasures
from complaints.reporter.evidence import forget_waiting
from complaints.reporter.evidence_folder import erase_evidence
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.storage.tables import OutboxRow, Timer
from complaints.workdays import utc_now
from datafiles import DataFileError
from processes.audit_verify import heads_file
from processes.conversations import forget_conversations
from processes.logs import quiet_logs
from processes.senders import senders_for
from settings import Settings, SettingsError

_log = logging.getLogger(__name__)

_LONGEST_PAUSE = 20.0  # seconds between rounds without work
_SHARE = 5.0  # seconds that timers, then deliveries, may take of one round
_CHORES_EVERY = 60.0  # seconds
_UNFILED_CONTACTS = timedelta(days=1)
_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Work:
    """What a worker works with."""

    storage: Storage
    rules: Rules
    handlers: Mapping[str, Handler]
    senders: Mapping[str, Sender]
    chores: Mapping[str, Callable[[datetime], int]]


def run_once(work: Work, now: Callable[[], datetime], stopped: Callable[[], bool]) -> int:
    """One round: what is due, as far as its share of time reaches. Returns how much was tried.

    Timers and deliveries do not wait for each other's failures; what failed is logged.
    """
    rounds: dict[str, Callable[[], int]] = {
        "timers": lambda: run_due(work.storage, work.rules, work.handlers, now(), stopped=stopped),
        "deliveries": lambda: deliver(work.storage, work.senders, now(), stopped=stopped),
    }
    return sum(_logged(name, lambda r=r: _for_a_while(r, stopped)) for name, r in rounds.items())


def keep_house(work: Work, now: datetime) -> dict[str, int]:
    """Erase what need not be kept, note the end of the chain of events.

    Returns how much of each; what failed is logged, and is 0.
    """
    return {name: _logged(name, lambda c=chore: c(now)) for name, chore in work.chores.items()}


def pause_after(tried: int, pause: float) -> float:
    """Seconds until the next round: short after work, then longer and longer.

    `pause` is the one before. Not quite regular, so that several workers do not march in step.
    """
    if tried:
        return random.uniform(1, 2)  # noqa: S311
    return min(_LONGEST_PAUSE, 2 * pause)


def main() -> int:
    """Round after round until stopped. Returns the exit code: 1 when the data are wrong."""
    settings = Settings.from_environment()
    quiet_logs()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        work = prepare(settings, installation_keys(settings))
    except (DataFileError, SettingsError) as mistake:
        print(mistake, file=sys.stderr)
        return 1
    _logged("deadlines", lambda: recompute_deadlines(work.storage, work.rules, utc_now()).corrected)
    retention = work.rules.retention
    _logged("erasures", lambda: reschedule_erasures(work.storage, retention, utc_now()))
    pause, housekeeping = 1.0, 0.0
    while not stop.is_set():
        tried = run_once(work, utc_now, stop.is_set)
        if time.monotonic() >= housekeeping:
            keep_house(work, utc_now())
            housekeeping = time.monotonic() + _CHORES_EVERY
        heartbeat_file(settings).write_text(utc_now().isoformat(), encoding="utf-8")
        pause = pause_after(tried, pause)
        stop.wait(pause)
    return 0


def heartbeat_file(settings: Settings) -> Path:
    """The file that a running worker touches after each round."""
    return settings.var / "worker.heartbeat"


def prepare(settings: Settings, keys: Keys) -> Work:
    """All that a worker of this installation needs. Raises DataFileError and SettingsError."""
    rules = load_rules(settings.routing_folder, settings.regions_folder)
    receivers = load_receivers(settings.regions_folder, rules.city.bureaus)
    storage = Storage(settings.database_url, keys)
    inbox = Inbox(settings.inbox_url, keys.field)
    inbox.create()
    news = News(inbox.engine, keys.field)
    news.create()
    return Work(
        storage=storage,
        rules=rules,
        handlers=handlers(partial(erase_evidence, settings.evidence_folder)),
        senders=senders_for(receivers, news.add),
        chores=_chores(settings, storage, inbox, news),
    )


def _chores(
    settings: Settings, storage: Storage, inbox: Inbox, news: News
) -> dict[str, Callable[[datetime], int]]:
    tracker, files = settings.tracker_file, settings.evidence_folder
    heads = heads_file(settings)
    return {
        "heads": lambda now: int(witness_head(storage, heads, now)),
        "contacts": lambda now: forget_unfiled(storage, now, _UNFILED_CONTACTS),
        "files": lambda now: forget_waiting(storage, files, now),
        "answers": lambda now: forget_answers(storage, now, _MONTH),
        "receipt_tries": lambda now: forget_tries(storage, now),
        "messages": lambda now: inbox.forget(now, _MONTH),
        "news": lambda now: news.forget(now, _MONTH),
        "conversations": lambda now: forget_conversations(tracker, now - _MONTH),
        "deliveries": lambda now: forget_done(storage, OutboxRow, now, _MONTH),
        "timers": lambda now: forget_done(storage, Timer, now, _MONTH),
    }


def _for_a_while(part: Callable[[], int], stopped: Callable[[], bool]) -> int:
    """Repeat a part while there is work and time for it."""
    end, done = time.monotonic() + _SHARE, 0
    while not stopped() and (tried := part()):
        done += tried
        if time.monotonic() >= end:
            break
    return done


def _logged(name: str, task: Callable[[], int]) -> int:
    try:
        return task()
    except Exception as failure:
        _log.error("%s failed: %s", name, type(failure).__name__)
        return 0


if __name__ == "__main__":
    sys.exit(main())
