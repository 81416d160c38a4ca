"""The laws of claims, held against a model of ten lines by hypothesis."""

from __future__ import annotations

import atexit
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from sqlalchemy import delete, select

from complaints.delivery.claims import LEASE, MOST_TRIES, PAUSES
from complaints.delivery.outbox import Claimed, claim, delivered, failed, put
from complaints.delivery.stuck import retry_stuck, stuck
from complaints.storage import Storage
from complaints.storage.tables import OutboxRow
from tests.keys import KEYS
from tests.unit.complaints.delivery.conftest import NOW


@cache
def storage() -> Storage:
    folder = tempfile.TemporaryDirectory(prefix="jiesu-claims-")
    fresh = Storage(f"sqlite:///{folder.name}/jiesu.db", KEYS)
    atexit.register(folder.cleanup)
    fresh.create()
    return fresh


@dataclass
class Owed:
    """What the model knows of a message."""

    due: datetime
    tries: int = 0
    state: str = "waiting"
    leased_until: datetime = NOW


class Workers(RuleBasedStateMachine):
    """Any number of workers claim, send, fail and die while time goes on."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.owed: dict[str, Owed] = {}
        with storage().write() as session:
            session.execute(delete(OutboxRow))

    @rule(key=st.sampled_from("abcde"))
    def write(self, key: str) -> None:
        with storage().write() as session:
            put(session, key, "webhook", f"to-{key}", {}, None, self.now)
        self.owed.setdefault(key, Owed(self.now))

    @rule(step=st.sampled_from([1, 59, 61, 119, 121, 1800, 43200]))
    def wait(self, step: int) -> None:
        self.now += timedelta(seconds=step)

    @rule(target=claims)
    def take_one(self) -> Claimed | None:
        due = [k for k, o in self.owed.items() if o.state == "waiting" and o.due <= self.now]
        taken = claim(storage(), self.now, 1)
        if not due:
            assert taken == []
            return None
        oldest = min(due, key=lambda key: self.owed[key].due)  # of several, the first written
        owed = self.owed[oldest]
        if owed.tries == MOST_TRIES:
            assert taken == []
            owed.state = "stuck"
            return None
        [message] = taken
        assert message.key == oldest
        assert owed.leased_until <= self.now, "somebody else holds it"
        owed.tries += 1
        owed.due = owed.leased_until = self.now + LEASE
        assert message.tries == owed.tries <= MOST_TRIES
        return message

    @rule(message=consumes(claims))
    def arrive(self, message: Claimed | None) -> None:
        if message:
            delivered(storage(), message.id, self.now)
            self.owed[message.key].state = "done"

    @rule(message=consumes(claims))
    def fail(self, message: Claimed | None) -> None:
        if not message:
            return
        failed(storage(), message, "对方答复 500", self.now)
        owed = self.owed[message.key]
        if owed.tries != message.tries or owed.state == "done":
            return  # too late: somebody else has it, or it arrived
        owed.leased_until = self.now
        if owed.tries == MOST_TRIES:
            owed.state = "stuck"
        else:
            owed.due = self.now + PAUSES[owed.tries - 1]

    @rule(key=st.sampled_from("abcde"))
    def retry(self, key: str) -> None:
        with storage().write() as session:
            again = retry_stuck(session, [key], self.now)
        owed = self.owed.get(key)
        assert again == (owed is not None and owed.state == "stuck")
        if again:
            self.owed[key] = Owed(self.now)

    @rule(message=consumes(claims))
    def die(self, message: Claimed | None) -> None:
        pass

    @invariant()
    def nothing_is_lost_and_the_stuck_are_shown(self) -> None:
        with storage().read() as session:
            waiting = set(
                session.scalars(
                    select(OutboxRow.key).where(
                        OutboxRow.done_at.is_(None), OutboxRow.stuck_at.is_(None)
                    )
                )
            )
            shown = {one.key for one in stuck(session)}
        for name, keys in (("waiting", waiting), ("stuck", shown)):
            assert keys == {k for k, owed in self.owed.items() if owed.state == name}


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
