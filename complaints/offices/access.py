"""Who may come in: bureau tokens, hotline accounts and their sessions."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from complaints.storage import Storage
from complaints.storage.tables import BureauToken, StaffAccount, StaffSession

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_hex(16))  # so that an unknown login takes as long as a known
_SESSION_LIFE = timedelta(hours=8)


@dataclass(frozen=True)
class Login:
    """A clerk's session: `token` is the cookie, `csrf` goes into each form."""

    login: str
    name: str
    token: str
    csrf: str


def issue_bureau_token(storage: Storage, bureau: str, now: datetime) -> str:
    """A new API token for a bureau; only its hash is kept, so it is shown once."""
    token = f"jb_{secrets.token_urlsafe(32)}"
    with storage.write() as session:
        session.add(BureauToken(token_hash=_digest(token), bureau=bureau, created_at=now))
    return token


def bureau_of_token(storage: Storage, token: str) -> str | None:
    """The bureau that a valid token belongs to."""
    with storage.read() as session:
        return session.scalar(
            select(BureauToken.bureau).where(
                BureauToken.token_hash == _digest(token), BureauToken.revoked_at.is_(None)
            )
        )


def add_staff(storage: Storage, login: str, name: str, password: str) -> None:
    """Make a hotline account, or give an existing one a new password (argon2)."""
    with storage.write() as session:
        session.merge(
            StaffAccount(
                login=login, name=name, password_hash=_HASHER.hash(password), disabled=False
            )
        )


def log_in(storage: Storage, login: str, password: str, now: datetime) -> Login | None:
    """Open a session for a clerk; None when login or password is wrong."""
    if not login.isprintable():
        return None  # PostgreSQL would refuse to look for it
    with storage.read() as session:
        account = session.get(StaffAccount, login)
    try:
        _HASHER.verify(account.password_hash if account else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    if account is None or account.disabled:
        return None
    opened = Login(
        account.login, account.name, secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    )
    with storage.write() as session:
        session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
        session.add(
            StaffSession(
                token_hash=_digest(opened.token),
                login=login,
                csrf=opened.csrf,
                expires_at=now + _SESSION_LIFE,
            )
        )
    return opened


def session_of(storage: Storage, token: str, now: datetime) -> Login | None:
    """The session behind a cookie, or None when it is unknown, over, or the account disabled."""
    with storage.read() as session:
        row = session.execute(
            select(StaffSession, StaffAccount)
            .join(StaffAccount, StaffAccount.login == StaffSession.login)
            .where(
                StaffSession.token_hash == _digest(token),
                StaffSession.expires_at > now,
                StaffAccount.disabled.is_(False),
            )
        ).one_or_none()
    return Login(row[1].login, row[1].name, token, row[0].csrf) if row else None


def log_out(storage: Storage, token: str) -> None:
    """End a session; its cookie is worth nothing afterwards."""
    with storage.write() as session:
        session.execute(delete(StaffSession).where(StaffSession.token_hash == _digest(token)))


def _digest(token: str) -> str:
    """A plain hash suffices: tokens are 256 random bits, unlike receipts and passwords."""
    return hashlib.sha256(token.encode()).hexdigest()
