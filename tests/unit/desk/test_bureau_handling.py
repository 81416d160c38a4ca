"""While a bureau handles a ticket: it asks back, puts the answer off, and says what it found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bureau_days import YINSHI, let_pass, signed, stored
from desk_world import MARKET, Bureau, Site, World

from complaints.lifecycle.reporting import supplement_ticket
from complaints.model import Kind


def test_a_question_to_the_reporter_stops_the_clock_until_the_answer(
    world: World, luming: Bureau
) -> None:
    number = signed(world, luming)
    promised = luming.get(f"/tickets/{number}").json["answer_by"]
    paused = luming.post(f"/tickets/{number}/pause", {"text": "请问是哪个校区？"})
    assert (paused.status, paused.json["state"]) == (200, "paused")
    assert paused.json["paused_until"] == "2026-12-04"  # ten workdays
    (listed,) = luming.get("/tickets").json["tickets"]
    assert (listed["paused_until"], listed["answer_by"]) == ("2026-12-04", None)
    shown = luming.get(f"/tickets/{number}").json
    assert (shown["deadline"]["standing"], shown["deadline"]["due_on"]) == ("frozen", None)
    let_pass(world, days=4)
    with world.storage.write() as session:
        supplement_ticket(session, number, "印石路的校区", world.rules, world.moment)
    resumed = luming.get(f"/tickets/{number}").json
    assert (resumed["state"], resumed["paused_until"]) == ("handling", None)
    assert resumed["history"][-1]["text"] == "印石路的校区"
    assert resumed["answer_by"] > promised


def test_a_bureau_goes_on_without_waiting(world: World, luming: Bureau) -> None:
    number = signed(world, luming)
    luming.post(f"/tickets/{number}/pause", {"text": "请问是哪个校区？"})
    assert luming.post(f"/tickets/{number}/resume").json["state"] == "handling"
    again = luming.post(f"/tickets/{number}/resume")
    assert (again.status, again.code) == (409, "wrong_state")


def test_a_question_needs_words_and_a_ticket_in_hand(world: World, luming: Bureau) -> None:
    number = world.file()
    early = luming.post(f"/tickets/{number}/pause", {"text": "请问？"})
    assert (early.status, early.code) == (409, "wrong_state")
    luming.post(f"/tickets/{number}/sign")
    silent = luming.post(f"/tickets/{number}/pause")
    assert (silent.status, silent.code) == (422, "text_required")


def test_who_is_late_or_has_waited_long_enough_cannot_stop_the_clock(
    world: World, luming: Bureau
) -> None:
    late, asked = signed(world, luming), signed(world, luming)
    question = {"text": "请问？"}
    for days in (18, 7):  # the first wait is over after ten workdays, the second after four
        assert luming.post(f"/tickets/{asked}/pause", question).status == 200
        let_pass(world, days=days)
        assert luming.get(f"/tickets/{asked}").json["state"] == "handling"
    for number, code in ((late, "already_overdue"), (asked, "pause_used_up")):
        refused = luming.post(f"/tickets/{number}/pause", question)
        assert (refused.status, refused.code) == (409, code)


def test_an_answer_is_put_off_once_with_a_reason(world: World, luming: Bureau) -> None:
    number = signed(world, luming)
    before = luming.get(f"/tickets/{number}").json["answer_by"]
    longer = luming.post(f"/tickets/{number}/extend", {"reason": "要等检测结果", "workdays": 5})
    assert (longer.status, longer.json["extensions"]) == (200, 1)
    assert date.fromisoformat(longer.json["answer_by"]) > date.fromisoformat(before)
    again = luming.post(f"/tickets/{number}/extend", {"reason": "还要等", "workdays": 5})
    assert (again.status, again.code) == (409, "too_many_extensions")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"workdays": 3}, 422, "text_required"),
        ({"reason": "要等检测结果"}, 422, "extension_too_long"),
        ({"reason": "要等检测结果", "workdays": 0}, 422, "extension_too_long"),
        ({"reason": "要等检测结果", "workdays": -1}, 422, "extension_too_long"),
        ({"reason": "要等检测结果", "workdays": 6}, 422, "extension_too_long"),
        ({"reason": "要等检测结果", "workdays": 10**30}, 422, "extension_too_long"),
        ({"reason": "要等检测结果", "workdays": "3"}, 400, "bad_request"),
        ({"reason": "要等检测结果", "workdays": 3.0}, 400, "bad_request"),
        ({"reason": "要等检测结果", "workdays": True}, 400, "bad_request"),
    ],
)
def test_putting_off_needs_a_reason_and_a_fair_number_of_days(
    world: World, luming: Bureau, content: dict[str, Any], status: int, code: str
) -> None:
    number = signed(world, luming)
    refused = luming.post(f"/tickets/{number}/extend", content)
    assert (refused.status, refused.code) == (status, code)
    assert stored(world, number).extensions == 0


def test_an_answer_tells_what_was_found_and_done(world: World, luming: Bureau) -> None:
    number = signed(world, luming)
    content = {"text": "已责令停课。", "finding": "confirmed", "results": ["stop", "refunded"]}
    answered = luming.post(f"/tickets/{number}/answer", content)
    assert answered.status == 200
    assert (answered.json["finding"], answered.json["result"]) == ("confirmed", "stop")
    (listed,) = luming.get("/tickets").json["tickets"]
    assert (listed["state"], listed["finding"]) == ("answered", "confirmed")


def test_a_finding_tells_the_street_and_the_schools_that_the_bureau_named(
    site: Site, world: World, luming: Bureau
) -> None:
    number = signed(world, luming)
    content = {"text": "属实。", "finding": "confirmed", "schools": ["luming-no2-primary"]}
    luming.post(f"/tickets/{number}/answer", content)
    street = site.bureau(YINSHI).get("/tasks").json["tasks"]
    assert [task["kind"] for task in street] == ["co_handling", "notice"]
    (school,) = luming.get("/tasks").json["tasks"]
    assert (school["kind"], school["ticket"]) == ("notice", number)
    assert (school["party_id"], school["party"]) == ("luming-no2-primary", "鹭鸣区第二小学")


def test_the_bureau_names_the_street_that_no_reporter_told(
    site: Site, world: World, luming: Bureau
) -> None:
    number = world.file(party="一个辅导班", place="鹭鸣区")
    assert luming.post(f"/tickets/{number}/sign").status == 200
    content = {"text": "属实。", "finding": "confirmed", "street": "yinshi"}
    assert luming.post(f"/tickets/{number}/answer", content).json["street"] == "yinshi"
    (told,) = site.bureau(YINSHI).get("/tasks").json["tasks"]
    assert told["kind"] == "notice" and "鹭鸣区印石街道" in told["text"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"finding": "so_so"}, 422, "unknown_finding"),
        ({"results": ["stop", "prison"]}, 422, "unknown_result"),
        ({"schools": ["no-such-school"]}, 422, "unknown_school"),
        ({"street": "tangzhou"}, 422, "unknown_street"),
        ({"street": ["yinshi"]}, 400, "bad_request"),
        ({"results": "stop"}, 400, "bad_request"),
        ({"results": ["stop", 1]}, 400, "bad_request"),
        ({"schools": {"a": 1}}, 400, "bad_request"),
        ({"finding": ["confirmed"]}, 400, "bad_request"),
    ],
)
def test_codes_that_do_not_exist_are_refused(
    world: World, luming: Bureau, content: dict[str, Any], status: int, code: str
) -> None:
    number = signed(world, luming)
    refused = luming.post(f"/tickets/{number}/answer", {"text": "已办"} | content)
    assert (refused.status, refused.code) == (status, code)
    assert stored(world, number).state == "handling"


@pytest.mark.parametrize(
    ("step", "content"),
    [
        ("pause", {"text": "请问？"}),
        ("extend", {"reason": "人手不够", "workdays": 1}),
        ("answer", {"text": "已办"}),
        ("return", {"reason": "不归我局", "basis": "属地管理"}),
        ("transfer", {"district": "zhenxi", "reason": "在枕溪区"}),
        ("escalate", {"reason": "涉及多个区"}),
    ],
)
def test_these_steps_are_the_leads(
    site: Site, world: World, luming: Bureau, step: str, content: dict[str, Any]
) -> None:
    number = signed(world, luming)
    refused = site.bureau(MARKET).post(f"/tickets/{number}/{step}", content)
    assert (refused.status, refused.code) == (403, "wrong_role")


def test_the_clock_tells_which_limit_holds_and_whether_it_is_the_laws(
    site: Site, world: World, luming: Bureau
) -> None:
    ours = luming.get(f"/tickets/{world.file()}").json["deadline"]
    assert ours["status"] == "系统默认，非法定"
    assert (ours["standing"], ours["length"], ours["due_on"]) == (
        "running",
        "5个工作日",
        "2026-11-27",
    )
    advertising = world.file(kind=Kind.TRAINING_ADS, detail="公交车上贴满了保过的广告")
    laws = site.bureau(MARKET).get(f"/tickets/{advertising}").json["deadline"]
    assert (laws["status"], laws["length"]) == ("法定", "7个工作日")
    assert "广告法" in laws["source"]


def test_a_late_answer_is_told_and_supervised(world: World, luming: Bureau) -> None:
    number = signed(world, luming)
    let_pass(world, days=10)
    late = luming.get(f"/tickets/{number}").json
    assert late["overdue"] is True
    assert late["deadline"]["standing"] == "overdue"
    assert [task["kind"] for task in late["tasks"]] == ["supervision"]
    assert luming.post(f"/tickets/{number}/answer", {"text": "已办"}).status == 200
