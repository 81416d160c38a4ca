"""A bureau signs, answers, gives back; what it may not do is refused with a stable code."""

from __future__ import annotations

from typing import Any

import pytest
from bureau_days import stored
from desk_world import HOTLINE, LUMING, MARKET, Bureau, Site, World


def test_a_bureau_signs_and_answers(world: World, luming: Bureau) -> None:
    number = world.file()
    signed = luming.post(f"/tickets/{number}/sign")
    assert (signed.status, signed.json["state"]) == (200, "handling")
    answered = luming.post(f"/tickets/{number}/answer", {"text": "已责令停课。\n费用退回。 "})
    assert (answered.status, answered.json["state"]) == (200, "answered")
    ticket = luming.get(f"/tickets/{number}").json
    assert ticket["history"][-1]["text"] == "已责令停课。\n费用退回。"
    assert ticket["version"] == answered.json["version"]


def test_a_ticket_given_back_leaves_all_queues_and_waits_for_the_hotline(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file()
    back = luming.post(
        f"/tickets/{number}/return", {"reason": "机构登记在枕溪区", "basis": "属地管理"}
    )
    assert (back.status, back.json["state"]) == (200, "return_pending")
    assert luming.queue() == site.bureau(MARKET).queue() == []
    assert stored(world, number).lead == HOTLINE
    assert stored(world, number).version == back.json["version"]
    assert luming.post(f"/tickets/{number}/sign").status == 404


def test_a_ticket_sent_to_the_same_bureau_again_is_met_again(world: World, luming: Bureau) -> None:
    number = world.file()
    cursor = luming.get("/tickets").json["next_after"]
    luming.post(f"/tickets/{number}/return", {"reason": "不归我局", "basis": "属地管理"})
    world.dispatch(number, LUMING)
    assert luming.queue(f"?after={cursor}") == [number]


def test_steps_in_the_wrong_state_are_refused(world: World, luming: Bureau) -> None:
    number = world.file()
    early = luming.post(f"/tickets/{number}/answer", {"text": "已办"})
    assert (early.status, early.code) == (409, "wrong_state")
    luming.post(f"/tickets/{number}/sign")
    twice = luming.post(f"/tickets/{number}/sign")
    assert (twice.status, twice.code) == (409, "wrong_state")
    assert "办理中" in twice.json["error"]["message"]


@pytest.mark.parametrize("content", [None, {}, {"text": None}, {"text": ""}, {"text": " \n "}])
def test_an_answer_needs_words(world: World, luming: Bureau, content: Any) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign")
    refused = luming.post(f"/tickets/{number}/answer", content)
    assert (refused.status, refused.code) == (422, "text_required")


def test_an_answer_has_at_most_4000_characters(world: World, luming: Bureau) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign")
    refused = luming.post(f"/tickets/{number}/answer", {"text": "办" * 4001})
    assert (refused.status, refused.code) == (422, "text_too_long")
    assert luming.post(f"/tickets/{number}/answer", {"text": "办" * 4000}).status == 200


@pytest.mark.parametrize("bad", ["\x00", "\x1b[2J", "\x7f", "\u202e", "\ud800"])
def test_characters_that_cannot_be_read_are_refused(world: World, luming: Bureau, bad: str) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign")
    refused = luming.post(f"/tickets/{number}/answer", {"text": f"已办{bad}结"})
    assert (refused.status, refused.code) == (422, "bad_text")
    assert luming.post(f"/tickets/{number}/answer", {"text": "已办结👨‍👩‍👧\t好"}).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 60_000, "bad_json"),
        (b'["text"]', "bad_json"),
        (b'{"text": ' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"text": 5}', "bad_request"),
        (b'{"text": ["a"]}', "bad_request"),
    ],
    ids=["cut off", "not text", "very deep", "a list", "a huge number", "a number", "many texts"],
)
def test_a_body_that_is_not_what_it_should_be(
    site: Site, world: World, luming: Bureau, body: bytes, code: str
) -> None:
    path = f"/api/v1/tickets/{world.file()}/answer"
    headers = luming.headers | {"Idempotency-Key": "k"}
    refused = site.ask("POST", path, data=body, headers=headers)
    assert (refused.status, refused.code) == (400, code)


def test_a_body_that_is_too_large(site: Site, world: World, luming: Bureau) -> None:
    path = f"/api/v1/tickets/{world.file()}/answer"
    headers = luming.headers | {"Idempotency-Key": "k"}
    refused = site.ask("POST", path, data=b" " * 70_000, headers=headers)
    assert (refused.status, refused.code) == (413, "too_large")
