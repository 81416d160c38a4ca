"""Tickets in bulk, for measuring: rows of a lively city, copied straight into PostgreSQL.

One in ten is open. Half of the texts are drawn word by word, half put together from few clauses, so
that some keys of the duplicate search are crowded. Nothing here is a real complaint.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Engine

from complaints.duplicates.search import likeness_keys
from complaints.model import Kind
from complaints.rules import Rules
from complaints.storage import Storage

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_YEARS = 3  # over which the tickets were filed
_BATCH = 20_000

_CLAUSES = (
    "周六上午还在上课", "晚上九点多才放学", "一次收了一年的钱", "说好能退现在不退", "没有看到许可证",
    "老师在家里补课", "作业写到半夜", "考完试就排名", "孩子不去就被点名", "收的钱打到个人账户",
    "教室在居民楼里", "通道堆满了东西", "广告说保证提分", "打了几次电话没人接", "群里天天催交费",
    "书要统一买", "午休也要上课", "放假提前开学", "讲的是下学期的内容", "换了名字继续开班",
)  # fmt: skip
_SYLLABLES = "补课作业老师学校家长孩子收费退款培训周末晚上教室数学英语语文班级年级考试成绩排名电话小区合同发票"

_TICKET = (
    "id", "number", "intake_id", "receipt_hash", "state", "kind", "kind_confidence", "matter_code",
    "subject_party", "party_id", "place", "district", "street", "happened", "detail", "urgent",
    "lead", "routing", "filed_at", "promised_on", "overdue", "changed_at", "version", "channel",
    "anonymous", "pupil", "reporter_mark", "to_check", "dispatches", "designated", "extensions",
    "reopened", "dispatched_at", "answered_at", "closed_at",
)  # fmt: skip
_EVENT = ("seq", "ticket_id", "at", "action", "role", "actor", "state", "facts", "hash")
_DELIVERY = ("ticket_id", "bureau", "role", "changed_at", "created_at", "delivered_at")
_BAND = ("key", "ticket_id")
_LIFE = ("file", "accept", "dispatch", "sign", "answer", "close")
_STATES = ("pending", "accepted", "dispatched", "handling", "answered", "closed")


def told(rng: random.Random) -> str:
    """What a reporter might have written, of 20 to 60 characters."""
    if rng.random() < 0.5:
        return "，".join(rng.sample(_CLAUSES, 3)) + f"，一共{rng.randrange(10, 9999)}元。"
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(20, 60)))


def fill(storage: Storage, rules: Rules, first: int, upto: int) -> None:
    """Add the tickets with ids `first` to `upto` (excluded)."""
    rng = random.Random(first)
    for start in range(first, upto, _BATCH):
        ids = range(start, min(start + _BATCH, upto))
        rows = [_rows(number, rules, rng) for number in ids]
        _copy(storage.engine, "ticket", _TICKET, (ticket for ticket, *_ in rows))
        _copy(storage.engine, "event", _EVENT, (e for _, events, *_ in rows for e in events))
        _copy(storage.engine, "delivery", _DELIVERY, (d for _, _, queue, _ in rows for d in queue))
        _copy(storage.engine, "likeness_band", _BAND, (b for *_, bands in rows for b in bands))
    with storage.engine.begin() as connection:
        for table in ("ticket", "event", "delivery"):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" (SELECT max(id) FROM {table}))"
                )
            )
        connection.execute(
            text(
                "UPDATE change_clock SET event_seq = (SELECT max(seq) FROM event),"
                " last = greatest(last, (SELECT max(changed_at) FROM ticket))"
            )
        )
    with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _rows(
    number: int, rules: Rules, rng: random.Random
) -> tuple[Sequence[Any], list[Any], list[Any], list[Any]]:
    """One ticket, its events, its queues, its keys."""
    city = rules.city
    steps = rng.randrange(1, 6) if rng.random() < 0.1 else len(_LIFE)
    days = 20 * rng.random() if steps < len(_LIFE) else 20 + 365 * _YEARS * rng.random()
    filed = NOW - timedelta(days=days)
    at = [filed + timedelta(hours=3 * step) for step in range(len(_LIFE))]
    party = rng.choice(list(city.parties.values())) if rng.random() < 0.7 else None
    named = party.name if party else f"{rng.choice(_SYLLABLES)}{rng.randrange(10**5)}培训"
    place = city.place_of(party) if party else rng.choice(city.streets)
    kind, words = rng.choice(list(Kind)).value, told(rng)
    lead = party.authority if party else f"{place.district}-education"
    lead = lead if lead in city.bureaus else city.hotline.id
    changed = int(at[steps - 1].timestamp() * 1_000_000) * 4 + number % 4
    ticket = (
        number, f"JS{filed:%Y%m%d}{number:08d}", f"bulk-{number}", f"{number:064x}",
        _STATES[steps - 1], kind, 0.9, "J01", named, party.id if party else None, place.name,
        place.district, place.street, "周六上午", words, False, lead,
        {"rule_id": "K0101", "table_version": "1", "reason": "", "facts": {}}, filed,
        rules.deadlines.promised_on(filed, "J01", urgent=False, district=place.district), False, changed, steps, "chat", True, False,
        f"{number % 700_000:064x}", False, 1, False, 0, 0,
        at[2] if steps > 2 else None, at[4] if steps > 4 else None, at[5] if steps > 5 else None,
    )  # fmt: skip
    events = [
        (number * 6 + step, number, at[step], _LIFE[step], "system", "bulk", _STATES[step], {}, "0")
        for step in range(steps)
    ]
    queue = [(number, lead, "lead", changed, filed, filed)]
    beside = f"{place.district}-market-supervision"
    if number % 3 == 0 and beside != lead:
        queue.append((number, beside, "co_handler", changed, filed, filed))
    about = kind, party.id if party else None, named, words, place.district
    keys = sorted(set(likeness_keys(*about)))
    return ticket, events, queue, [(key, number) for key in keys]


def _copy(engine: Engine, table: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(_plain(row) for row in rows)
    file.seek(0)
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute("SET statement_timeout = 0")
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN CSV", file)
        connection.commit()
    finally:
        connection.close()


def _plain(row: Iterable[Any]) -> Iterator[Any]:
    for value in row:
        if isinstance(value, dict):
            yield json.dumps(value)
        elif isinstance(value, datetime):
            yield value.isoformat()
        else:
            yield value
