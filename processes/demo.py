"""The demo city's first accounts: one clerk and one bureau token, shown at each start.

They are random for each installation and kept in a file that its owner alone can read.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from complaints.access import add_staff, bureau_of_token, issue_bureau_token, log_in
from complaints.regions import City
from complaints.storage import Storage
from complaints.workdays import utc_now


@dataclass(frozen=True)
class DemoAccess:
    """What a newcomer needs to look around."""

    login: str
    password: str
    bureau: str
    token: str


def demo_access(storage: Storage, city: City, file: Path) -> DemoAccess:
    """The demo accounts, made when they are missing or no longer valid."""
    known = DemoAccess(**json.loads(file.read_text())) if file.exists() else None
    if known and _valid(storage, known):
        return known
    bureau = next(
        b for b in city.bureaus.values() if b.function == "education" and b.level == "district"
    )
    fresh = DemoAccess(
        login="hotline",
        password=secrets.token_urlsafe(9),
        bureau=bureau.id,
        token=issue_bureau_token(storage, bureau.id, utc_now()),
    )
    add_staff(storage, fresh.login, "热线坐席", fresh.password)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as output:
        json.dump(asdict(fresh), output)
    return fresh


def _valid(storage: Storage, known: DemoAccess) -> bool:
    return bureau_of_token(storage, known.token) == known.bureau and bool(
        log_in(storage, known.login, known.password, utc_now())
    )
