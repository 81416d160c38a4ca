"""Noted ends of the chain, outside the database: one line of JSON each, only ever added.

Who has the database and the key can make a new chain without a flaw; one who put an old copy of
the database in place shows a chain without a flaw as well. Neither has in it what was noted here.
The file protects as far as it is out of their reach: copy it elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from complaints.storage import Storage
from complaints.storage.tables import ChangeClock

_LONGEST_LINE = 400


class HeadWentBack(Exception):
    """The chain is shorter than, or another than, the one that was noted: `make audit-verify`."""


@dataclass(frozen=True)
class Head:
    """The end of the chain at some time: the last event's `seq` and `hash`."""

    seq: int
    hash: str


def witness_head(storage: Storage, file: Path, now: datetime) -> bool:
    """Note the end of the chain if it moved. Returns whether it did; the folder is made.

    Workers beside each other take turns, so that the notes stay in order. Raises HeadWentBack, and
    notes nothing, when the last noted end is not behind this one.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (file.parent / f".{file.name}.lock").open("wb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _witness(storage, file, now)


def _witness(storage: Storage, file: Path, now: datetime) -> bool:
    with storage.read() as session:
        clock = session.get_one(ChangeClock, 1)
        head = Head(clock.event_seq, clock.event_hash)
    last = _last_head(file)
    if head == last or (last is None and head.seq == 0):
        return False
    if last is not None and head.seq <= last.seq:
        raise HeadWentBack(f"event {head.seq} is not behind event {last.seq}, which was noted")
    line = json.dumps({"seq": head.seq, "hash": head.hash, "at": now.isoformat()}) + "\n"
    _append(file, line.encode())
    return True


def read_heads(file: Path) -> Iterator[Head]:
    """The noted ends, the oldest first; a line that was cut off by a crash is passed over."""
    if not file.exists():
        return
    with file.open("rb") as lines:
        for line in lines:
            if head := _head(line):
                yield head


def _last_head(file: Path) -> Head | None:
    if not file.exists():
        return None
    with file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - 3 * _LONGEST_LINE))
        heads = [head for line in lines if (head := _head(line))]
    return heads[-1] if heads else None


def _head(line: bytes) -> Head | None:
    try:
        noted = json.loads(line)
        return Head(int(noted["seq"]), str(noted["hash"]))
    except (ValueError, TypeError, KeyError):
        return None


def _append(file: Path, line: bytes) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a crash cut the last line off
            line = b"\n" + line
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
