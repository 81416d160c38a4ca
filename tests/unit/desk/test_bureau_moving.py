"""A ticket that is not a bureau's to handle: given back, handed over, taken up a level; 吹哨."""

from __future__ import annotations

from typing import Any

import pytest
from bureau_days import CLERK, FIRE, YINSHI, let_pass, signed, stored
from desk_world import HOTLINE, LUMING, MARKET, Bureau, Site, World

from complaints.conflicts import declare_interest
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.dispatching import designate_ticket
from complaints.model import Kind

BACK = {"reason": "机构登记在枕溪区", "basis": "属地管理"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"text": "wrong field"}, "text_required"),
        ({"basis": "属地管理"}, "text_required"),
        ({"reason": "不归我局"}, "fact_required"),
        ({"reason": "不归我局", "basis": "  "}, "fact_required"),
    ],
)
def test_giving_back_needs_a_reason_and_its_basis(
    world: World, luming: Bureau, content: dict[str, Any], code: str
) -> None:
    refused = luming.post(f"/tickets/{world.file()}/return", content)
    assert (refused.status, refused.code) == (422, code)


def test_a_ticket_can_be_given_back_until_the_day_that_it_shows(
    world: World, luming: Bureau
) -> None:
    in_time, late = world.file(), world.file()
    assert luming.get(f"/tickets/{late}").json["return_by"] == "2026-11-23"  # after a weekend
    let_pass(world, days=3)
    assert luming.post(f"/tickets/{in_time}/return", BACK).status == 200
    let_pass(world, days=1)
    shown = luming.get(f"/tickets/{late}").json
    assert shown["state"] == "handling"  # silence accepts
    refused = luming.post(f"/tickets/{late}/return", BACK)
    assert (refused.status, refused.code) == (409, "return_window_over")


def test_what_the_hotline_designated_cannot_be_given_back(world: World, luming: Bureau) -> None:
    number = world.file_unsure()
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        designate_ticket(session, ticket, CLERK, LUMING, "由你局承办", world.rules, world.moment)
    shown = luming.get(f"/tickets/{number}").json
    assert (shown["designated"], shown["return_by"]) == (True, None)
    refused = luming.post(f"/tickets/{number}/return", BACK)
    assert (refused.status, refused.code) == (409, "designated")


def test_a_ticket_is_handed_over_to_the_same_office_of_another_district(
    site: Site, world: World, luming: Bureau
) -> None:
    number = signed(world, luming)
    content = {"district": "zhenxi", "reason": "机构登记在枕溪区"}
    moved = luming.post(f"/tickets/{number}/transfer", content)
    assert (moved.status, moved.json["state"], moved.json["district"]) == (
        200,
        "dispatched",
        "zhenxi",
    )
    assert luming.get(f"/tickets/{number}").status == 404
    there = site.bureau("zhenxi-education")
    assert there.queue() == [number]
    assert there.post(f"/tickets/{number}/sign").status == 200


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"district": "zhenxi"}, 422, "text_required"),
        ({"reason": "不在本区"}, 422, "no_such_office"),
        ({"district": "luming", "reason": "就在本区"}, 422, "no_such_office"),
        ({"district": "atlantis", "reason": "在海里"}, 422, "no_such_office"),
    ],
)
def test_handing_over_needs_a_reason_and_an_office_over_there(
    world: World, luming: Bureau, content: dict[str, Any], status: int, code: str
) -> None:
    number = world.file()
    refused = luming.post(f"/tickets/{number}/transfer", content)
    assert (refused.status, refused.code) == (status, code)
    assert luming.queue() == [number]


def test_a_ticket_is_taken_up_a_level(site: Site, world: World, luming: Bureau) -> None:
    number = world.file()
    silent = luming.post(f"/tickets/{number}/escalate")
    assert (silent.status, silent.code) == (422, "text_required")
    up = luming.post(f"/tickets/{number}/escalate", {"reason": "三个区都有校区"})
    assert (up.status, up.json["state"]) == (200, "dispatched")
    assert luming.queue() == []
    assert site.bureau("tinglan-education").queue() == [number]


