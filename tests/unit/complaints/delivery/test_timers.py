"""Timers are heeded when due, once, whatever happens to the worker."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from complaints.audit.chain import record
from complaints.delivery.claims import LEASE, PAUSES, forget_done
from complaints.delivery.due import claim_due, run_due, run_timer
from complaints.delivery.stuck import retry_stuck, stuck
from complaints.delivery.timers import set_timer, set_timers
from complaints.storage import Storage
from complaints.storage.tables import Event, Timer
from tests.keys import KEYS
from tests.unit.complaints.delivery.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def remember(session, ticket, timer, rules, now) -> None:
    """The effect of these timers: an event."""
    record(session, ticket, action=timer.kind, role="system", actor="worker", at=now)


HANDLERS = {"warn": remember, "resume": remember}


def effects(storage) -> int:
    with storage.read() as session:
        return session.scalar(select(func.count()).select_from(Event))


def set_one(storage, key="warn:1", kind="warn", due_at=NOW, ticket=None) -> None:
    with storage.write() as session:
        set_timer(session, key, kind, due_at, ticket)


def run(storage, now=NOW, handlers=HANDLERS) -> int:
    return run_due(storage, None, handlers, now)


def test_a_timer_is_heeded_when_it_is_due(storage, ticket):
    set_one(storage, due_at=NOW + HOUR, ticket=ticket)
    assert (run(storage), effects(storage)) == (0, 0)
    assert (run(storage, NOW + HOUR), effects(storage)) == (1, 1)
    assert (run(storage, NOW + 9 * HOUR), effects(storage)) == (0, 1)
    with storage.read() as session:
        assert session.scalar(select(Event.ticket_id)) == ticket.id


def test_timers_survive_a_restart(storage):
    set_one(storage)
    url = storage.engine.url.render_as_string(hide_password=False)
    assert run(Storage(url, KEYS)) == 1
    assert effects(storage) == 1


def test_a_timer_goes_with_its_cause(storage):
    with pytest.raises(RuntimeError), storage.write() as session:
        set_timer(session, "warn:1", "warn", NOW, None)
        raise RuntimeError
    assert run(storage) == 0


def test_the_same_key_moves_the_timer(storage):
    set_one(storage)
    set_one(storage, due_at=NOW + HOUR)
    assert run(storage) == 0
    assert (run(storage, NOW + HOUR), effects(storage)) == (1, 1)


def test_a_timer_that_was_done_can_be_set_again(storage):
    set_one(storage)
    run(storage)
    set_one(storage, due_at=NOW + HOUR)
    run(storage, NOW + HOUR)
    assert effects(storage) == 2


def test_a_handler_may_set_its_own_timer_anew(storage):
    """Warned two workdays before, then one."""

    def again(session, ticket, timer, rules, now) -> None:
        remember(session, ticket, timer, rules, now)
        set_timer(session, timer.key, timer.kind, now + HOUR, ticket)

    set_one(storage)
    for hours in range(3):
        assert run(storage, NOW + hours * HOUR, {"warn": again}) == 1
    assert effects(storage) == 3


def test_timers_that_are_no_longer_wanted_are_not_heeded(storage, ticket):
    set_one(storage, "warn:1", "warn", ticket=ticket)
    set_one(storage, f"resume:{ticket.id}", "resume", ticket=ticket)
    with storage.write() as session:
        set_timers(session, ticket, ("resume",), {})
    run(storage)
    with storage.read() as session:
        assert session.scalars(select(Event.action)).all() == ["warn"]


@pytest.mark.parametrize("change", ["moved", "dropped"])
def test_what_changes_after_the_claim_counts(storage, change):
    set_one(storage)
    [claimed] = claim_due(storage, NOW, 10)
    with storage.write() as session:
        if change == "moved":
            set_timer(session, "warn:1", "warn", NOW + HOUR, None)
        else:
            session.execute(delete(Timer).where(Timer.key == "warn:1"))
    run_timer(storage, None, HANDLERS, claimed, NOW)
    assert effects(storage) == 0


def test_the_effect_of_a_failed_handler_is_undone_and_tried_again(storage):
    broken = True

    def half(session, ticket, timer, rules, now) -> None:
        remember(session, ticket, timer, rules, now)
        if broken:
            raise ValueError("13800000000")

    set_one(storage)
    run(storage, handlers={"warn": half})
    assert effects(storage) == 0
    with storage.read() as session:
        assert session.scalar(select(Timer.last_error)) == "ValueError"
    broken = False
    assert run(storage, NOW + PAUSES[0] - timedelta(seconds=1), {"warn": half}) == 0
    assert run(storage, NOW + PAUSES[0], {"warn": half}) == 1
    assert effects(storage) == 1


def test_one_failure_holds_back_no_other_timer(storage):
    set_one(storage, "a:1", "unknown kind")
    set_one(storage, "b:1")
    run(storage)
    assert effects(storage) == 1


def test_a_timer_that_fails_six_times_is_shown_and_can_be_retried(storage):
    set_one(storage, kind="unknown kind")
    now = NOW
    for pause in (*PAUSES, timedelta(0)):
        assert run(storage, now) == 1
        now += pause
    assert run(storage, now + 999 * HOUR) == 0
    with storage.write() as session:
        [one] = stuck(session)
        assert (one.key, one.target, one.tries, one.last_error, one.since) == (
            "warn:1", None, 6, "KeyError", NOW,
        )  # fmt: skip
        retry_stuck(session, ["warn:1"], now)
    run(storage, now, {"unknown kind": remember})
    assert effects(storage) == 1


def test_two_workers_at_once_heed_each_timer_once(storage):
    with storage.write() as session:
        for number in range(40):
            set_timer(session, f"warn:{number}", "warn", NOW, None)

    def work(_: int) -> None:
        while run_due(storage, None, HANDLERS, NOW, limit=5):
            pass

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    while run_due(storage, None, HANDLERS, NOW):
        pass
    assert effects(storage) == 40


def test_steps_and_timers_at_once_do_not_wait_for_each_other_for_ever(storage):
    """A step sets the timers that a worker heeds at this moment, in the other order."""
    names = [f"warn:{number}" for number in range(10)]

    def step(_: int) -> None:
        for name in reversed(names):
            with storage.write() as session:
                set_timer(session, name, "warn", NOW, None)
                record(session, None, action="step", role="lead", actor="b", at=NOW)

    def work(_: int) -> None:
        for _round in range(5):
            run_due(storage, None, HANDLERS, NOW)

    with ThreadPoolExecutor(4) as pool:
        steps, workers = pool.map(step, range(2)), pool.map(work, range(2))
        list(steps), list(workers)
    run(storage)
    with storage.read() as session:
        assert session.scalars(select(Timer.last_error).distinct()).all() == [None]


def test_two_holders_of_one_claim_still_have_one_effect(storage):
    """A worker that was thought dead wakes up while another does its work."""
    set_one(storage)
    [slow] = claim_due(storage, NOW, 10)
    [quick] = claim_due(storage, NOW + LEASE, 10)
    run_timer(storage, None, HANDLERS, quick, NOW + LEASE)
    run_timer(storage, None, HANDLERS, slow, NOW + LEASE)
    assert effects(storage) == 1


def test_on_stopping_what_is_not_heeded_is_handed_back(storage):
    set_one(storage)
    run_due(storage, None, HANDLERS, NOW, stopped=lambda: True)
    assert effects(storage) == 0
    assert run(storage) == 1


def test_a_timer_that_is_wound_again_while_old_ones_are_forgotten_is_heeded(storage):
    """A ticket is closed once more just when the worker clears away what was done a month ago."""
    set_one(storage, due_at=NOW - 31 * DAY)
    run(storage, NOW - 31 * DAY)
    with ThreadPoolExecutor(1) as chores:
        with storage.write() as session:
            set_timer(session, "warn:1", "warn", NOW + HOUR, None)
            session.flush()
            forgotten = chores.submit(forget_done, storage, Timer, NOW, 30 * DAY)
            time.sleep(0.3)  # it has chosen its rows by now, and waits for this one
        assert forgotten.result() == 0
    assert run(storage, NOW + HOUR) == 1
    assert effects(storage) == 2
