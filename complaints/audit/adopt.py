"""The events of a program that did not chain them yet, chained once: by the upgrade to the chain.

Nothing else may do this. A start that chained whatever has no hash would chain a forgery as well.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from complaints.audit.chain import hash_event, hash_text
from complaints.audit.filed import COLUMNS, filed_facts
from complaints.storage.tables import Event
from complaints.storage.tables.base import UtcDateTime

ADOPT = "adopt"
"""The event behind the adopted ones; `facts.events` says how many they are."""

_BATCH = 500
# The columns of the time of the upgrade, not those of today's tables.
_EVENT = sa.table(
    "event",
    *(sa.column(name) for name in ("seq", "ticket_id", "action", "role", "actor", "state")),
    *(sa.column(name) for name in ("text", "text_hash", "hash")),
    sa.column("at", UtcDateTime()),
    sa.column("facts", sa.JSON()),
)
_TRUTHS = ("urgent", "anonymous", "pupil")
_TICKET = sa.table(
    "ticket",
    *(sa.column(name, sa.Boolean() if name in _TRUTHS else None) for name in ("id", *COLUMNS)),
    sa.column("routing", sa.JSON()),
)
_CLOCK = sa.table("change_clock", sa.column("event_seq"), sa.column("event_hash"))


def chain_unchained(connection: Connection, key: bytes, now: datetime) -> int:
    """Chain all events in the order of `seq` (1, 2, …), and note that this was done. Returns how many.

    What filing notes today (hashes of what was told, the first kind) is noted in the first events as
    well: as the tickets are now, for what older events say of them was checked by nobody.
    Raises ValueError when there is a chain already.
    """
    if connection.scalar(sa.select(_CLOCK.c.event_hash)):
        raise ValueError("the events are chained already")
    done, end = 0, ""
    while events := _next_events(connection, done, key):
        changed = []
        for event in events:
            end = event.hash = hash_event(event, end, key)
            changed.append(
                {"of": event.seq, "th": event.text_hash, "fs": event.facts, "hs": event.hash}
            )
        connection.execute(_SET, changed)
        done = events[-1].seq
    if done:
        note = Event(
            seq=done + 1, at=now, action=ADOPT, role="system", actor="upgrade", state="",
            facts={"events": done},
        )  # fmt: skip
        end = note.hash = hash_event(note, end, key)
        columns = [column.name for column in _EVENT.columns]
        connection.execute(sa.insert(_EVENT).values({n: getattr(note, n) for n in columns}))
    connection.execute(sa.update(_CLOCK).values(event_seq=done + bool(done), event_hash=end))
    return done


_SET = (
    sa.update(_EVENT)
    .where(_EVENT.c.seq == sa.bindparam("of"))
    .values(text_hash=sa.bindparam("th"), facts=sa.bindparam("fs"), hash=sa.bindparam("hs"))
)


def _next_events(connection: Connection, after: int, key: bytes) -> list[Event]:
    rows = connection.execute(
        sa.select(_EVENT, _TICKET.c.routing, *(_TICKET.c[name] for name in COLUMNS))
        .join(_TICKET, _TICKET.c.id == _EVENT.c.ticket_id, isouter=True)
        .where(_EVENT.c.seq > after)
        .order_by(_EVENT.c.seq)
        .limit(_BATCH)
    )
    return [_as_event(dict(row), key) for row in rows.mappings()]


def _as_event(row: dict[str, Any], key: bytes) -> Event:
    routing, ticket = row.pop("routing"), {name: row.pop(name) for name in COLUMNS}
    if row["text"] is not None:
        row["text_hash"] = hash_text(row["text"], key)
    if row["action"] == "file" and ticket["detail"] is not None:
        first = _first_kind(routing)
        kind = {"kind": first} if first else {}
        row["facts"] = kind | row["facts"] | filed_facts(ticket, key)
    return Event(**row)


def _first_kind(routing: object) -> str | None:
    """The kind under which a ticket was filed, as its routing decision notes it."""
    facts = routing.get("facts") if isinstance(routing, dict) else None
    return facts.get("kind") if isinstance(facts, dict) else None
