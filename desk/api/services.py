"""What the handlers of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web

from complaints.rules import Rules
from complaints.storage import Storage


@dataclass(frozen=True)
class Services:
    """The database, the data and the clock of one installation.

    `evidence`: the folder of the reporters' files; None where they cannot be opened.
    """

    storage: Storage
    rules: Rules
    now: Callable[[], datetime]
    evidence: Path | None = None


SERVICES = web.AppKey("services", Services)
BUREAU = web.RequestKey("bureau", str)
