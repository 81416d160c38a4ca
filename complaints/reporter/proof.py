"""Proof of filing (登记凭证): what was filed when, signed, without a word of the content.

It stands alone: whoever holds the file and the public key can check it, also after the ticket's
words were erased. It names no party, no reporter, no receipt. Features R20, §6 item 8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.keys import Keys
from complaints.lifecycle.table import NotAllowed
from complaints.protection.personal_fields import FieldKind, fields_of
from complaints.storage.tables import EvidenceFile, Ticket

VERSION = 1
LARGEST_PROOF = 16 * 1024  # characters of a proof file
_PURPOSE = b"jiesu proof of filing\n"
_HOW = (
    "text_sha256 是登记时您确认的“情况”原文的 SHA-256：去掉首尾空白，按 Unicode NFC 和 UTF-8 编码，"
    "登记前补充的每段话另起一行，前面有“补充：”；"
    "files 是您上传的每个文件原样的 SHA-256 和上传的时间，晚于登记时间的是后来补的。"
)


@dataclass(frozen=True)
class ProvenFile:
    """A file as it was sent: its lower-case hex hash and when it came (aware, whole seconds)."""

    sha256: str
    sent_at: datetime


@dataclass(frozen=True)
class Proof:
    """What is signed. `filed_at` is an aware time; hashes are lower-case hex."""

    issuer: str
    number: str
    filed_at: datetime
    text_sha256: str
    files: tuple[ProvenFile, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a proof is genuine; `proof` is what it says, None when it is not."""

    proof: Proof | None

    @property
    def valid(self) -> bool:
        """Whether this installation signed it and nothing was changed since."""
        return self.proof is not None


def make_proof(session: Session, ticket: Ticket, issuer: str) -> Proof:
    """The proof for a ticket. `issuer` is who runs the hotline, such as the city's name.

    Raises NotAllowed with `erased` when the words are gone by schedule.
    """
    if ticket.erased_at is not None:
        raise NotAllowed("erased", "这件举报的内容已按保存期限清除，不能再出凭证。")
    files = session.execute(
        select(EvidenceFile.sha256, EvidenceFile.created_at)
        .where(EvidenceFile.ticket_id == ticket.id)
        .order_by(EvidenceFile.created_at, EvidenceFile.ref)
    )
    return Proof(
        issuer=issuer,
        number=ticket.number,
        filed_at=_whole_second(ticket.filed_at),
        text_sha256=hash_text(_told(session, ticket)),
        files=tuple(ProvenFile(sha256, _whole_second(at)) for sha256, at in files),
    )


def hash_text(text: str) -> str:
    """The SHA-256 of a text without the blanks around it, in NFC and UTF-8."""
    return hashlib.sha256(unicodedata.normalize("NFC", text.strip()).encode()).hexdigest()


def sign(proof: Proof, keys: Keys) -> str:
    """The proof as the JSON file that the reporter keeps."""
    content = _content(proof)
    signature = Ed25519PrivateKey.from_private_bytes(keys.proof).sign(_signed_bytes(content))
    signed = {**content, "signature": base64.b64encode(signature).decode()}
    return json.dumps(signed, ensure_ascii=False, indent=2) + "\n"


def public_key(keys: Keys) -> bytes:
    """The 32 bytes with which anybody can check this installation's proofs."""
    return Ed25519PrivateKey.from_private_bytes(keys.proof).public_key().public_bytes_raw()


def verify(proof_json: str, key: bytes) -> Verdict:
    """Check a proof file against a public key of 32 bytes. Never raises for what a file holds."""
    try:
        if len(proof_json) > LARGEST_PROOF:
            return Verdict(None)
        given = json.loads(proof_json)
        signature = base64.b64decode(given.pop("signature"), validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed_bytes(given))
        return Verdict(_read(given))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return Verdict(None)
    except InvalidSignature:
        return Verdict(None)


def _told(session: Session, ticket: Ticket) -> str:
    """What the reporter confirmed: sealed at filing where masking changed it, else the ticket's."""
    told = [
        field.value
        for field in fields_of(session, ticket.id)
        if field.kind == FieldKind.TOLD and field.kept_at == ticket.filed_at
    ]
    return told[0] if told else ticket.detail


def _content(proof: Proof) -> dict[str, Any]:
    return {
        "type": "接诉登记凭证",
        "version": VERSION,
        "issuer": proof.issuer,
        "number": proof.number,
        "filed_at": _written(proof.filed_at),
        "text_sha256": proof.text_sha256,
        "files": [
            {"sha256": file.sha256, "sent_at": _written(file.sent_at)} for file in proof.files
        ],
        "how": _HOW,
    }


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _signed_bytes(content: dict[str, Any]) -> bytes:
    """What is signed: all fields but the signature, as JSON with sorted keys and no blanks."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _PURPOSE + plain.encode()


def _read(content: dict[str, Any]) -> Proof:
    """The proof in a genuine file. Raises ValueError for a version that is not known here."""
    if content["version"] != VERSION:
        raise ValueError("this proof is of another version")
    return Proof(
        issuer=content["issuer"],
        number=content["number"],
        filed_at=datetime.fromisoformat(content["filed_at"]),
        text_sha256=content["text_sha256"],
        files=tuple(
            ProvenFile(file["sha256"], datetime.fromisoformat(file["sent_at"]))
            for file in content["files"]
        ),
    )
