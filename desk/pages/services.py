"""What the handlers of the pages work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import web

from complaints.danger import DangerGroup
from complaints.offices.access import Login
from complaints.rules import Rules
from complaints.storage import Storage
from desk.pages.hashing import Hashing
from desk.pages.login_tries import LoginTries
from policy.suspicion import Suspect


@dataclass(frozen=True)
class Services:
    """The database, the data and the clock of one installation.

    `evidence`: the folder of the reporters' files; None where they cannot be opened. `address_of`:
    the name under which tries from where a request comes are counted.
    """

    storage: Storage
    rules: Rules
    now: Callable[[], datetime]
    suspect: Suspect
    secure_cookies: bool
    address_of: Callable[[web.Request], str]
    danger: tuple[DangerGroup, ...] = ()
    evidence: Path | None = None
    tries: LoginTries = field(default_factory=LoginTries)
    hashing: Hashing = field(default_factory=Hashing)


SERVICES = web.AppKey("services", Services)
CLERK = web.RequestKey("clerk", Login)
FORM = web.RequestKey("form", Mapping[str, str])
