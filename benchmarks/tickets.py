"""How the ticket database bears a million tickets, on PostgreSQL with its disk writes on.

    .venv/bin/python -m benchmarks.tickets [--sizes 10000 1000000]

Starts a cluster of its own, fills it in bulk (`many_tickets`), and measures at each size: filing
with 8 writers, the pull of a bureau's next 100, receipt look-up, duplicate search, the sweep of all
open tickets. Last line: one JSON object, times in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.many_tickets import NOW, fill, told
from complaints.duplicates.search import Candidate, find_duplicates
from complaints.filing import file_report
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.model import Kind, Report
from complaints.offices.bureau_queue import pull
from complaints.protection.receipts import check_receipt, hash_receipt
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Ticket
from tests.keys import KEYS
from tests.postgres import cluster

ROOT = Path(__file__).resolve().parents[1]
_WRITERS = 8
_SERVER = ("fsync=on", "shared_buffers=2GB", "max_wal_size=8GB", "checkpoint_timeout=30min")


def timed(call: Callable[[int], object], times: int) -> dict[str, float]:
    """Median and 99th percentile of a call in milliseconds, after a few to warm up."""
    for number in range(min(10, times)):
        call(number)
    taken = []
    for number in range(times):
        start = time.perf_counter()
        call(number)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return {"p50": round(statistics.median(taken), 2), "p99": round(taken[int(times * 0.99)], 2)}


def filing(url: str, seconds: float) -> float:
    """Filings per second of 8 processes that file at once."""
    with multiprocessing.get_context("spawn").Pool(_WRITERS) as pool:
        done = pool.starmap(_file_for, [(url, writer, seconds) for writer in range(_WRITERS)])
    return round(sum(done) / seconds, 1)


def _file_for(url: str, writer: int, seconds: float) -> int:
    rules, storage = demo_rules(), Storage(url, KEYS)
    rng, parties = random.Random(writer), list(rules.city.parties.values())
    run, filed = time.time_ns(), 0
    _file(storage, rules, rng, parties[0].name, f"{run}-{writer}-warm")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        filed += 1
        _file(storage, rules, rng, rng.choice(parties).name, f"{run}-{writer}-{filed}")
    return filed


def _file(storage: Storage, rules: Rules, rng: random.Random, party: str, intake: str) -> None:
    report = Report(
        intake_id=intake,
        kind=rng.choice(list(Kind)),
        kind_confidence=0.9,
        detail=told(rng),
        subject_party=party,
        when="周六上午",
        reporter_mark=intake[-64:],
    )
    file_report(storage, rules, report, intake[-64:], NOW)


def pulls(storage: Storage, rules: Rules, times: int, *, anywhere: bool) -> dict[str, float]:
    """A pull of 100 from the largest queues: page after page, or each time somewhere else."""
    with storage.read() as session:
        size, low, high = func.count(), func.min(Delivery.changed_at), func.max(Delivery.changed_at)
        busy = session.execute(
            select(Delivery.bureau, low, high)
            .group_by(Delivery.bureau)
            .order_by(size.desc())
            .limit(5)
        ).all()
    rng = random.Random(1)
    places = {bureau: f"{rng.randrange(low, (low + high) // 2)}-0" for bureau, low, high in busy}

    def one(number: int) -> None:
        bureau, low, high = busy[number % len(busy)]
        after = f"{rng.randrange(low, high)}-0" if anywhere else places[bureau]
        page = pull(storage, rules, bureau, None, after, 100, NOW)
        places[bureau] = page.next_after if page.has_more else f"{low - 1}-0"

    return timed(one, times)


def receipts(storage: Storage, times: int) -> dict[str, dict[str, float]]:
    """A look-up of a right and of a wrong receipt, and the deliberate hash alone."""
    receipt = f"{time.time_ns() % 10**16:016d}"
    with storage.write() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()
        ticket.receipt_hash = hash_receipt(receipt, KEYS.receipt)

    def right(number: int) -> None:
        assert check_receipt(storage, receipt, KEYS.receipt, "reader", NOW).number

    def wrong(number: int) -> None:
        client = f"guesser-{time.time_ns()}"
        assert not check_receipt(storage, "0" * 16, KEYS.receipt, client, NOW).number

    return {
        "right": timed(right, times),
        "wrong": timed(wrong, times),
        "hash_alone": timed(lambda _: hash_receipt(receipt, KEYS.receipt), times),
    }


def duplicates(storage: Storage, rules: Rules, times: int) -> dict[str, float]:
    """A search for what was told before, of new texts and of copies of old ones."""
    rng, parties = random.Random(7), list(rules.city.parties.values())
    with storage.read() as session:
        known = session.execute(
            select(Ticket.detail, Ticket.party_id, Ticket.kind)
            .order_by(Ticket.id.desc())
            .limit(500)
        ).all()

    def one(number: int) -> None:
        copy = rng.choice(known)
        party = rng.choice(parties)
        detail, party_id, kind = (
            copy if number % 2 else (told(rng), party.id, rng.choice(list(Kind)).value)
        )
        candidate = Candidate(
            kind=kind,
            party_id=party_id,
            subject_party=None,
            district="luming",
            detail=detail,
            happened="周六上午",
            filed_at=NOW,
        )
        with storage.read() as session:
            find_duplicates(session, candidate, rules)

    return timed(one, times)


def sweep(storage: Storage, rules: Rules) -> dict[str, float]:
    """The second of two sweeps of all open tickets: the first corrects what was made in bulk."""
    first = recompute_deadlines(storage, rules, NOW + timedelta(minutes=1))
    start = time.perf_counter()
    swept = recompute_deadlines(storage, rules, NOW + timedelta(minutes=2))
    return {
        "open": swept.looked_at,
        "corrected_first": first.corrected,
        "seconds": round(time.perf_counter() - start, 2),
    }


def measure(url: str, rules: Rules, times: int) -> dict[str, object]:
    """Everything at the size that the database has now."""
    storage = Storage(url, KEYS)
    return {
        "filing_per_second": filing(url, 15),
        "pull_next_100": pulls(storage, rules, times, anywhere=False),
        "pull_anywhere": pulls(storage, rules, times, anywhere=True),
        "receipt": receipts(storage, min(times, 100)),
        "duplicates": duplicates(storage, rules, times),
        "sweep": sweep(storage, rules),
    }


def demo_rules() -> Rules:
    """The demo city."""
    return load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")


def main() -> None:
    """Fill, measure, fill up, measure again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--times", type=int, default=500, help="calls per measurement")
    asked = parser.parse_args()
    rules, found = demo_rules(), {}
    with cluster(*_SERVER) as url:
        storage = Storage(url, KEYS)
        storage.create()
        for size in asked.sizes:
            begun = time.monotonic()
            with storage.read() as session:
                last = session.scalar(select(func.max(Ticket.id))) or 0
                there = session.scalar(select(func.count()).select_from(Ticket)) or 0
            fill(storage, rules, last + 1, last + 1 + size - there)
            print(f"{size} tickets in {time.monotonic() - begun:.0f} s", flush=True)
            found[str(size)] = measure(url, rules, asked.times)
            print(json.dumps(found[str(size)], ensure_ascii=False), flush=True)
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
