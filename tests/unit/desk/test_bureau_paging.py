"""A bureau that pages while tickets change misses nothing and meets nothing twice."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bureau_days import let_pass
from desk_world import LUMING, Bureau, World, open_site, open_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.offices.bureau_queue import BadCursor, pull


@dataclass
class Consumer:
    """A bureau's system that copies its queue, going on from `next_after` each time."""

    bureau: Bureau
    after: str = ""
    latest: dict[str, int] = field(default_factory=dict)
    met: set[tuple[str, int]] = field(default_factory=set)

    def read_page(self, limit: int) -> bool:
        """Take one page; whether there is more."""
        page = self.bureau.get(f"/tickets?limit={limit}&after={self.after}").json
        for ticket in page["tickets"]:
            meeting = (ticket["id"], ticket["version"])
            assert meeting not in self.met, "met twice"
            self.met.add(meeting)
            self.latest[ticket["id"]] = ticket["version"]
        assert len(page["tickets"]) <= limit
        assert page["has_more"] is False or len(page["tickets"]) == limit
        self.after = page["next_after"] or ""
        return bool(page["has_more"])


def change(world: World, bureau: Bureau, step: str, which: int, numbers: list[str]) -> None:
    """Something happens meanwhile; what the ticket's state forbids simply does not."""
    if step == "file" or not numbers:
        numbers.append(world.file())
    elif step == "time":
        let_pass(world, days=2)
    elif step == "dispatch":
        number = numbers[which % len(numbers)]
        if bureau.get(f"/tickets/{number}").status == 404:  # it was given back
            world.dispatch(number, LUMING)
    else:
        number = numbers[which % len(numbers)]
        bureau.post(
            f"/tickets/{number}/{step}", {"text": "已办", "reason": "不归我局", "basis": "属地管理"}
        )


CHANGES = st.tuples(
    st.sampled_from(
        ["file", "file", "sign", "pause", "resume", "answer", "return", "dispatch", "time"]
    ),
    st.integers(0, 9),
)
ROUNDS = st.lists(st.tuples(st.lists(CHANGES, max_size=4), st.integers(1, 5)), max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at_first=st.integers(0, 6), rounds=ROUNDS, last_limit=st.integers(1, 5))
def test_a_bureau_that_pages_on_ends_with_the_latest_of_each_ticket(
    at_first: int, rounds: list[tuple[list[tuple[str, int]], int]], last_limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_site(open_world(Path(folder))) as site:
        world, bureau = site.world, site.bureau(LUMING)
        numbers = [world.file() for _ in range(at_first)]
        consumer = Consumer(bureau)
        for changes, limit in rounds:
            for step, which in changes:
                change(world, bureau, step, which, numbers)
            consumer.read_page(limit)
        while consumer.read_page(last_limit):
            pass
        visible = bureau.get("/tickets?limit=200").json["tickets"]
        assert {t["id"]: t["version"] for t in visible} == {
            number: version
            for number, version in consumer.latest.items()
            if bureau.get(f"/tickets/{number}").status == 200
        }
        assert not consumer.read_page(last_limit)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=45) | st.text("0123456789-", max_size=45))
def test_a_cursor_is_taken_or_refused_and_never_breaks_anything(world: World, after: str) -> None:
    try:
        page = pull(world.storage, world.rules, LUMING, None, after, 10, world.now())
    except BadCursor:
        return
    assert page.tickets == []
