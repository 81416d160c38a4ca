"""A new installation's first clerk and first bureau token, shown at each start.

They are random for each installation and kept in a file that its owner alone can read. What is in
the database already is never changed: an operator's new password or revoked token stays.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from complaints.offices.access import (
    add_staff,
    bureau_of_token,
    issue_bureau_token,
    log_in,
    log_out,
)
from complaints.regions import City
from complaints.storage import Storage
from complaints.storage.tables import BureauToken, StaffAccount
from complaints.workdays import utc_now

LOGIN = "hotline"
CHANGED = "（已改，不再显示）"


@dataclass(frozen=True)
class DemoAccess:
    """What a newcomer needs to look around; `CHANGED` stands for what no longer holds."""

    login: str
    password: str
    bureau: str
    token: str


def demo_access(storage: Storage, city: City, file: Path) -> DemoAccess:
    """The demo accounts: made in a database that has none, else shown as far as they hold."""
    known = _read(file) or DemoAccess(LOGIN, CHANGED, _first_bureau(city), CHANGED)
    if _is_empty(storage, StaffAccount.login):
        known = replace(known, login=LOGIN, password=secrets.token_urlsafe(9))
        add_staff(storage, known.login, "热线坐席", known.password)
        _write(file, known)
    if _is_empty(storage, BureauToken.token_hash):
        bureau = _first_bureau(city)
        token = issue_bureau_token(storage, bureau, utc_now())
        known = replace(known, bureau=bureau, token=token)
        _write(file, known)
    holds = bureau_of_token(storage, known.token) == known.bureau
    return replace(
        known,
        password=known.password if _opens(storage, known) else CHANGED,
        token=known.token if holds else CHANGED,
    )


def _first_bureau(city: City) -> str:
    """The education bureau of a district: the demo reports end there."""
    return next(
        b.id for b in city.bureaus.values() if b.function == "education" and b.level == "district"
    )


def _is_empty(storage: Storage, column: InstrumentedAttribute[str]) -> bool:
    with storage.read() as session:
        return session.scalar(select(column).limit(1)) is None


def _opens(storage: Storage, known: DemoAccess) -> bool:
    opened = log_in(storage, known.login, known.password, utc_now())
    if opened:
        log_out(storage, opened.token)
    return opened is not None


def _read(file: Path) -> DemoAccess | None:
    try:
        return DemoAccess(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(file: Path, access: DemoAccess) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        json.dump(asdict(access), output, ensure_ascii=False)
