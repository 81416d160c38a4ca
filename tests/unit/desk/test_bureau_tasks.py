"""What a bureau is asked for within a ticket, also within one that is not its own."""

from __future__ import annotations

from typing import Any

import pytest
from bureau_days import YINSHI, let_pass, signed
from desk_world import MARKET, Bureau, Site, World

from complaints.model import Kind
from complaints.storage.tables import Barred

TASK_KEYS = {
    "id", "kind", "kind_label", "ticket", "text", "party_id", "party", "asked_by", "asked_at",
    "due_on", "signed_at", "done_at", "answer",
}  # fmt: skip


def tasks(bureau: Bureau, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bureau.get(f"/tasks{query}").json["tasks"]
    return found


def test_a_co_handler_takes_its_part_on_and_says_what_it_did(
    site: Site, world: World, luming: Bureau
) -> None:
    number, market = world.file(), site.bureau(MARKET)
    (task,) = tasks(market)
    assert set(task) == TASK_KEYS
    assert (task["kind"], task["kind_label"], task["ticket"]) == ("co_handling", "协办", number)
    assert (task["due_on"], task["signed_at"]) == ("2026-11-25", None)
    assert tasks(luming) == []

    let_pass(world, hours=2)
    signed_ = market.post(f"/tasks/{task['id']}/sign")
    assert signed_.status == 200
    assert signed_.json == task | {"signed_at": "2026-11-20T03:30:00+00:00"}
    done = market.post(f"/tasks/{task['id']}/done", {"text": "没有发现违规广告"})
    assert (done.status, done.json["answer"]) == (200, "没有发现违规广告")
    assert tasks(market) == []
    shown = market.get(f"/tickets/{number}").json
    assert [own["done_at"] for own in shown["tasks"]] == ["2026-11-20T03:30:00+00:00"]
    assert shown["history"][-1]["text"] == "没有发现违规广告"
    assert luming.get(f"/tickets/{number}").json["tasks"] == []


def test_a_task_can_be_answered_without_being_taken_on_first(site: Site, world: World) -> None:
    world.file()
    market = site.bureau(MARKET)
    (task,) = tasks(market)
    assert market.post(f"/tasks/{task['id']}/done", {"text": "已查"}).json["signed_at"] is not None


def test_what_is_wrong_with_a_tasks_step_is_told(site: Site, world: World, luming: Bureau) -> None:
    world.file()
    market = site.bureau(MARKET)
    path = f"/tasks/{tasks(market)[0]['id']}"
    silent = market.post(f"{path}/done")
    assert (silent.status, silent.code) == (422, "text_required")
    assert market.post(f"{path}/sign").status == 200
    twice = market.post(f"{path}/sign")
    assert (twice.status, twice.code) == (409, "already_signed")
    foreign = luming.post(f"{path}/done", {"text": "替他们办"})
    nobodys = market.post("/tasks/999999999999999999/done", {"text": "已查"})
    assert (foreign.status, foreign.code) == (nobodys.status, nobodys.code) == (404, "not_found")
    assert foreign.text == nobodys.text
    assert market.post(f"{path}/done", {"text": "已查"}).status == 200
    assert market.post(f"{path}/done", {"text": "再查"}).status == 404


def test_a_notice_reaches_an_office_that_never_learns_the_story(
    site: Site, world: World, luming: Bureau
) -> None:
    story = "老板姓钱，教室在三楼最里面，一次收了两万"
    number = signed(world, luming, kind=Kind.TRAINING_FEES_REFUND, detail=story)
    luming.post(f"/tickets/{number}/answer", {"text": "属实，已退费。", "finding": "confirmed"})
    street = site.bureau(YINSHI)
    reply = street.get("/tasks")
    (task,) = reply.json["tasks"]
    assert (task["kind"], task["kind_label"], task["ticket"]) == ("notice", "通报", None)
    assert "衡算数学" in task["text"]
    for secret in (number, story, "老板姓钱", "三楼", "已退费", "周六上午"):
        assert secret not in reply.text
    assert street.queue() == []
    assert street.get(f"/tickets/{number}").status == 404
    received = street.post(f"/tasks/{task['id']}/done", {"text": "已收到，会加强巡查"})
    assert (received.status, received.json["ticket"]) == (200, None)
    assert number not in received.text


def test_tasks_come_page_by_page(site: Site, world: World) -> None:
    numbers = [world.file() for _ in range(5)]
    market = site.bureau(MARKET)
    first = market.get("/tasks?limit=2").json
    second = market.get(f"/tasks?limit=2&after={first['next_after']}").json
    third = market.get(f"/tasks?limit=2&after={second['next_after']}").json
    pages = [first, second, third]
    assert [task["ticket"] for page in pages for task in page["tasks"]] == numbers
    assert [page["has_more"] for page in pages] == [True, True, False]
    rest = market.get(f"/tasks?after={third['next_after']}").json
    assert rest == {"tasks": [], "next_after": third["next_after"], "has_more": False}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "bad_limit"),
        ("limit=x", "bad_limit"),
        ("after=x", "bad_cursor"),
        ("after=1-1", "bad_cursor"),
        ("after=-1", "bad_cursor"),
        ("after=9999999999999999999", "bad_cursor"),
    ],
)
def test_a_wrong_query_is_named(luming: Bureau, query: str, code: str) -> None:
    refused = luming.get(f"/tasks?{query}")
    assert (refused.status, refused.code) == (400, code)


def test_who_asked_is_named_as_an_office_and_never_as_a_person(
    world: World, luming: Bureau
) -> None:
    number = signed(world, luming)
    let_pass(world, days=10)
    (supervision,) = tasks(luming)
    assert (supervision["kind_label"], supervision["ticket"]) == ("督办单", number)
    assert supervision["asked_by"] is None


def test_a_bureau_that_must_keep_out_of_a_ticket_does_not_see_its_task(
    site: Site, world: World
) -> None:
    world.file()
    market = site.bureau(MARKET)
    (task,) = tasks(market)
    with world.storage.write() as session:
        session.add(Barred(ticket_id=1, who=MARKET, reason="interest"))
    assert tasks(market) == []
    assert market.post(f"/tasks/{task['id']}/done", {"text": "已查"}).status == 404
