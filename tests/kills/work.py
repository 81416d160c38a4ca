"""The process that is killed: it files, dispatches, heeds timers and delivers, round after round.

    python -m tests.kills.work DATABASE_URL FOLDER RUN

What it has been told is done it writes to FOLDER/done: one line each, on the disk before it goes on.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from complaints.delivery.due import run_due
from complaints.delivery.outbox import Claimed
from complaints.delivery.sending import deliver
from complaints.filing import file_report
from complaints.lifecycle.act import Actor
from complaints.lifecycle.clockwork import handlers
from complaints.lifecycle.dispatching import dispatch_ticket
from complaints.lifecycle.states import Role, State
from complaints.model import Kind, Report
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket
from complaints.workdays import utc_now
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parents[2]
CLERK = Actor("lin", Role.HOTLINE)
LATER = timedelta(days=40)  # all deadlines are over then


class Receiver:
    """A bureau's system: takes each key once, and counts how often it was told."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "receiver.db"
        with closing(sqlite3.connect(self.file)) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS got (key TEXT PRIMARY KEY, times INT)")

    def send(self, message: Claimed, now: datetime) -> None:
        with closing(sqlite3.connect(self.file, timeout=10)) as kept, kept:
            kept.execute(
                "INSERT INTO got VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
                (message.key,),
            )


class Work:
    """One installation at work."""

    def __init__(self, url: str, folder: Path) -> None:
        self.storage, self.folder = Storage(url, KEYS), folder
        self.rules = rules_with_webhooks()
        self.receiver = Receiver(folder)

    def note(self, line: str) -> None:
        """That a step was reported as done."""
        with (self.folder / "done").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def file(self, intake: str, *, sure: bool) -> None:
        report = Report(
            intake_id=intake,
            kind=Kind.OVER_HOURS_TRAINING,
            kind_confidence=0.9 if sure else 0.2,
            detail=f"周六上午还在上数学课，第{intake}次看到",
            subject_party="衡算数学",
            reporter_mark=intake,
        )
        filed = file_report(self.storage, self.rules, report, f"hash-{intake}", utc_now())
        self.note(f"filed {intake} {filed.number}")

    def dispatch_one(self) -> None:
        """What waits for the hotline goes to a bureau."""
        with self.storage.write() as session:
            waiting = select(Ticket).where(Ticket.state == State.PENDING).limit(1)
            ticket = session.scalar(waiting)
            if ticket is None:
                return
            number = ticket.number
            dispatch_ticket(session, ticket, CLERK, "luming-education", self.rules, utc_now())
        self.note(f"dispatched {number}")

    def deliver(self, now: datetime) -> int:
        senders = dict.fromkeys(("webhook", "push", "notice"), self.receiver)
        return deliver(self.storage, senders, now)

    def heed(self, now: datetime) -> int:
        return run_due(self.storage, self.rules, handlers(lambda refs: None), now)


def rules_with_webhooks() -> Rules:
    """The demo city, in which every bureau's system wants to be told."""
    rules = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
    return replace(rules, webhooks=frozenset(rules.city.bureaus))


def main() -> None:
    """Work until killed."""
    url, folder, run = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    work = Work(url, folder)
    print("working", flush=True)
    number = 0
    while True:
        number += 1
        work.file(f"{run}-{number}", sure=number % 2 == 0)
        work.dispatch_one()
        work.deliver(utc_now())
        work.heed(utc_now() + LATER)


if __name__ == "__main__":
    main()
