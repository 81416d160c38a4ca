"""What of a ticket is not as its events say."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from complaints.audit.chain import hash_text
from complaints.audit.faults import FaultKind
from complaints.audit.filed import FOR_GOOD, WORDS, hash_row
from complaints.audit.history import OUTCOME, History
from complaints.audit.merged import leads_to
from complaints.protection.retention import CLEARED

Columns = Mapping[str, Any]
_Check = Callable[[Columns, History, bytes], bool]


def differences(
    session: Session, ticket: Columns, history: History, key: bytes
) -> Iterator[FaultKind]:
    """The kinds of what does not fit, each once."""
    for kind, fits in _CHECKS.items():
        if not fits(ticket, history, key):
            yield kind
    said = history.says.get("merged_into", ticket["merged_into"])
    if not _is_case(session, ticket["merged_into"], said):
        yield FaultKind.CASE


def _as_said(*columns: str) -> _Check:
    def fits(ticket: Columns, history: History, key: bytes) -> bool:
        return all(ticket[name] == history.says.get(name, ticket[name]) for name in columns)

    return fits


def _is_detail(ticket: Columns, history: History, key: bytes) -> bool:
    if history.detail_cleared:
        return bool(ticket["detail"] == CLEARED)
    noted = history.says.get("detail_hash")
    return noted is None or _is_text(ticket["detail"], noted, key)


def _is_receipt(ticket: Columns, history: History, key: bytes) -> bool:
    if "receipt_hash" not in history.says:
        return True
    noted = history.says["receipt_hash"]
    if ticket["receipt_hash"] is None or noted is None:
        return ticket["receipt_hash"] is noted
    return _is_text(ticket["receipt_hash"], noted, key)


def _is_told(ticket: Columns, history: History, key: bytes) -> bool:
    places = _as_said("party_id", "district", "street")
    return places(ticket, history, key) and _are_words(ticket, history, key)


def _are_words(ticket: Columns, history: History, key: bytes) -> bool:
    if history.words_cleared:
        return all(ticket[name] is None for name in WORDS)
    return _are_hashed(ticket, WORDS, history.says.get("words_hash"), key)


def _are_hashed(ticket: Columns, names: tuple[str, ...], noted: object, key: bytes) -> bool:
    try:
        return noted is None or _same(hash_row(ticket, names, key), noted)
    except (TypeError, ValueError):
        return False


def _is_text(text: object, noted: object, key: bytes) -> bool:
    try:
        return _same(hash_text(str(text), key), noted)
    except ValueError:
        return False


def _same(computed: str, noted: object) -> bool:
    return hmac.compare_digest(computed.encode(), str(noted).encode(errors="replace"))


def _is_case(session: Session, merged_into: object, said: object) -> bool:
    """`said`: a number, or the column itself where no event says anything."""
    if merged_into is None or said is None:
        return merged_into is said
    return said == merged_into or leads_to(session, said, merged_into)


_CHECKS: Mapping[FaultKind, _Check] = {
    FaultKind.STATE: lambda ticket, history, key: ticket["state"] == history.state,
    FaultKind.TICKET_KIND: lambda ticket, history, key: history.kind in (None, ticket["kind"]),
    FaultKind.FILED_AT: lambda ticket, history, key: history.filed_at in (None, ticket["filed_at"]),
    FaultKind.DETAIL: _is_detail,
    FaultKind.FILED: lambda ticket, history, key: _are_hashed(
        ticket, FOR_GOOD, history.says.get("filed_hash"), key
    ),
    FaultKind.TOLD: _is_told,
    FaultKind.MATTER: _as_said("matter_code", "urgent"),
    FaultKind.RECEIPT: _is_receipt,
    FaultKind.OUTCOME: _as_said(*OUTCOME),
}