def test_a_complaint_about_the_hotline_cannot_be_given_back_to_it(site: Site, world: World) -> None:
    number = world.file(
        party="12345热线", kind=Kind.OTHER_EDUCATION, detail="打了三次电话，说了不管，一直没人管"
    )
    inspection = site.bureau("tinglan-discipline-inspection")
    refused = inspection.post(f"/tickets/{number}/return", BACK)
    assert (refused.status, refused.code) == (409, "reported_unit")
    assert inspection.queue() == [number]


def at_the_street(site: Site, world: World) -> tuple[Bureau, str]:
    number = world.file_unsure()
    world.dispatch(number, YINSHI)
    return site.bureau(YINSHI), number


def test_a_street_calls_a_department_which_then_has_ticket_and_task(
    site: Site, world: World
) -> None:
    street, number = at_the_street(site, world)
    called = street.post(f"/tickets/{number}/whistle", {"bureau": FIRE, "text": "请来查消防通道"})
    assert (called.status, called.json["role"]) == (200, "lead")
    fire = site.bureau(FIRE)
    assert fire.get(f"/tickets/{number}").json["role"] == "co_handler"
    (task,) = fire.get("/tasks").json["tasks"]
    assert (task["kind_label"], task["asked_by"]) == ("吹哨报到", YINSHI)
    assert (task["ticket"], task["text"]) == (number, "请来查消防通道")
    assert street.get("/tasks").json["tasks"] == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"text": "请来"}, "unknown_bureau"),
        ({"bureau": "nobody", "text": "请来"}, "unknown_bureau"),
        ({"bureau": HOTLINE, "text": "请来"}, "unknown_bureau"),
        ({"bureau": "tingchao-street-office", "text": "请来"}, "unknown_bureau"),
        ({"bureau": FIRE}, "text_required"),
    ],
)
def test_a_call_names_a_department_and_what_for(
    site: Site, world: World, content: dict[str, Any], code: str
) -> None:
    street, number = at_the_street(site, world)
    refused = street.post(f"/tickets/{number}/whistle", content)
    assert (refused.status, refused.code) == (422, code)


def test_only_a_street_calls(site: Site, world: World, luming: Bureau) -> None:
    number = world.file()
    for bureau in (luming, site.bureau(MARKET)):
        refused = bureau.post(f"/tickets/{number}/whistle", {"bureau": FIRE, "text": "请来"})
        assert (refused.status, refused.code) == (403, "street_only")
    assert stored(world, number).version == luming.get(f"/tickets/{number}").json["version"]


def left(bureau: Bureau, query: str = "") -> list[str]:
    return [ticket["id"] for ticket in bureau.get(f"/left{query}").json["tickets"]]


def test_a_bureau_learns_which_tickets_it_no_longer_has(
    site: Site, world: World, luming: Bureau
) -> None:
    kept, first, second = (signed(world, luming) for _ in range(3))
    assert left(luming) == []
    for number in (first, second):
        content = {"district": "zhenxi", "reason": "机构登记在枕溪区"}
        luming.post(f"/tickets/{number}/transfer", content)
    page = luming.get("/left?limit=1").json
    assert [sorted(ticket) for ticket in page["tickets"]] == [["id", "left_at"]]
    assert (left(luming), page["has_more"]) == ([first, second], True)
    assert left(luming, f"?after={page['next_after']}") == [second]
    assert kept not in left(luming) and left(site.bureau("zhenxi-education")) == []
    assert left(site.bureau(MARKET)) == [first, second]  # who helped there loses them too
    with world.storage.write() as session:
        declare_interest(session, LUMING, "hengsuan-maths", "亲属", world.rules, world.moment)
    assert left(luming) == [first, second, kept]


def test_a_ticket_that_comes_back_is_in_the_queue_and_no_longer_gone(
    world: World, luming: Bureau
) -> None:
    number = signed(world, luming)
    luming.post(f"/tickets/{number}/transfer", {"district": "zhenxi", "reason": "在枕溪区"})
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        designate_ticket(session, ticket, CLERK, LUMING, "由你局承办", world.rules, world.moment)
    assert left(luming) == []
    assert number in [ticket["id"] for ticket in luming.get("/tickets").json["tickets"]]
