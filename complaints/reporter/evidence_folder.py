"""The folder of sealed evidence: one file per reference, opened only with the keys."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from complaints.keys import KeyRing, sealed_under

_REF = re.compile(r"[0-9a-f]{24}")


def new_ref() -> str:
    """A fresh reference."""
    return secrets.token_hex(12)


def put_sealed(folder: Path, ref: str, content: bytes, ring: KeyRing) -> None:
    """Write a file, sealed, so that it is there whole or not at all. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = _path(folder, ref)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(ring.seal(content, _purpose(ref)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def get_sealed(folder: Path, ref: str, ring: KeyRing) -> bytes:
    """What was put under a reference.

    Raises FileNotFoundError, or cryptography's InvalidTag when it was tampered with.
    """
    return ring.unseal(_path(folder, ref).read_bytes(), _purpose(ref))


def erase_evidence(folder: Path, refs: Iterable[str]) -> int:
    """Delete files for good. Returns how many there were."""
    gone = 0
    for ref in refs:
        try:
            _path(folder, ref).unlink()
        except FileNotFoundError:
            continue
        gone += 1
    return gone


def reseal(folder: Path, ref: str, ring: KeyRing) -> bool:
    """Seal a file under the ring's current key; False when it was so already."""
    if sealed_under(_path(folder, ref).read_bytes()) == ring.current:
        return False
    put_sealed(folder, ref, get_sealed(folder, ref, ring), ring)
    return True


def stored_before(folder: Path, moment: datetime) -> Iterator[str]:
    """References of the files written before a time; half-written ones of then are deleted."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= moment:
            continue
        if _REF.fullmatch(path.name):
            yield path.name
        else:
            path.unlink(missing_ok=True)


def _path(folder: Path, ref: str) -> Path:
    if not _REF.fullmatch(ref):
        raise ValueError("this is no reference of a file")
    return folder / ref


def _purpose(ref: str) -> str:
    return f"evidence:{ref}"
