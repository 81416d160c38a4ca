"""What a ticket says, as its events note it: by keyed hashes where it holds words.

Whoever changes such a column past the program is found out; who corrects it by a step notes it in
the event of that step under the same name, and the last one counts (`audit.history`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from complaints.audit.chain import hash_text
from complaints.storage.tables import Ticket

WORDS = ("subject_party", "place", "happened", "subject", "grade")
"""What was told besides the matter itself; erased on schedule."""
PLAIN = {
    "party_id": "party_id",
    "district": "district",
    "street": "street",
    "matter": "matter_code",
    "urgent": "urgent",
}
"""Fact → column, where the column is no secret and stays for the statistics."""
FOR_GOOD = ("number", "intake_id", "channel", "anonymous", "pupil", "split_from")
"""What no step ever changes."""
COLUMNS = (*FOR_GOOD, *WORDS, *PLAIN.values(), "detail", "receipt_hash")


def filed_facts(ticket: Ticket | Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """What the first event of a ticket notes of it; its columns are filled in already."""
    said = _columns(ticket)
    return told_facts(said, key) | {
        "matter": said["matter_code"],
        "urgent": said["urgent"],
        "detail_hash": hash_text(said["detail"], key),
        "filed_hash": hash_row(said, FOR_GOOD, key),
    } | receipt_facts(said["receipt_hash"], key)  # fmt: skip


def told_facts(ticket: Ticket | Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """On whom and where: what a step notes that corrects party, place or time."""
    said = _columns(ticket)
    places = {name: said[name] for name in ("party_id", "district", "street")}
    return {"words_hash": hash_row(said, WORDS, key)} | places


def receipt_facts(receipt_hash: str | None, key: bytes) -> dict[str, Any]:
    """Which receipt opens a ticket; None: none does, as for a part that was split off."""
    return {"receipt_hash": hash_text(receipt_hash, key) if receipt_hash else None}


def hash_row(said: Mapping[str, Any], names: tuple[str, ...], key: bytes) -> str:
    """The keyed hash of some columns. Raises TypeError and ValueError for what no column holds."""
    plain = json.dumps([said[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, b"row:" + plain.encode(), hashlib.sha256).hexdigest()


def _columns(ticket: Ticket | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(ticket, Ticket):
        return ticket
    return {name: getattr(ticket, name) for name in COLUMNS}
