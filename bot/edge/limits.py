"""How much a sender or an address may ask for in a time. In memory: a restart forgives."""

from __future__ import annotations

import ipaddress
import time
from collections import deque
from collections.abc import Callable, Sequence

_WINDOW = 60.0  # seconds
_MANY = 10_000  # names; from so many on, those that have gone quiet are forgotten


class RateLimit:
    """A sliding window of 60 seconds per name."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._per_minute = per_minute
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._tidied = clock()

    def allows(self, name: str) -> bool:
        """Count one request of `name`; False when it is one too many."""
        now = self._clock()
        # At most once in a window, so that many names at once do not make each request slow.
        if len(self._seen) > _MANY and now - self._tidied >= _WINDOW:
            self._tidied = now
            self._seen = {n: t for n, t in self._seen.items() if t and t[-1] > now - _WINDOW}
        times = self._seen.setdefault(name, deque())
        while times and times[0] <= now - _WINDOW:
            times.popleft()
        if len(times) >= self._per_minute:
            return False
        times.append(now)
        return True


class ByteBudget:
    """So many bytes per name, counted from its first one on, for so many seconds."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` counts seconds."""
        self._most, self._seconds, self._clock = most, seconds, clock
        self._used: dict[str, tuple[float, int]] = {}  # since when, how many bytes
        self._tidied = clock()

    def has_room(self, name: str, size: int) -> bool:
        """Count `size` bytes of `name`; False, and not counted, when they are too many."""
        now = self._clock()
        if len(self._used) > _MANY and now - self._tidied >= _WINDOW:
            self._tidied = now
            self._used = {n: u for n, u in self._used.items() if now - u[0] < self._seconds}
        since, used = self._used.get(name, (now, 0))
        if now - since >= self._seconds:
            since, used = now, 0
        if used + size > self._most:
            return False
        self._used[name] = since, used + size
        return True


def client_address(remote: str | None, forwarded: Sequence[str], trust_proxy: bool) -> str:
    """The name under which an address is counted.

    `remote` is the other end of the connection, `forwarded` the X-Forwarded-For headers. Behind a
    trusted proxy the last entry counts: the proxy wrote it, all before came from the client. An
    IPv6 network of 64 bits is one name: whoever has one address there has them all.
    """
    last = ",".join(forwarded).rpartition(",")[2].strip()
    for candidate in (last if trust_proxy else "", remote or ""):
        try:
            address = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return "unknown"
