"""Rasa's conversations are not kept for ever: it never deletes them itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

# Only the oldest rows are looked at, so that a round is short however large the table is.
_ERASE = text(
    "DELETE FROM events WHERE timestamp < :before"
    " AND id IN (SELECT id FROM events ORDER BY id LIMIT 2000)"
)


def forget_conversations(tracker: Path, before: datetime) -> int:
    """Erase up to 2,000 events older than `before` from Rasa's tracker store (SQLite).

    Returns how many; 0 when Rasa has not made the table yet.
    """
    if not tracker.exists():
        return 0
    engine = create_engine(f"sqlite:///{tracker}")
    try:
        if not inspect(engine).has_table("events"):
            return 0
        with engine.begin() as connection:
            return int(connection.execute(_ERASE, {"before": before.timestamp()}).rowcount)
    finally:
        engine.dispose()
