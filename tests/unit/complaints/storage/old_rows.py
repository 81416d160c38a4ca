"""What a program of before the chain of events left behind: six tickets, from filed to closed."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FIELD_KEY = b"k" * 32  # key 1 of tests.keys.KEYS
PHONE, REF, UNFILED_REF = "00000000042", "c0ffee" * 4, "decade" * 4
START = datetime(2026, 9, 28, 1, 30, 15, 250, tzinfo=UTC)
DAY = timedelta(days=1)

_TIME = sa.DateTime(timezone=True)
_BY_NAME = {"at": _TIME, "facts": sa.JSON(), "routing": sa.JSON(), "body": sa.JSON()}


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds = {c: _BY_NAME.get(c, _TIME if c.endswith("_at") else None) for c in columns}
    kinds["changed_at"] = None
    return sa.table(name, *(sa.column(c, kinds[c]) for c in columns))


def _sealed(value: str, ref: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(FIELD_KEY).encrypt(nonce, value.encode(), ref.encode())


def _ticket(number: int, state: str, kind: str = "school_fees", **more: Any) -> dict[str, Any]:
    routing = {"rule_id": "R1", "table_version": "1", "reason": "", "facts": {
        "kind": "school_fees", "reported_bureau": None}}  # fmt: skip
    return {
        "id": number * 3, "number": f"JS20260928{number:08d}", "intake_id": f"intake-{number}",
        "receipt_hash": f"{number:064x}", "state": state, "kind": kind, "kind_confidence": 0.5,
        "matter_code": "J12", "subject_party": "青桐路小学", "party_id": None, "place": None,
        "district": None, "street": None, "happened": None, "detail": f"第{number}件：收费没有公示",
        "subject": None, "grade": None, "urgent": False, "lead": "zhenxi-education",
        "routing": routing, "filed_at": START + number * DAY, "promised_on": date(2026, 10, 26),
        "overdue": False, "changed_at": 1_790_000_000_000_000 + number, "version": 3, **more,
    }  # fmt: skip


def _event(ticket: int, day: float, action: str, state: str, **more: Any) -> dict[str, Any]:
    role = {"file": "reporter", "supplement": "reporter", "withdraw": "reporter"}.get(
        action, "lead"
    )
    return {
        "ticket_id": ticket * 3, "at": START + (ticket + day) * DAY, "action": action, "role": role,
        "actor": "zhenxi-education", "state": state, "text": None, "facts": {}, **more,
    }  # fmt: skip


_EVENTS = [
    _event(1, 0, "file", "pending", facts={"rule": "R1", "amount": "三千元"}),
    _event(2, 0, "file", "dispatched"),
    _event(3, 0, "file", "dispatched"),
    _event(2, 1, "sign", "handling"),
    _event(3, 1, "return", "return_pending", text="不归我们管"),
    _event(3, 2, "reclassify", "return_pending", facts={"from": "school_fees", "to": "staff_matters"}),
    _event(3, 3, "dispatch", "dispatched", facts={"from": "hotline", "to": "chengnan-education"}),
    _event(2, 5, "answer", "answered", text="已经退费"),
    _event(3, 6, "sign", "handling"),
    _event(2, 9, "close", "closed", role="hotline", actor="clerk"),
    _event(4, 0, "file", "dispatched"),
    _event(4, 1, "withdraw", "withdrawn"),
    _event(5, 0, "file", "pending"),
    _event(5, 1, "supplement", "pending", text="还有一张收据🙂"),
    _event(5, 30, "overdue", "pending", role="system", actor="worker"),
    _event(6, 0, "file", "dispatched"),
]  # fmt: skip

_TICKETS = [
    _ticket(1, "pending", lead="hotline"),
    _ticket(2, "closed"),
    _ticket(3, "handling", "staff_matters", lead="chengnan-education"),
    _ticket(4, "withdrawn"),
    _ticket(5, "pending", lead="hotline", overdue=True),
    _ticket(6, "dispatched"),
]

_DELIVERIES = [
    {
        "id": number, "ticket_id": ticket * 3, "bureau": bureau, "role": "lead",
        "created_at": START, "delivered_at": None, "ended_at": START + DAY if ended else None,
    }
    for number, (ticket, bureau, ended) in enumerate(
        [
            (1, "hotline", False), (2, "zhenxi-education", False), (3, "zhenxi-education", True),
            (3, "chengnan-education", False), (6, "zhenxi-education", False),
        ],
        start=1,
    )
]  # fmt: skip

_CONTACTS = [
    {"ref": REF, "kind": "phone", "sealed": _sealed(PHONE, REF), "created_at": START,
     "ticket_id": 6},
    {"ref": UNFILED_REF, "kind": "phone", "sealed": _sealed(PHONE, UNFILED_REF),
     "created_at": START, "ticket_id": None},
]  # fmt: skip

_ANSWERS = [
    {"bureau": "zhenxi-education", "key": key, "request_hash": "0" * 64, "status": status,
     "body": body, "created_at": START}
    for key, status, body in (
        ("a", 200, {"detail": "第2件：收费没有公示"}), ("b", 409, {"error": {"code": "wrong_state"}})
    )
]  # fmt: skip

OLD_ROWS: tuple[tuple[sa.TableClause, list[dict[str, Any]]], ...] = (
    (_table("ticket", *_TICKETS[0]), _TICKETS),
    # With holes between the ids, as transactions that were rolled back leave them.
    (_table("event", "id", *_EVENTS[0]), [{"id": n * 2 + 7, **e} for n, e in enumerate(_EVENTS)]),
    (_table("delivery", *_DELIVERIES[0]), _DELIVERIES),
    (_table("contact", *_CONTACTS[0]), _CONTACTS),
    (_table("idempotent_answer", *_ANSWERS[0]), _ANSWERS),
)
