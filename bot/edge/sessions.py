"""Chat sessions: a signed token that the client holds and the server does not keep.

The token names the sender towards Rasa and carries the secret from which receipts are derived,
so nobody but its holder can compute a receipt.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

_LIFE = timedelta(days=30)
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class ChatSession:
    """Who writes: an opaque sender name, and the secret for receipts."""

    sender: str
    secret: bytes


def open_session(key: bytes, now: datetime) -> str:
    """A token for a new sender, signed with the installation's key; it holds for 30 days."""
    claims = {
        "sub": f"web-{secrets.token_hex(16)}",
        "sec": secrets.token_hex(32),
        "iat": int(now.timestamp()),
        "exp": int((now + _LIFE).timestamp()),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read_session(token: str, key: bytes) -> ChatSession | None:
    """The session of a token, or None when it was not signed here or is over."""
    try:
        claims = jwt.decode(
            token, key, algorithms=[_ALGORITHM], options={"require": ["sub", "sec", "exp"]}
        )
        return ChatSession(str(claims["sub"]), bytes.fromhex(claims["sec"]))
    except (jwt.InvalidTokenError, ValueError):
        return None
