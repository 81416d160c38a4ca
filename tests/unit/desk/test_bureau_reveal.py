"""A bureau that has to reach the reporter: by default it cannot; with reason and approval, a while."""

from __future__ import annotations

import pytest
from bureau_days import CLERK, decide, let_pass
from desk_world import MARKET, Bureau, Site, World
from sqlalchemy import select

from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.lifecycle.returning import refuse_return
from complaints.storage.tables import Event, Reading

PHONE = "13912345678"
WHY = {"reason": "现场核实需要举报人指认教室"}


@pytest.fixture
def number(world: World) -> str:
    """A ticket whose reporter left name and telephone."""
    return world.file(personal={"name": "王小禾", "phone": PHONE})


def test_nothing_is_shown_until_the_hotline_allows_it(
    world: World, luming: Bureau, number: str
) -> None:
    path = f"/tickets/{number}/reveal"
    closed = luming.get(path)
    assert (closed.status, closed.code) == (403, "not_approved")
    asked = luming.post(path, WHY)
    assert (asked.status, asked.json["status"]) == (200, "pending")
    waiting = luming.get(path)
    assert (waiting.status, waiting.code) == (403, "pending")
    decide(world, approve=True)
    shown = luming.get(path)
    assert shown.status == 200
    assert {field["kind"]: field["value"] for field in shown.json["fields"]} == {
        "name": "王小禾",
        "phone": PHONE,
    }
    assert shown.json["expires_at"] == "2026-11-21T01:30:00+00:00"
    assert shown.headers["Cache-Control"] == "no-store"


def test_an_approval_ends(world: World, luming: Bureau, number: str) -> None:
    path = f"/tickets/{number}/reveal"
    luming.post(path, WHY)
    decide(world, approve=True)
    let_pass(world, hours=25)
    over = luming.get(path)
    assert (over.status, over.code) == (403, "expired")
    luming.post(path, WHY)
    assert luming.get(path).code == "pending"
    decide(world, approve=False)
    assert luming.get(path).code == "refused"


def test_every_step_and_every_look_is_written_down(
    world: World, luming: Bureau, number: str
) -> None:
    path = f"/tickets/{number}/reveal"
    luming.post(path, WHY)
    decide(world, approve=True)
    luming.get(path)
    luming.get(path)
    with world.storage.read() as session:
        events = session.scalars(select(Event).order_by(Event.seq)).all()
        ways = session.scalars(select(Reading.way)).all()
    noted = [event.action for event in events if event.action.startswith("reveal")]
    assert noted == ["reveal_asked", "reveal_decided", "revealed", "revealed"]
    assert ways.count("reveal") == 2
    assert all(PHONE not in str(event.facts) for event in events)


def test_one_bureaus_approval_is_not_another_ones(
    site: Site, world: World, luming: Bureau, number: str
) -> None:
    luming.post(f"/tickets/{number}/reveal", WHY)
    decide(world, approve=True)
    co_handler, stranger = site.bureau(MARKET), site.bureau("zhenxi-education")
    refused = co_handler.get(f"/tickets/{number}/reveal")
    assert (refused.status, refused.code) == (403, "not_approved")
    assert stranger.get(f"/tickets/{number}/reveal").status == 404
    assert stranger.post(f"/tickets/{number}/reveal", WHY).status == 404


def test_an_approval_ends_with_the_ticket(world: World, luming: Bureau, number: str) -> None:
    path = f"/tickets/{number}/reveal"
    luming.post(path, WHY)
    decide(world, approve=True)
    back = {"reason": "不归我局", "basis": "属地管理"}
    assert luming.post(f"/tickets/{number}/return", back).status == 200
    assert luming.get(path).status == 404


def test_an_approval_does_not_come_back_with_the_ticket(
    world: World, luming: Bureau, number: str
) -> None:
    path = f"/tickets/{number}/reveal"
    luming.post(path, WHY)
    decide(world, approve=True)
    assert luming.get(path).status == 200
    back = {"reason": "不归我局", "basis": "属地管理"}
    assert luming.post(f"/tickets/{number}/return", back).status == 200
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        refuse_return(session, ticket, CLERK, "仍归你局", world.rules, world.moment)
    refused = luming.get(path)
    assert (refused.status, refused.code) == (403, "expired")


def test_a_request_needs_a_reason_and_something_to_see(
    world: World, luming: Bureau, number: str
) -> None:
    for content in (None, {"reason": "  "}):
        silent = luming.post(f"/tickets/{number}/reveal", content)
        assert (silent.status, silent.code) == (422, "reason_required")
    anonymous = luming.post(f"/tickets/{world.file()}/reveal", WHY)
    assert (anonymous.status, anonymous.code) == (409, "nothing_kept")


def test_a_request_is_made_once(luming: Bureau, number: str) -> None:
    path = f"/tickets/{number}/reveal"
    first, again = luming.post(path, WHY, key="a"), luming.post(path, WHY, key="a")
    assert (again.status, again.text) == (first.status, first.text)
    other = luming.post(path, {"reason": "别的理由"}, key="a")
    assert (other.status, other.code) == (409, "idempotency_key_reused")
    twice = luming.post(path, WHY, key="b")
    assert (twice.status, twice.code) == (409, "already_asked")


def test_what_a_reporter_withdrew_is_not_shown(world: World, luming: Bureau, number: str) -> None:
    path = f"/tickets/{number}/reveal"
    luming.post(path, WHY)
    decide(world, approve=True)
    with world.storage.write() as session:
        withdraw_ticket(session, number, world.rules, world.moment)
    gone = luming.get(path)
    assert (gone.status, gone.code) == (409, "gone")
