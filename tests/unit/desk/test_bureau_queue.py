"""A bureau pulls its own tickets, page by page, and looks at one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bureau_days import CLERK
from desk_world import LUMING, MARKET, Bureau, Site, World
from sqlalchemy import select

from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.merging import merge_ticket
from complaints.lifecycle.states import State
from complaints.storage.tables import Delivery, Reading, Ticket


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
        ("accept", "hotline", None),
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


def test_every_ticket_that_is_handed_out_is_noted_and_nothing_else(
    world: World, luming: Bureau
) -> None:
    numbers = [world.file() for _ in range(3)]
    page = luming.get("/tickets?limit=2").json
    luming.get("/tickets?state=closed")
    luming.get(f"/tickets?after={page['next_after']}&limit=1")
    luming.get(f"/tickets?after={page['next_after']}&state=answered")
    with world.storage.read() as session:
        looks = session.execute(
            select(Ticket.number, Reading.role, Reading.actor, Reading.way, Reading.at)
            .join(Ticket, Ticket.id == Reading.ticket_id)
            .order_by(Reading.id)
        ).all()
        handed_out = session.scalars(
            select(Delivery.delivered_at).where(Delivery.bureau == LUMING)
        ).all()
    assert [tuple(look) for look in looks] == [
        (number, "bureau", LUMING, "pull", world.moment) for number in numbers
    ]
    assert handed_out == [world.moment] * 3


def test_when_a_ticket_was_first_handed_out_stays(world: World, luming: Bureau) -> None:
    world.file()
    first = world.moment
    luming.get("/tickets")
    world.moment += timedelta(hours=1)
    luming.get("/tickets")
    with world.storage.read() as session:
        delivered = select(Delivery.delivered_at).where(Delivery.bureau == LUMING)
        assert session.scalars(delivered).one() == first


def test_the_list_and_the_single_ticket_say_the_same(world: World, luming: Bureau) -> None:
    urgent = world.file(urgent=True)
    bare = world.file(party=None, place="鹭鸣区")
    for number, listed in zip((urgent, bare), luming.get("/tickets").json["tickets"], strict=True):
        shown = luming.get(f"/tickets/{number}").json
        assert listed.items() <= shown.items()


def test_what_others_told_of_the_same_matter_stands_on_the_ticket(
    world: World, luming: Bureau
) -> None:
    number = world.file(reporter_mark="m" * 64)
    again = world.file(reporter_mark="n" * 64, detail="周日也在上课，换了个牌子")
    cursor = luming.get("/tickets").json["next_after"]
    with world.storage.write() as session:
        ticket, main = ticket_by_number(session, again), ticket_by_number(session, number)
        merge_ticket(session, ticket, main, CLERK, world.rules, world.moment)
    assert luming.queue(f"?after={cursor}") == [number]  # there is something new on it
    told = luming.get(f"/tickets/{number}").json["also_reported"]
    assert told["text"].startswith("另有1人反映同一事项")
    assert told["added"] == ["周六上午：周日也在上课，换了个牌子"]
    assert luming.get(f"/tickets/{again}").status == 404
