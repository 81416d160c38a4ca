"""Kills a working installation in the middle of filing, dispatch and delivery, and looks what is left.

    python -m tests.kills.kill [--rounds 20] [--only sqlite|postgresql]

Each round starts the work, kills it (SIGKILL) after a random time, and starts it anew. At the end
all is worked off, and checked: nothing that was reported as done is lost, nothing is there twice.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from complaints.audit.check import check_chain
from complaints.audit.rows import one_moment
from complaints.lifecycle.states import State
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Event, OutboxRow, Ticket
from complaints.workdays import utc_now
from tests.keys import KEYS
from tests.kills.work import LATER, ROOT, Work
from tests.postgres import cluster

_LONGEST = 1.5  # seconds of work before a kill


def kill_rounds(url: str, folder: Path, rounds: int, seed: int) -> list[str]:
    """Work and kill `rounds` times, then finish. Returns what is wrong, in words; empty is good."""
    Storage(url, KEYS).create()
    chance = random.Random(seed)
    for number in range(rounds):
        working = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.work", url, str(folder), f"r{number}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert working.stdout and working.stdout.readline() == "working\n"
        try:
            working.wait(chance.uniform(0.02, _LONGEST))
        except subprocess.TimeoutExpired:
            working.send_signal(signal.SIGKILL)
        code = working.wait()
        working.stdout.close()
        if code != -signal.SIGKILL:
            return [f"the work ended by itself with code {code}"]
    return _finish(Work(url, folder))


def _finish(work: Work) -> list[str]:
    """Work off what is left, later than any lease or pause, then check."""
    now = utc_now() + LATER
    for _ in range(1000):
        work.dispatch_one()
        if not (work.heed(now) + work.deliver(now)):
            break
    return [*_filed_and_dispatched(work), *_delivered(work), *_whole(work)]


def _filed_and_dispatched(work: Work) -> Iterator[str]:
    done = [line.split() for line in (work.folder / "done").read_text().splitlines()]
    with work.storage.read() as session:
        tickets = {t.intake_id: t for t in session.scalars(select(Ticket))}
        steps = Counter(
            session.execute(
                select(Ticket.number, Event.action).join(Event, Event.ticket_id == Ticket.id)
            ).tuples()
        )
    print(f"{len(tickets)} tickets, {len(done)} steps reported as done", flush=True)
    for what, *words in done:
        if what == "filed" and (words[0] not in tickets or tickets[words[0]].number != words[1]):
            yield f"lost: {words}"
    for ticket in tickets.values():
        for action in ("file", "accept", "dispatch"):
            if steps[ticket.number, action] != 1:
                yield f"{ticket.number}: {action} {steps[ticket.number, action]} times"
        if ticket.state == State.PENDING:
            yield f"{ticket.number}: never dispatched"


def _delivered(work: Work) -> Iterator[str]:
    with closing(sqlite3.connect(work.receiver.file)) as kept:
        got = {key for (key,) in kept.execute("SELECT key FROM got")}
    with work.storage.read() as session:
        rows = session.scalars(select(OutboxRow)).all()
    for row in rows:
        if row.done_at is None or row.stuck_at is not None:
            yield f"not delivered: {row.key}"
        elif row.key not in got:
            yield f"marked as delivered, never received: {row.key}"
    for key in got - {row.key for row in rows}:
        yield f"received, never caused: {key}"


def _whole(work: Work) -> Iterator[str]:
    """The chain holds, and each ticket stands in its lead's queue."""
    with work.storage.read() as session:
        one_moment(session)
        yield from (str(fault) for fault in check_chain(session, KEYS).faults)
        with_lead = select(func.count()).select_from(Delivery).join(Ticket)
        leads = session.scalar(
            with_lead.where(Delivery.bureau == Ticket.lead, Delivery.role == "lead")
        )
        tickets = session.scalar(select(func.count()).select_from(Ticket))
    if leads != tickets:
        yield f"{tickets} tickets, {leads} of them with their lead"


@contextmanager
def database(sort: str, folder: Path) -> Iterator[str]:
    """An empty database whose disk writes are on."""
    if sort == "sqlite":
        yield f"sqlite:///{folder}/jiesu.db"
    else:
        with cluster("fsync=on") as url:
            yield url


def main() -> int:
    """Both databases, or one; exit code 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = []
    for sort in (asked.only,) if asked.only else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(sort, Path(folder)) as url:
            faults = kill_rounds(url, Path(folder), asked.rounds, asked.seed)
        print(f"{sort}: {asked.rounds} kills, {len(faults)} faults", *faults[:20], sep="\n  ")
        wrong += faults
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
