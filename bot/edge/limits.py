"""How many messages one sender may send in a minute. In memory: a restart forgives."""

from __future__ import annotations

import time
from collections import deque


class RateLimit:
    """A sliding window of 60 seconds per name."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._seen: dict[str, deque[float]] = {}

    def allows(self, name: str) -> bool:
        """Count one request of `name`; False when it is one too many."""
        now = time.monotonic()
        if len(self._seen) > 10_000:
            self._forget(now)
        times = self._seen.setdefault(name, deque())
        while times and times[0] < now - 60:
            times.popleft()
        if len(times) >= self._per_minute:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        self._seen = {n: t for n, t in self._seen.items() if t and t[-1] >= now - 60}
