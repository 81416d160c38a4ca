"""Passwords are looked at few at a time: each look takes a fifth of a second and 64 MB (argon2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_AT_ONCE = 2
_WAITING = 30  # more than that are sent away, not kept


class Busy(Exception):
    """Too many wait already."""


class Hashing:
    """Turns at looking at passwords, so that logins leave threads and processors to the others."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._here = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, which lasts as long as the block. Raises Busy."""
        if self._here >= _AT_ONCE + _WAITING:
            raise Busy
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1
