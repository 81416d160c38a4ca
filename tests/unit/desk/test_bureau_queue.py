"""A bureau pulls its own tickets, page by page, and looks at one."""

from __future__ import annotations

import pytest
from desk_world import LUMING, MARKET, Bureau, Site, World

from complaints.lifecycle.table import State


def test_a_bureau_finds_a_new_ticket_in_its_queue_and_others_do_not(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file()
    (ticket,) = luming.get("/tickets").json["tickets"]
    assert ticket["id"] == number
    assert (ticket["state"], ticket["state_label"]) == ("dispatched", "已派单")
    assert (ticket["role"], ticket["kind_label"]) == ("lead", "校外培训超时")
    assert ticket["detail"] == "周六上午还在给五年级的孩子上课"
    assert site.bureau("zhenxi-education").queue() == []


def test_a_co_handler_sees_the_ticket_with_its_own_role(site: Site, world: World) -> None:
    number = world.file()
    market = site.bureau(MARKET)
    assert market.get(f"/tickets/{number}").json["role"] == "co_handler"
    refused = market.post(f"/tickets/{number}/sign")
    assert (refused.status, refused.code) == (403, "wrong_role")


def test_a_ticket_shows_its_history_by_office_and_never_by_person(
    world: World, luming: Bureau
) -> None:
    number = world.file_unsure()
    world.dispatch(number, LUMING)
    luming.post(f"/tickets/{number}/sign")
    history = luming.get(f"/tickets/{number}").json["history"]
    assert [(step["action"], step["role"], step["bureau"]) for step in history] == [
        ("file", "reporter", None),
        ("dispatch", "hotline", None),
        ("sign", "lead", LUMING),
    ]


def test_what_waits_for_the_hotline_is_in_no_bureaus_queue(world: World, luming: Bureau) -> None:
    number = world.file_unsure()
    assert luming.queue() == []
    assert luming.get(f"/tickets/{number}").status == 404


def test_a_ticket_of_another_bureau_looks_like_one_that_does_not_exist(
    site: Site, world: World
) -> None:
    number = world.file()
    stranger = site.bureau("zhenxi-education")
    theirs, nobodys = (
        stranger.get(f"/tickets/{number}"),
        stranger.get("/tickets/JS2026112099999999"),
    )
    assert theirs.status == nobodys.status == 404
    assert theirs.text == nobodys.text
    assert stranger.post(f"/tickets/{number}/sign").code == "not_found"


def test_pages_follow_each_other(world: World, luming: Bureau) -> None:
    numbers = [world.file() for _ in range(5)]
    first = luming.get("/tickets?limit=2").json
    second = luming.get(f"/tickets?limit=2&after={first['next_after']}").json
    third = luming.get(f"/tickets?limit=2&after={second['next_after']}").json
    pages = [first, second, third]
    assert [t["id"] for page in pages for t in page["tickets"]] == numbers
    assert [page["has_more"] for page in pages] == [True, True, False]
    rest = luming.get(f"/tickets?after={third['next_after']}").json
    assert rest == {"tickets": [], "next_after": third["next_after"], "has_more": False}


def test_an_empty_queue_has_no_cursor(luming: Bureau) -> None:
    assert luming.get("/tickets").json == {"tickets": [], "next_after": None, "has_more": False}


def test_a_list_can_be_narrowed_to_a_state(world: World, luming: Bureau) -> None:
    new, signed = world.file(), world.file()
    luming.post(f"/tickets/{signed}/sign")
    assert luming.queue("?state=dispatched") == [new]
    assert luming.queue("?state=handling") == [signed]
    assert all(luming.get(f"/tickets?state={state}").status == 200 for state in State)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "bad_limit"),
        ("limit=201", "bad_limit"),
        ("limit=-1", "bad_limit"),
        ("limit=two", "bad_limit"),
        ("limit=²", "bad_limit"),
        ("limit=", "bad_limit"),
        ("limit=" + "9" * 50, "bad_limit"),
        ("state=lost", "bad_state"),
        ("state=Dispatched", "bad_state"),
        ("after=yesterday", "bad_cursor"),
        ("after=-", "bad_cursor"),
        ("after=1-", "bad_cursor"),
        ("after=1-2-3", "bad_cursor"),
        ("after=99999999999999999999-1", "bad_cursor"),
        ("after=1-1%00", "bad_cursor"),
    ],
)
def test_a_wrong_query_is_named(luming: Bureau, query: str, code: str) -> None:
    refused = luming.get(f"/tickets?{query}")
    assert (refused.status, refused.code) == (400, code)


def test_a_filing_that_is_repeated_does_not_look_like_a_change(
    world: World, luming: Bureau
) -> None:
    number = world.file(intake_id="same")
    before = luming.get(f"/tickets/{number}").json
    assert world.file(intake_id="same") == number
    assert luming.get(f"/tickets/{number}").json == before
