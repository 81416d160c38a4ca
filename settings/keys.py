"""Secrets of one installation: from the environment, or else from files made at first use.

A secret called `field` is `JIESU_FIELD_KEY`, or else `keys/field.key`. Secrets that are changed now
and then form a ring of numbers: the first is 1, then `JIESU_FIELD_KEY_2` or `keys/field.2.key` …
When the environment names one key of a ring, files are not looked at.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from settings.errors import SettingsError

BYTES = 32
_LARGEST = 255
_RETIRED = ".retired"


def load_secret(folder: Path, name: str) -> bytes:
    """The 32 secret bytes called `name`; a file is made when neither it nor a variable is there.

    Raises SettingsError when they are not 32 bytes.
    """
    return keys_in_environment(name).get(1) or _key_file(folder, name, 1)


def load_ring(folder: Path, name: str) -> Mapping[int, bytes]:
    """All keys called `name` by number. The mapping notices by itself when a file is added.

    So a running process seals under a new key as soon as there is one. Raises SettingsError.
    """
    return keys_in_environment(name) or _KeyFiles(folder, name)


def keys_in_environment(name: str) -> dict[int, bytes]:
    """The keys called `name` that variables hold, by number. Raises SettingsError."""
    pattern = re.compile(rf"JIESU_{name.upper()}_KEY(?:_([1-9]\d{{0,2}}))?")
    found: dict[int, bytes] = {}
    for variable, value in os.environ.items():
        written = pattern.fullmatch(variable)
        if not written:
            continue
        number = int(written[1] or 1)
        if number > _LARGEST or number in found:
            raise SettingsError(f"环境变量 {variable} 的编号重复或超过 {_LARGEST}；请改正。")
        found[number] = _decoded(variable, value)
    return found


def make_key(folder: Path, name: str, number: int) -> None:
    """Make the key file with this number, unless it is there: two at once make one.

    Raises SettingsError above 255.
    """
    if number > _LARGEST:
        raise SettingsError(f"{folder} 里的密钥 {name} 已有 {_LARGEST} 个，不能再换。")
    _key_file(folder, name, number)


def retire_keys(folder: Path, name: str, below: int) -> tuple[int, ...]:
    """Put the key files with numbers under `below` out of use. Returns their numbers.

    They are renamed, not erased: an old backup opens only with them.
    """
    retired = []
    for number, path in sorted(_files(folder, name).items()):
        if number < below:
            path.rename(path.with_name(path.name + _RETIRED))
            retired.append(number)
    return tuple(retired)


def newest_made_at(folder: Path, name: str) -> float:
    """When the newest key file was made, in seconds since 1970."""
    files = _files(folder, name)
    return files[max(files)].stat().st_mtime


class _KeyFiles(Mapping[int, bytes]):
    """The key files of a ring; the folder is looked at whenever the newest is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._keys: dict[int, bytes] = {}
        if not _files(folder, name):
            _key_file(folder, name, 1)
        self._look()

    def __getitem__(self, number: int) -> bytes:
        if number not in self._keys:
            self._look()
        return self._keys[number]

    def __iter__(self) -> Iterator[int]:
        self._look()
        return iter(tuple(self._keys))

    def __len__(self) -> int:
        return len(self._keys)

    def _look(self) -> None:
        for number, path in _files(self._folder, self._name).items():
            if number in self._keys:
                continue
            with contextlib.suppress(FileNotFoundError):  # put out of use a moment ago
                self._keys[number] = _read(path)


def _files(folder: Path, name: str) -> dict[int, Path]:
    """The key files of a ring, by number."""
    pattern = re.compile(rf"{re.escape(name)}(?:\.([1-9]\d{{0,2}}))?\.key")
    if not folder.is_dir():
        return {}
    written = {path: pattern.fullmatch(path.name) for path in folder.iterdir()}
    return {int(match[1] or 1): path for path, match in written.items() if match}


def _key_file(folder: Path, name: str, number: int) -> bytes:
    """The key in a file, made now if it is missing, readable by the owner alone.

    Two processes that start together agree: the file is created exclusively, the loser reads it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / (f"{name}.key" if number == 1 else f"{name}.{number}.key")
    if not path.exists():
        fresh = folder / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())  # rows that no key opens are lost
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        _keep_name(folder)
    return _read(path)


def _keep_name(folder: Path) -> None:
    """Let a new file's name survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != BYTES:
        raise SettingsError(
            f"{path} 应有 {BYTES} 字节，实际 {len(key)} 字节；请从备份恢复这个密钥文件。"
        )
    return key


def _decoded(variable: str, value: str) -> bytes:
    """A key as people write it: 64 hex digits or base64 (also the one for URLs)."""
    if re.fullmatch(r"[0-9A-Fa-f]{64}", value):
        return bytes.fromhex(value)
    plain = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != BYTES:
        raise SettingsError(
            f"环境变量 {variable} 应是 {BYTES} 字节的密钥，写成 base64 或 64 个十六进制数字。"
        )
    return key
