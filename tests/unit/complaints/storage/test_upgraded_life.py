"""Tickets of an older program go on living after the upgrade: reminded, supervised, erased, found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from complaints.audit.check import check_storage
from complaints.delivery.due import run_due
from complaints.duplicates.search import candidate_of, find_duplicates
from complaints.lifecycle.clockwork import handlers
from complaints.storage import Storage
from complaints.storage.tables import Event, LikenessBand, PersonalField, Ticket, Timer
from tests.unit.complaints.storage.old_rows import DAY, START

SOON = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
CAUGHT_UP = 6
"""One timer for each old ticket: it gets what it lacks."""


@pytest.fixture
def upgraded(old: Storage) -> Storage:
    old.create()
    return old


def work(storage, rules, now) -> int:
    """The worker's rounds until nothing is due."""
    done = 0
    while tried := run_due(storage, rules, handlers(lambda refs: None), now):
        done += tried
    return done


def waiting(storage) -> set[tuple[int, str]]:
    """(number of the ticket, kind) of the timers that wait."""
    with storage.read() as session:
        rows = session.execute(
            select(Timer.ticket_id, Timer.kind).where(Timer.done_at.is_(None))
        ).all()
    return {(id_ // 3, kind) for id_, kind in rows}


def failed(storage) -> list[str]:
    with storage.read() as session:
        return list(session.scalars(select(Timer.last_error).where(Timer.last_error.is_not(None))))


def test_every_old_ticket_gets_the_timers_of_its_state(upgraded, rules, tmp_path):
    assert waiting(upgraded) == {(number, "catch_up") for number in range(1, 7)}
    work(upgraded, rules, SOON)
    assert failed(upgraded) == []
    found = waiting(upgraded)
    assert {(1, "deadline"), (3, "deadline"), (6, "deadline")} <= found
    assert {(2, "erase"), (4, "erase")} <= found
    assert "catch_up" not in {kind for _, kind in found}
    assert check_storage(upgraded, tmp_path / "none").faults == ()


def test_an_old_open_ticket_is_warned_of_and_supervised_in_its_time(upgraded, rules):
    for day in range(20, 70):
        work(upgraded, rules, START + day * DAY)
    with upgraded.read() as session:
        told = dict(
            session.execute(
                select(Event.ticket_id, func.count())
                .where(Event.action.in_(("overdue", "supervise")), Event.role == "system")
                .group_by(Event.ticket_id)
            ).all()
        )
    assert {id_ // 3 for id_ in told} >= {1, 3}
    assert failed(upgraded) == []


def test_what_an_old_closed_ticket_holds_of_a_person_is_erased_on_schedule(upgraded, rules):
    with upgraded.write() as session:
        session.get_one(PersonalField, "c0ffee" * 4).ticket_id = 6
    work(upgraded, rules, SOON)
    work(upgraded, rules, START + 1900 * DAY)
    with upgraded.read() as session:
        closed = session.get_one(Ticket, 6)
        assert closed.erased_at is not None and closed.subject_party is None
        kept = select(PersonalField.ref).where(PersonalField.ticket_id == 6)
        assert session.scalars(kept).all() == []


def test_an_old_ticket_is_found_when_the_same_is_told_again(upgraded, rules):
    work(upgraded, rules, SOON)
    with upgraded.read() as session:
        known = set(session.scalars(select(LikenessBand.ticket_id)))
        assert {number * 3 for number in (1, 2, 3, 5, 6)} <= known  # the fourth was withdrawn
        told = candidate_of(session.get_one(Ticket, 3))
        numbers = [one.ticket_id for one in find_duplicates(session, told, rules)]
    assert 15 in numbers  # the same school, the same kind, still open


def test_it_is_done_once_and_where_it_stopped_it_goes_on(upgraded, rules):
    """A worker that is stopped leaves the rest to the next one."""
    claimed = run_due(upgraded, rules, handlers(lambda refs: None), SOON, limit=2)
    assert claimed == 2
    left = {number for number, kind in waiting(upgraded) if kind == "catch_up"}
    assert len(left) == CAUGHT_UP - 2
    work(upgraded, rules, SOON)
    before = waiting(upgraded)
    assert work(upgraded, rules, SOON) == 0
    assert waiting(upgraded) == before
