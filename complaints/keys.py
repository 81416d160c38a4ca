"""The secrets of one installation, and how a text is sealed under them.

A sealed text is AES-GCM, bound to a purpose (the row it belongs to), and says under which key of
the ring it lies, so that keys can be changed while the rows are re-sealed one by one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_MARK = b"JS1"  # before the number of the key; what lacks it was sealed under key 1
_NONCE = 12


@dataclass(frozen=True)
class KeyRing:
    """Keys of 32 bytes by number (1 to 255); the highest number seals."""

    keys: Mapping[int, bytes] = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != 32 for key in self.keys.values()):
            raise ValueError("a key ring needs at least one key of 32 bytes")
        if not all(1 <= number <= 255 for number in self.keys):
            raise ValueError("keys are numbered from 1 to 255")

    @property
    def current(self) -> int:
        """The number of the key that seals."""
        return max(self.keys)

    def seal(self, content: str | bytes, purpose: str) -> bytes:
        """Encrypt under the current key; it opens only for the same `purpose`."""
        plain = content.encode() if isinstance(content, str) else content
        nonce, number = secrets.token_bytes(_NONCE), self.current
        box = AESGCM(self.keys[number]).encrypt(nonce, plain, purpose.encode())
        return seal_mark(number) + nonce + box

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """What `seal` hid. Raises cryptography's InvalidTag when key or purpose is wrong."""
        number = sealed_under(sealed)
        if number not in self.keys:
            raise InvalidTag(f"there is no key {number}")
        box = sealed[len(_MARK) + 1 :] if sealed.startswith(_MARK) else sealed
        return AESGCM(self.keys[number]).decrypt(box[:_NONCE], box[_NONCE:], purpose.encode())

    def unseal_text(self, sealed: bytes, purpose: str) -> str:
        """Like `unseal`, for what was sealed as text."""
        return self.unseal(sealed, purpose).decode()


def seal_mark(number: int) -> bytes:
    """What everything begins with that is sealed under the key of this number."""
    return _MARK + bytes([number])


def sealed_under(sealed: bytes) -> int:
    """The number of the key that something was sealed under."""
    return sealed[len(_MARK)] if sealed.startswith(_MARK) else 1


@dataclass(frozen=True)
class Keys:
    """All secrets that the domain works with, 32 bytes each.

    `field` seals personal data; `blind` makes equal telephones recognisable; `audit` chains the
    events; `receipt` salts the receipts; `proof` signs proofs of filing.
    """

    field: KeyRing
    blind: bytes = dataclasses.field(repr=False)
    audit: bytes = dataclasses.field(repr=False)
    receipt: bytes = dataclasses.field(repr=False)
    proof: bytes = dataclasses.field(repr=False)

    def blind_index(self, kind: str, value: str) -> str:
        """A keyed hash of a value: equal values have equal ones, and nothing leads back."""
        return hmac.new(self.blind, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def load_keys(secret: Callable[[str], bytes], field_keys: Mapping[int, bytes]) -> Keys:
    """The keys of an installation; `secret` gives the bytes called by a name."""
    return Keys(
        field=KeyRing(field_keys),
        blind=secret("blind"),
        audit=secret("audit"),
        receipt=secret("receipt"),
        proof=secret("proof"),
    )
