"""What the handlers of the pages work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from complaints.offices.access import Login
from complaints.regions import City
from complaints.routing.decision import RoutingTable
from complaints.storage import Storage
from desk.pages.login_tries import LoginTries
from policy.suspicion import Suspect


@dataclass(frozen=True)
class Services:
    """The database, the city's data and the clock of one installation."""

    storage: Storage
    city: City
    routing: RoutingTable
    now: Callable[[], datetime]
    suspect: Suspect
    secure_cookies: bool
    tries: LoginTries


SERVICES = web.AppKey("services", Services)
CLERK = web.RequestKey("clerk", Login)
FORM = web.RequestKey("form", Mapping[str, str])
