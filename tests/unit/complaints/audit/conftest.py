"""A short history under the chain, and a hand that reaches past the program into the tables."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from complaints.audit.chain import record
from complaints.audit.check import Report, check_storage
from complaints.audit.filed import filed_facts
from complaints.storage import Storage
from complaints.storage.tables import Ticket
from tests.keys import KEYS

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

# ticket, action, state after it, text, facts; a row is one event, so its place is its `seq`
HISTORY = (
    ("T1", "file", "pending", None, {"amount": "三千元", "rule": "R1"}),
    ("T1", "dispatch", "dispatched", None, {"to": "zhenxi-education"}),
    ("T2", "file", "dispatched", None, {}),
    ("T1", "sign", "handling", None, {}),
    (None, "interest", "", None, {"who": "staff:clerk", "party": "P7"}),
    ("T2", "supplement", "dispatched", "还有一张收据🙂", {}),
    ("T2", "reclassify", "dispatched", None, {"from": "school_fees", "to": "staff_matters"}),
    ("T1", "answer", "answered", "已经退费", {"finding": "substantiated"}),
    ("T3", "file", "pending", None, {}),
    ("T3", "reject", "rejected", "不归教育部门管", {"reason": "other_door"}),
)


@pytest.fixture
def chained(storage: Storage) -> Storage:
    """Three tickets and ten events."""
    with storage.write() as session:
        tickets: dict[str, Ticket] = {}
        for hours, (number, action, state, words, facts) in enumerate(HISTORY):
            now = START + hours * HOUR
            if action == "file" and number:
                tickets[number] = new_ticket(number, now)
                session.add(tickets[number])
                session.flush()
                facts = facts | filed_facts(tickets[number], KEYS.audit) | {"kind": "school_fees"}
            ticket = tickets.get(number or "")
            if ticket:
                ticket.state = state
            if ticket and action == "reclassify":
                ticket.kind = "staff_matters"
            if ticket and action == "answer":
                ticket.finding, ticket.answered_at = "substantiated", now
            if ticket and action == "reject":
                ticket.closed_at = now
            record(
                session, ticket, action=action, role="hotline", actor="clerk", at=now,
                text=words, facts=facts,
            )  # fmt: skip
    return storage


def new_ticket(number: str, now: datetime) -> Ticket:
    """A ticket as it is filed."""
    return Ticket(
        number=number, intake_id=f"intake-{number}", state="pending", kind="school_fees",
        receipt_hash=f"receipt of {number}", subject_party="青桐路小学", party_id="P7",
        kind_confidence=1.0, detail=f"{number}：收费没有公示", urgent=False, lead="hotline",
        routing={}, filed_at=now, promised_on=date(2026, 12, 14), changed_at=0,
    )  # fmt: skip


@pytest.fixture
def tamper(storage: Storage) -> Callable[..., None]:
    """Run SQL as who owns the database does, foreign keys or not."""

    def run(*statements: str, **values: object) -> None:
        with past_the_program(storage) as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    return run


@contextmanager
def past_the_program(storage: Storage):
    sqlite = storage.engine.dialect.name == "sqlite"
    with storage.engine.connect() as connection:
        connection.execute(
            text("PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica")
        )
        connection.commit()
        yield connection
        connection.commit()
        connection.invalidate()


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    """Where the ends of the chain are noted; there is none yet."""
    return tmp_path / "audit" / "heads.jsonl"


@pytest.fixture
def found(storage: Storage, witness: Path) -> Callable[[], set[tuple[str, int | None, str | None]]]:
    """What a check finds: kind, seq, number of the ticket."""

    def check() -> set[tuple[str, int | None, str | None]]:
        report: Report = check_storage(storage, witness)
        return {(fault.kind.value, fault.seq, fault.number) for fault in report.faults}

    return check
