"""A bureau may repeat a request whose answer it never got: it is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bureau_days import FIRE, YINSHI, signed, stored
from desk_world import LUMING, MARKET, Bureau, Site, World
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from complaints.lifecycle.act import Actor, act, ticket_by_number
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.table import NotAllowed
from complaints.offices.idempotency import Answer, Effect, Request, answer_once, forget_answers
from complaints.storage.tables import Barred, IdempotentAnswer, Reading

AS_SENT = ["file", "accept", "dispatch"]


def only(run: Callable[[Session], dict[str, Any]]) -> Effect:
    """An effect that nobody asks for again."""
    return Effect(run, run)


def steps(bureau: Bureau, number: str) -> list[str]:
    return [step["action"] for step in bureau.get(f"/tickets/{number}").json["history"]]


def test_a_step_needs_a_key(site: Site, world: World, luming: Bureau) -> None:
    number = world.file()
    for key in ({}, {"Idempotency-Key": ""}):
        path = f"/api/v1/tickets/{number}/sign"
        refused = site.ask("POST", path, headers=luming.headers | key)
        assert (refused.status, refused.code) == (400, "idempotency_key_required")
    assert steps(luming, number) == AS_SENT


@pytest.mark.parametrize("key", ["k" * 129, "钥匙", "a\tb"])
def test_a_strange_key_is_refused(world: World, luming: Bureau, key: str) -> None:
    refused = luming.post(f"/tickets/{world.file()}/sign", key=key)
    assert (refused.status, refused.code) == (400, "bad_request")


def test_the_same_request_again_is_told_how_the_ticket_stands_now(
    world: World, luming: Bureau
) -> None:
    number = world.file()
    first = luming.post(f"/tickets/{number}/sign", key="a")
    assert luming.post(f"/tickets/{number}/sign", key="a").text == first.text
    luming.post(f"/tickets/{number}/answer", {"text": "已处理"})
    again = luming.post(f"/tickets/{number}/sign", key="a")
    assert (again.status, again.json["id"], again.json["state"]) == (200, number, "answered")
    assert set(again.json) == set(first.json)
    assert steps(luming, number) == [*AS_SENT, "sign", "answer"]


def test_a_repeated_return_is_told_that_it_was_done_and_the_ticket_is_gone(
    world: World, luming: Bureau
) -> None:
    number = world.file()
    path, reason = (
        f"/tickets/{number}/return",
        {"reason": "不归我局", "basis": "校外培训行政处罚暂行办法"},
    )
    first, again = luming.post(path, reason, key="r"), luming.post(path, reason, key="r")
    assert (first.status, first.json["state"]) == (200, "return_pending")
    assert (again.status, again.code) == (404, "done_and_gone")
    assert "已经完成" in again.json["error"]["message"]
    assert number not in again.text


def test_a_bureau_that_must_keep_out_gets_nothing_by_an_old_key(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file(personal={"phone": "139" + "00002222"})
    luming.post(f"/tickets/{number}/sign", key="step")
    luming.post(f"/tickets/{number}/reveal", {"reason": "核实"}, key="reveal")
    market = site.bureau(MARKET)
    task = f"/tasks/{market.get('/tasks').json['tasks'][0]['id']}/sign"
    market.post(task, key="task")
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        for bureau in (LUMING, MARKET):
            session.add(Barred(ticket_id=ticket.id, who=bureau, reason="interest"))
    for reply in (
        luming.post(f"/tickets/{number}/sign", key="step"),
        luming.post(f"/tickets/{number}/reveal", {"reason": "核实"}, key="reveal"),
        market.post(task, key="task"),
    ):
        assert (reply.status, reply.code) == (404, "done_and_gone")
        assert "周六" not in reply.text and number not in reply.text


def test_words_that_a_clerk_corrected_do_not_come_back_by_an_old_key(
    world: World, luming: Bureau
) -> None:
    number = world.file(detail="门口停着一辆红色的车，周六还在上课")
    assert "红色" in luming.post(f"/tickets/{number}/sign", key="a").text
    with world.storage.write() as session:
        ticket_by_number(session, number).detail = "周六还在上课"
    assert luming.post(f"/tickets/{number}/sign", key="a").json["detail"] == "周六还在上课"


def test_what_is_kept_of_an_answer_is_no_word_of_the_ticket(world: World, luming: Bureau) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign", key="a")
    luming.post(f"/tickets/{number}/sign", key="b")
    with world.storage.read() as session:
        kept = {
            row.key: (row.status, row.body) for row in session.scalars(select(IdempotentAnswer))
        }
    assert kept["a"] == (200, {})
    assert kept["b"][0] == 409 and set(kept["b"][1]) == {"error"}


def test_a_repeated_request_that_shows_the_ticket_is_a_look(world: World, luming: Bureau) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign", key="a")
    luming.post(f"/tickets/{number}/sign", key="a")
    with world.storage.read() as session:
        looks = session.scalars(select(Reading)).all()
    assert [(look.actor, look.way) for look in looks] == [(LUMING, "api")]


def test_a_refusal_is_repeated_too(world: World, luming: Bureau) -> None:
    number = world.file()
    first = luming.post(f"/tickets/{number}/answer", {"text": "已办"}, key="a")
    luming.post(f"/tickets/{number}/sign")
    again = luming.post(f"/tickets/{number}/answer", {"text": "已办"}, key="a")
    assert first.status == 409
    assert (again.status, again.text) == (first.status, first.text)
    assert luming.post(f"/tickets/{number}/answer", {"text": "已办"}, key="b").status == 200


def test_a_key_cannot_serve_another_request(world: World, luming: Bureau) -> None:
    number, other = world.file(), world.file()
    luming.post(f"/tickets/{number}/sign", key="a")
    for path, content in (
        (f"/tickets/{other}/sign", None),
        (f"/tickets/{number}/answer", {"text": "已办"}),
    ):
        refused = luming.post(path, content, key="a")
        assert (refused.status, refused.code) == (409, "idempotency_key_reused")
    luming.post(f"/tickets/{number}/answer", {"text": "已办"}, key="b")
    refused = luming.post(f"/tickets/{number}/answer", {"text": "没办"}, key="b")
    assert refused.code == "idempotency_key_reused"


STEPS_WITH_CONTENT = [
    ("pause", {"text": "请问是哪个校区？"}, {"text": "请问是几楼？"}),
    ("extend", {"reason": "等检测", "workdays": 3}, {"reason": "等检测", "workdays": 4}),
    (
        "transfer",
        {"district": "zhenxi", "reason": "在那边"},
        {"district": "zhangyu", "reason": "在那边"},
    ),
    ("escalate", {"reason": "涉及三个区"}, {"reason": "涉及两个区"}),
    (
        "return",
        {"reason": "不归我局", "basis": "属地管理"},
        {"reason": "不归我局", "basis": "部门职责"},
    ),
    (
        "answer",
        {"text": "已办", "finding": "confirmed", "results": ["stop", "fined"]},
        {"text": "已办", "finding": "confirmed", "results": ["fined", "stop"]},
    ),
    (
        "answer",
        {"text": "已办", "schools": ["luming-no1-primary"]},
        {"text": "已办", "schools": ["luming-no2-primary"]},
    ),
]


@pytest.mark.parametrize(("step", "content", "other"), STEPS_WITH_CONTENT)
def test_each_step_is_done_once_and_its_key_serves_no_other_content(
    world: World, luming: Bureau, step: str, content: dict[str, Any], other: dict[str, Any]
) -> None:
    number = signed(world, luming)
    path = f"/tickets/{number}/{step}"
    first = luming.post(path, content, key="once")
    version = stored(world, number).version
    again = luming.post(path, dict(reversed(content.items())), key="once")
    if step in ("transfer", "escalate", "return"):  # it is with others now
        assert (first.status, again.status, again.code) == (200, 404, "done_and_gone")
    else:
        assert (first.status, again.status, again.text) == (200, 200, first.text)
    refused = luming.post(path, other, key="once")
    assert (refused.status, refused.code) == (409, "idempotency_key_reused")
    assert stored(world, number).version == version


def test_a_call_for_help_is_sent_once(site: Site, world: World) -> None:
    number = world.file_unsure()
    world.dispatch(number, YINSHI)
    street, path = site.bureau(YINSHI), f"/tickets/{number}/whistle"
    content = {"bureau": FIRE, "text": "请来查消防通道"}
    replies = site.ask_together(*[street.request(path, content, "once")] * 5)
    assert {reply.status for reply in replies} == {200}
    assert len(site.bureau(FIRE).get("/tasks").json["tasks"]) == 1


def test_a_tasks_steps_are_done_once(site: Site, world: World) -> None:
    world.file()
    market = site.bureau(MARKET)
    path = f"/tasks/{market.get('/tasks').json['tasks'][0]['id']}"
    for step, content in (("sign", None), ("done", {"text": "已查"})):
        first = market.post(f"{path}/{step}", content, key=step)
        again = market.post(f"{path}/{step}", content, key=step)
        assert (first.status, again.status, again.text) == (200, 200, first.text)
    refused = market.post(f"{path}/done", {"text": "没查"}, key="done")
    assert (refused.status, refused.code) == (409, "idempotency_key_reused")


def test_two_bureaus_may_use_the_same_key(site: Site, world: World, luming: Bureau) -> None:
    number = world.file()
    assert site.bureau(MARKET).post(f"/tickets/{number}/sign", key="1").status == 403
    assert luming.post(f"/tickets/{number}/sign", key="1").status == 200


def test_ten_requests_at_once_under_one_key_have_one_effect(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file()
    request = luming.request(f"/tickets/{number}/sign", None, "once")
    replies = site.ask_together(*[request] * 10)
    assert {reply.status for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert steps(luming, number) == [*AS_SENT, "sign"]


def test_of_requests_at_once_under_different_keys_one_wins(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file()
    replies = site.ask_together(
        *(luming.request(f"/tickets/{number}/sign", None, f"key {n}") for n in range(5))
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409, 409]
    assert steps(luming, number) == [*AS_SENT, "sign"]


def test_a_fault_keeps_nothing_and_the_request_can_be_repeated(world: World) -> None:
    request = Request("some-bureau", "k", ("sign", "JS1", None))

    def broken(_session: object) -> dict[str, str]:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        answer_once(world.storage, request, only(broken), lambda _: Answer(409, {}), world.now())
    done = answer_once(
        world.storage, request, only(lambda _: {"ok": True}), lambda _: Answer(409, {}), world.now()
    )
    assert done == Answer(200, {"ok": True})


def test_a_step_that_is_refused_half_way_leaves_nothing(world: World, luming: Bureau) -> None:
    number = world.file()

    def half_a_step(session: Session) -> dict[str, str]:
        ticket = ticket_by_number(session, number)
        act(session, ticket, Action.SIGN, Actor(LUMING, Role.LEAD), world.now())
        raise NotAllowed("wrong_state", "半路被拒")

    request = Request(LUMING, "k", ("sign", number, None))
    refused = answer_once(
        world.storage, request, only(half_a_step), lambda _: Answer(409, {"no": 1}), world.now()
    )
    assert refused == Answer(409, {"no": 1})
    assert steps(luming, number) == AS_SENT
    assert luming.get(f"/tickets/{number}").json["state"] == "dispatched"


@pytest.mark.parametrize("lost", [StaleDataError("row"), IntegrityError("insert", {}, Exception())])
def test_who_loses_a_race_to_a_twin_gets_the_twins_answer(world: World, lost: Exception) -> None:
    request = Request("some-bureau", "k", ("sign", "JS1", None))
    tries = []

    def second_time_lucky(_session: object) -> dict[str, int]:
        tries.append(1)
        if len(tries) == 1:
            raise lost
        return {"tries": len(tries)}

    answer = answer_once(
        world.storage, request, only(second_time_lucky), lambda _: Answer(409, {}), world.now()
    )
    assert answer == Answer(200, {"tries": 2})


def test_kept_answers_are_forgotten_after_a_while(world: World, luming: Bureau) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign", key="a")
    week = timedelta(days=7)
    assert forget_answers(world.storage, world.now() + week, after=week) == 0
    assert forget_answers(world.storage, world.now() + week * 2, after=week) == 1
    assert luming.post(f"/tickets/{number}/sign", key="a").code == "wrong_state"
