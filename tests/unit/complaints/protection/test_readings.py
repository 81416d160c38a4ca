"""Who looked at a ticket is kept, also when a hundred are looked at in one pull."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, insert, select

from complaints.filing import file_report
from complaints.lifecycle.states import Role
from complaints.protection.readings import note_reading, readings_of
from complaints.storage.tables import Reading, Ticket
from tests.unit.complaints.conftest import MONDAY

HOUR = timedelta(hours=1)


def tickets(storage, rules, report, count: int) -> list[int]:
    for n in range(count):
        file_report(storage, rules, replace(report, intake_id=f"i-{n}"), f"h-{n}", MONDAY)
    with storage.read() as session:
        return list(session.scalars(select(Ticket.id).order_by(Ticket.id)))


def test_who_looked_at_a_ticket_is_told_the_newest_first(storage, rules, report):
    one, other = tickets(storage, rules, report, 2)
    with storage.write() as session:
        note_reading(session, [one], Role.HOTLINE, "wang", "page", MONDAY)
        note_reading(session, [one, other], Role.LEAD, "luming-edu", "pull", MONDAY + HOUR)
        note_reading(session, [], Role.LEAD, "luming-edu", "pull", MONDAY + HOUR)
    with storage.read() as session:
        looks = readings_of(session, one)
        assert [(look.role, look.actor, look.way) for look in looks] == [
            ("lead", "luming-edu", "pull"), ("hotline", "wang", "page")]  # fmt: skip
        assert looks[0].at == MONDAY + HOUR
        assert len(readings_of(session, other)) == len(readings_of(session, one, limit=1)) == 1


def test_a_look_that_is_rolled_back_was_none(storage, rules, report):
    (one,) = tickets(storage, rules, report, 1)
    try:
        with storage.write() as session:
            note_reading(session, [one], Role.HOTLINE, "wang", "page", MONDAY)
            raise RuntimeError("the page could not be shown")
    except RuntimeError:
        pass
    with storage.read() as session:
        assert readings_of(session, one) == ()


def test_a_pull_of_a_hundred_is_noted_in_milliseconds(storage):
    rows = [
        {"number": f"JS{n}", "intake_id": f"i-{n}", "state": "handling", "kind": "school_fees",
         "kind_confidence": 0.9, "detail": "", "urgent": False, "lead": "luming-edu", "routing": {},
         "filed_at": MONDAY, "promised_on": MONDAY.date(), "changed_at": n}
        for n in range(150)
    ]  # fmt: skip
    with storage.write() as session:
        session.execute(insert(Ticket), rows)
        pulled = session.scalars(select(Ticket.id).order_by(Ticket.id).limit(100)).all()
        best = min(_timed(session, pulled) for _ in range(6))
        assert session.scalar(select(func.count()).select_from(Reading)) == 600
    assert best < 0.02  # seconds; about two milliseconds on an idle machine


def _timed(session, ids) -> float:
    begun = time.perf_counter()
    note_reading(session, ids, Role.LEAD, "luming-edu", "pull", MONDAY)
    return time.perf_counter() - begun
