"""The API on PostgreSQL, where writers really meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bureau_days import let_pass, signed
from desk_world import LUMING, MARKET, Bureau, Site, World, open_site

from complaints.lifecycle.states import State
from complaints.storage import Storage
from tests.keys import KEYS
from tests.postgres import binaries, cluster, new_database

BACK = {"reason": "不归我局", "basis": "属地管理"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if binaries() is None:
        pytest.skip("needs PostgreSQL's programs")
    with cluster() as url:
        yield url


@pytest.fixture
def site(url: str, tmp_path: Path) -> Iterator[Site]:
    with new_database(url) as own:
        storage = Storage(own, KEYS)
        storage.create()
        with open_site(World(storage, tmp_path)) as opened:
            yield opened


@pytest.fixture
def luming(site: Site) -> Bureau:
    return site.bureau(LUMING)


def test_a_queue_is_read_in_the_order_of_changes_and_by_state(site: Site, luming: Bureau) -> None:
    world = site.world
    waiting, paused, answered, back = (world.file() for _ in range(4))
    cursor = luming.get("/tickets?limit=200").json["next_after"]
    for number in (answered, paused):
        luming.post(f"/tickets/{number}/sign")
    luming.post(f"/tickets/{answered}/answer", {"text": "已办"})
    luming.post(f"/tickets/{paused}/pause", {"text": "请问是哪个校区？"})
    luming.post(f"/tickets/{back}/return", BACK)
    assert luming.queue(f"?after={cursor}") == [answered, paused]
    assert luming.queue("?state=dispatched") == [waiting]
    (asked,) = luming.get("/tickets?state=paused").json["tickets"]
    assert (asked["id"], asked["paused_until"]) == (paused, "2026-12-04")
    assert luming.queue(f"?state=answered&after={cursor}") == [answered]
    let_pass(world, days=30)
    assert answered in luming.queue("?state=closed")
    assert luming.queue("?state=merged") == []
    found = [n for state in State for n in luming.queue(f"?state={state}&limit=200")]
    assert sorted(found) == sorted(luming.queue("?limit=200"))


def test_requests_at_once_under_one_key_have_one_effect(site: Site, luming: Bureau) -> None:
    number = signed(site.world, luming)
    content = {"reason": "要等检测结果", "workdays": 2}
    request = luming.request(f"/tickets/{number}/extend", content, "once")
    replies = site.ask_together(*[request] * 8)
    assert {reply.status for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert luming.get(f"/tickets/{number}").json["extensions"] == 1


def test_of_different_requests_at_once_each_is_decided_on_what_the_others_left(
    site: Site, luming: Bureau
) -> None:
    number = site.world.file()
    replies = site.ask_together(
        *(luming.request(f"/tickets/{number}/sign", None, f"key {n}") for n in range(6)),
        luming.request(f"/tickets/{number}/return", BACK, "back"),
    )
    assert {reply.status for reply in replies} <= {200, 404, 409}
    signs = [reply.status for reply in replies[:6]]
    assert signs.count(200) <= 1 and 200 in [reply.status for reply in replies]


def test_pulling_while_tickets_change_fails_nobody(site: Site, luming: Bureau) -> None:
    numbers = [site.world.file() for _ in range(6)]
    pulls = [("GET", "/api/v1/tickets?limit=200", {"headers": luming.headers})] * 6
    steps = [luming.request(f"/tickets/{n}/sign", None, f"sign {n}") for n in numbers]
    market = site.bureau(MARKET)
    theirs = [("GET", "/api/v1/tickets?limit=200", {"headers": market.headers})] * 6
    mixed = [one for trio in zip(pulls, steps, theirs, strict=True) for one in trio]
    assert {reply.status for reply in site.ask_together(*mixed)} == {200}
