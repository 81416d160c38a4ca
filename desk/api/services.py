"""What the handlers of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from complaints.regions import City
from complaints.storage import Storage


@dataclass(frozen=True)
class Services:
    """The database, the city and the clock of one installation."""

    storage: Storage
    city: City
    now: Callable[[], datetime]


SERVICES = web.AppKey("services", Services)
BUREAU = web.RequestKey("bureau", str)
