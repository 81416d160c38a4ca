"""A message is written with its cause, tried until it arrives, and shown when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from complaints.delivery.claims import LEASE, NO_RESULT, PAUSES, forget_done
from complaints.delivery.outbox import Claimed, claim, delivered, failed, hold, put
from complaints.delivery.stuck import give_up, retry_stuck, stuck
from complaints.storage.tables import OutboxRow
from tests.unit.complaints.delivery.conftest import NOW

MINUTE = timedelta(minutes=1)


def count(storage) -> int:
    with storage.read() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow))


def keys(claimed: list[Claimed]) -> list[str]:
    return [message.key for message in claimed]


def fail_until_stuck(storage, key: str):
    """All tries of the only waiting message fail. Returns when the last one was."""
    now = NOW
    for pause in (*PAUSES, timedelta(0)):
        [message] = claim(storage, now, 10)
        assert message.key == key
        failed(storage, message, "对方答复 500", now)
        now += pause
    return now


def test_the_same_key_twice_is_one_message(storage, write):
    write("a", "b", "a")
    write("a")
    assert count(storage) == 2


def test_a_message_goes_with_its_cause(storage):
    """Rolled back together, and nobody sees it before the cause is committed."""
    with pytest.raises(RuntimeError), storage.write() as session:
        put(session, "a", "webhook", "zhenxi-education", {}, None, NOW)
        raise RuntimeError
    assert count(storage) == 0
    assert claim(storage, NOW, 10) == []


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(storage, write):
    write("a")
    [first] = claim(storage, NOW, 10)
    assert (first.tries, first.target, first.payload["ticket"]) == (1, "zhenxi-education", "T1")
    assert claim(storage, NOW + LEASE - timedelta(seconds=1), 10) == []
    [second] = claim(storage, NOW + LEASE, 10)
    assert (second.key, second.tries) == ("a", 2)


def test_what_arrived_is_not_sent_again(storage, write):
    write("a")
    [message] = claim(storage, NOW, 10)
    delivered(storage, message.id, NOW)
    assert claim(storage, NOW + timedelta(days=9), 10) == []


@pytest.mark.parametrize(
    ("tries", "pause"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, 720)], ids=lambda n: str(n)
)
def test_the_next_try_comes_after(storage, write, tries, pause):
    """1, 5, 30 minutes, 2 hours, 12 hours."""
    write("a")
    now = NOW
    for number in range(tries):
        now += PAUSES[number - 1] if number else timedelta(0)
        [message] = claim(storage, now, 10)
        failed(storage, message, "对方答复 500", now)
    assert claim(storage, now + pause * MINUTE - timedelta(seconds=1), 10) == []
    assert keys(claim(storage, now + pause * MINUTE, 10)) == ["a"]


def test_after_six_tries_a_person_must_look(storage, write):
    write("a")
    last = fail_until_stuck(storage, "a")
    assert claim(storage, last + timedelta(days=365), 10) == []
    with storage.read() as session:
        [one] = stuck(session)
    assert (one.key, one.kind, one.target, one.tries) == ("a", "webhook", "zhenxi-education", 6)
    assert (one.last_error, one.since, one.stuck_at) == ("对方答复 500", NOW, last)


def test_a_person_has_it_tried_again(storage, write):
    write("a")
    last = fail_until_stuck(storage, "a")
    with storage.write() as session:
        assert retry_stuck(session, ["a", "unknown"], last) == 1
        assert stuck(session) == []
    [message] = claim(storage, last, 10)
    assert message.tries == 1


def test_a_person_gives_it_up_by_name(storage, write):
    write("a")
    last = fail_until_stuck(storage, "a")
    with storage.write() as session:
        assert give_up(session, ["a"], "chenyu", last) == 1
        assert stuck(session) == []
        assert session.scalar(select(OutboxRow.given_up_by)) == "chenyu"
    assert claim(storage, last, 10) == []


def test_only_what_is_stuck_is_retried_or_given_up(storage, write):
    write("a")
    with storage.write() as session:
        assert retry_stuck(session, ["a"], NOW) == give_up(session, ["a"], "chenyu", NOW) == 0


def test_what_kills_each_worker_gets_stuck_as_well(storage, write):
    write("a")
    now = NOW
    for _ in range(6):
        assert len(claim(storage, now, 10)) == 1
        now += LEASE
    assert claim(storage, now, 10) == []
    with storage.read() as session:
        assert [one.last_error for one in stuck(session)] == [NO_RESULT]


def test_a_worker_thought_dead_cannot_undo_what_another_does(storage, write):
    write("a")
    [slow] = claim(storage, NOW, 10)
    [quick] = claim(storage, NOW + LEASE, 10)
    failed(storage, slow, "too late", NOW + LEASE)
    assert claim(storage, NOW + LEASE + MINUTE, 10) == []  # quick's lease still holds
    delivered(storage, quick.id, NOW + LEASE)
    failed(storage, quick, "too late", NOW + LEASE)
    assert claim(storage, NOW + timedelta(days=1), 10) == []


def test_a_long_error_is_cut(storage, write):
    write("a")
    [message] = claim(storage, NOW, 10)
    failed(storage, message, "x" * 5000, NOW)
    with storage.read() as session:
        assert len(session.scalar(select(OutboxRow.last_error))) == 200


def test_a_receiver_with_many_messages_leaves_room_for_others(storage, write):
    write(*(f"many-{n}" for n in range(50)), target="slow")
    write("one", target="other")
    assert keys(claim(storage, NOW, 4)) == ["many-0", "many-1", "many-2", "one"]
    assert keys(claim(storage, NOW, 4)) == ["many-3", "many-4", "many-5"]


def test_a_receiver_that_is_down_is_left_in_peace(storage, write):
    write("a", "b", target="down")
    write("c", target="up")
    hold(storage, "webhook", "down", NOW + MINUTE)
    assert keys(claim(storage, NOW, 10)) == ["c"]
    assert keys(claim(storage, NOW + MINUTE, 10)) == ["a", "b"]


def test_what_was_done_long_ago_is_forgotten(storage, write):
    write("old", "new", "open")
    old, new, _ = claim(storage, NOW, 10)
    delivered(storage, old.id, NOW - timedelta(days=31))
    delivered(storage, new.id, NOW - timedelta(days=29))
    assert forget_done(storage, OutboxRow, NOW, timedelta(days=30)) == 1
    assert count(storage) == 2
