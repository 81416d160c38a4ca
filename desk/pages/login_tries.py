"""How often one may try to log in, counted before the password is looked at.

Three counts, so that nobody guesses, nobody keeps the server busy, and no stranger locks a known
clerk out: wrong tries of one login from one address, wrong tries of one login from anywhere, and
all tries of one address. Kept in the memory of one process: a restart forgets them, an attacker
cannot cause one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from datetime import datetime, timedelta

_MANY = 10_000  # names; from so many on, those that have gone quiet are forgotten
_TIDIED_EVERY = timedelta(minutes=1)


class LoginTries:
    """The tries of the last minutes that have not (yet) succeeded. Unknown logins count the same."""

    def __init__(self) -> None:
        self._of_address = _Count(most=20, within=timedelta(minutes=1))
        self._of_pair = _Count(most=5, within=timedelta(minutes=15))
        self._of_login = _Count(most=50, within=timedelta(minutes=15))

    def begin(self, login: str, address: str, now: datetime) -> int:
        """Count a try before it is looked at; 0 when it may be, else how many minutes to wait.

        Counted first, so that many tries at once get no more than one after the other. One that
        must wait is not counted: it cannot fill the count of a login for its clerk.
        """
        counts = (
            (self._of_address, address),
            (self._of_pair, (login, address)),
            (self._of_login, login),
        )
        for count, name in counts:
            if not count.has_room(name, now):
                return count.minutes
        for count, name in counts:
            count.add(name, now)
        return 0

    def succeeded(self, login: str, address: str) -> None:
        """The right password clears the count of wrong ones from there."""
        self._of_pair.forget((login, address))


class _Count:
    """How often each name came up within a time."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._seen: dict[Hashable, deque[datetime]] = {}
        self._tidied: datetime | None = None

    @property
    def minutes(self) -> int:
        """How long somebody waits who has no room, at most."""
        return int(self._within.total_seconds()) // 60

    def has_room(self, name: Hashable, now: datetime) -> bool:
        """Whether `name` may come up once more."""
        times = self._seen.get(name, deque())
        while times and now - times[0] >= self._within:
            times.popleft()
        return len(times) < self._most

    def add(self, name: Hashable, now: datetime) -> None:
        """It came up."""
        self._tidy(now)
        self._seen.setdefault(name, deque()).append(now)

    def forget(self, name: Hashable) -> None:
        """As if it had never come up."""
        self._seen.pop(name, None)

    def _tidy(self, now: datetime) -> None:
        """Drop the quiet names; once a minute at most, so that a crowd does not make each try slow."""
        if len(self._seen) <= _MANY or (self._tidied and now - self._tidied < _TIDIED_EVERY):
            return
        self._tidied = now
        self._seen = {n: t for n, t in self._seen.items() if t and now - t[-1] < self._within}
