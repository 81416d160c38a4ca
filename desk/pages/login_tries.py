"""Wrong passwords are counted per login, whether the account exists or not.

Kept in the memory of one process: a restart forgets them, an attacker cannot cause one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_FREE_TRIES = 5
_WINDOW = timedelta(minutes=15)


class LoginTries:
    """The tries of the last 15 minutes that have not (yet) succeeded."""

    def __init__(self) -> None:
        self._tries: dict[str, list[datetime]] = {}

    def begin(self, login: str, now: datetime) -> bool:
        """Count a try before it is looked at; False when there were five already.

        Counted first, so that many tries at once get no more than one after the other.
        """
        self._forget(now)
        tries = self._tries.setdefault(login, [])
        if len(tries) >= _FREE_TRIES:
            return False
        tries.append(now)
        return True

    def succeeded(self, login: str) -> None:
        """The right password clears the count."""
        self._tries.pop(login, None)

    def _forget(self, now: datetime) -> None:
        recent = {
            login: [moment for moment in tries if now - moment < _WINDOW]
            for login, tries in self._tries.items()
        }
        self._tries = {login: tries for login, tries in recent.items() if tries}
