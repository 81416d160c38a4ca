"""How a component keeps its part of a model: JSON, npz without pickle, and a seal over all files.

The seal finds a file that was damaged, swapped or written by something else. It is no signature:
who can write the model can also seal it, so only models of one's own making may be loaded.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.shared.exceptions import RasaException

_SEAL = "seal.json"
_FORMAT = "jiesu-nlu-1"


class ModelFileError(RasaException):
    """A part of the model is missing, damaged, or was not written by this component."""


def digest(*parts: Path | bytes | str) -> str:
    """One SHA-256 over files and values, for `fingerprint_addon` and seals."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif isinstance(part, str):
            part = part.encode()
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write `value` as UTF-8 JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read what `write_json` wrote; raises ModelFileError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(f"{path.name}: not readable as JSON ({error})") from error


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write named numeric arrays to a .npz file; the model's archive compresses it."""
    np.savez(path, **arrays)


def read_arrays(path: Path, *names: str) -> list[np.ndarray]:
    """Read arrays from a .npz file, never unpickling; raises ModelFileError."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return [archive[name] for name in names]
    except Exception as error:  # zipfile, zlib, struct and numpy all have errors of their own
        raise ModelFileError(f"{path.name}: not readable as arrays ({error})") from error


def seal(directory: Path, component: str) -> None:
    """Record what `component` wrote into `directory`; call after the last file."""
    write_json(
        directory / _SEAL,
        {"format": _FORMAT, "component": component, "files": _digests(directory)},
    )


def check_seal(directory: Path, component: str) -> None:
    """Raise ModelFileError unless `directory` is exactly what `component` sealed."""
    stated = read_json(directory / _SEAL)
    if not isinstance(stated, dict) or stated.get("format") != _FORMAT:
        raise ModelFileError(f"{component}: the model is of another format; train it again")
    if stated.get("component") != component:
        raise ModelFileError(f"{component}: these files belong to {stated.get('component')}")
    found, expected = _digests(directory), stated.get("files")
    if found != expected:
        expected = expected if isinstance(expected, dict) else {}
        names = sorted({n for n in {*found, *expected} if found.get(n) != expected.get(n)})
        raise ModelFileError(f"{component}: damaged or foreign files in the model: {names}")


def _digests(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): digest(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != _SEAL
    }
