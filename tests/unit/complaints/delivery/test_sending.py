"""A round of deliveries: one receiver's failure never holds another's messages back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from complaints.delivery.outbox import claim
from complaints.delivery.sending import Undelivered, deliver
from complaints.storage.tables import OutboxRow
from tests.unit.complaints.delivery.conftest import NOW

MINUTE = timedelta(minutes=1)


class Recorder:
    """Keeps what was sent; fails as told for a receiver or a key."""

    def __init__(self, **failures: Exception) -> None:
        self.sent: list[str] = []
        self._failures = failures
        self._lock = threading.Lock()

    def send(self, message, now) -> None:
        with self._lock:
            self.sent.append(message.key)
        failure = self._failures.get(message.target) or self._failures.get(message.key)
        if failure:
            raise failure


def errors(storage) -> dict[str, str | None]:
    with storage.read() as session:
        return {row.key: row.last_error for row in session.scalars(select(OutboxRow))}


def done(storage) -> set[str]:
    with storage.read() as session:
        return set(session.scalars(select(OutboxRow.key).where(OutboxRow.done_at.is_not(None))))


def test_all_that_is_due_is_sent_once(storage, write):
    write("a", "b")
    write("c", target="other", kind="push")
    sender = Recorder()
    assert deliver(storage, {"webhook": sender, "push": sender}, NOW) == 3
    assert deliver(storage, {"webhook": sender, "push": sender}, NOW) == 0
    assert sorted(sender.sent) == ["a", "b", "c"]
    assert done(storage) == {"a", "b", "c"}


def test_one_receivers_failure_holds_no_other_back(storage, write):
    """FixMyStreet #3168: one success hid one failure."""
    write("a", target="broken")
    write("b", target="sound")
    deliver(storage, {"webhook": Recorder(broken=Undelivered("对方答复 500"))}, NOW)
    assert done(storage) == {"b"}
    assert errors(storage) == {"a": "对方答复 500", "b": None}


def test_one_bad_message_holds_back_no_other_to_the_same_receiver(storage, write):
    write("bad", "good")
    deliver(storage, {"webhook": Recorder(bad=Undelivered("对方答复 422"))}, NOW)
    assert done(storage) == {"good"}


def test_a_receiver_that_is_down_costs_one_try(storage, write):
    write("a", "b", "c", "d", target="down")
    down = Recorder(down=Undelivered("连不上", receiver_down=True))
    deliver(storage, {"webhook": down}, NOW)
    assert down.sent == ["a"]
    assert deliver(storage, {"webhook": down}, NOW) == 0
    up = Recorder()
    deliver(storage, {"webhook": up}, NOW + MINUTE)
    deliver(storage, {"webhook": up}, NOW + MINUTE)
    assert sorted(up.sent) == ["a", "b", "c", "d"]


def test_being_left_in_peace_is_no_try(storage, write):
    write("a", "b", target="down")
    deliver(storage, {"webhook": Recorder(down=Undelivered("连不上", receiver_down=True))}, NOW)
    assert [(m.key, m.tries) for m in claim(storage, NOW + MINUTE, 10)] == [("a", 2), ("b", 1)]


def test_an_error_of_our_own_is_kept_by_its_name_alone(storage, write):
    write("a")
    deliver(storage, {"webhook": Recorder(a=ValueError("13800000000"))}, NOW)
    assert errors(storage) == {"a": "ValueError"}


def test_a_kind_without_a_sender_is_a_failure_that_is_seen(storage, write):
    write("a", kind="notice")
    deliver(storage, {}, NOW)
    assert errors(storage) == {"a": "没有投递“notice”的办法"}


def test_on_stopping_what_is_not_tried_is_handed_back(storage, write):
    write("a", "b")
    sender = Recorder()
    deliver(storage, {"webhook": sender}, NOW, stopped=lambda: bool(sender.sent))
    assert sender.sent == ["a"]
    assert [(m.key, m.tries) for m in claim(storage, NOW, 10)] == [("b", 1)]


def test_two_workers_at_once_never_deliver_one_message_twice(storage, write):
    for target in range(6):
        write(*(f"{target}-{n}" for n in range(8)), target=f"target-{target}")
    sender = Recorder()

    def work(_: int) -> None:
        while deliver(storage, {"webhook": sender}, NOW, limit=5):
            pass

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    while deliver(storage, {"webhook": sender}, NOW):  # what a worker left to the others
        pass
    assert len(sender.sent) == len(set(sender.sent)) == 48
    assert len(done(storage)) == 48
