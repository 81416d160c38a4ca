"""A clerk reads a ticket, corrects what it is about, sends it to a bureau, closes it."""

from __future__ import annotations

import pytest
from desk_clerk import Clerk, clerk_at
from desk_world import HOTLINE, LUMING, MARKET, Bureau, Site, World, open_site
from sqlalchemy import text

from complaints.model import Kind


def at(number: str) -> str:
    return f"/desk/tickets/{number}"


def test_a_ticket_shows_what_was_said_and_why_it_went_where_it_did(
    world: World, clerk: Clerk
) -> None:
    number = world.file_unsure(subject="奥数", grade="五年级")
    words = clerk.open(at(number)).words
    for said in ("周六上午还在给五年级的孩子上课", "衡算数学", "印石路", "奥数", "五年级"):
        assert said in words
    for why in ("事项类别没有把握", "J01", "K01", world.rules.routing.version):
        assert why in words
    for fact in ("培训机构", "学科类", "有证有照", "鹭鸣区", "印石街道", "类别把握30%"):
        assert fact in words


def test_what_a_reporter_wrote_stays_text(world: World, clerk: Clerk) -> None:
    nasty = '<script>alert(1)</script> "><img src=x> {{ 7*7 }} 第一行\n第二行'
    number = world.file_unsure(detail=nasty, party="<b>机构</b>", place="'\"><i>")
    for path in (at(number), "/desk/"):
        html = clerk.site.ask("GET", path).text
        assert "<script" not in html
        assert "<b>" not in html
        assert "<img" not in html
        assert "<i>" not in html
    assert nasty.split("\n")[0] in clerk.open(at(number)).words


def test_the_history_tells_who_did_what(world: World, clerk: Clerk, luming: Bureau) -> None:
    number = world.file_unsure()
    clerk.do(number, "kind", kind="unlicensed_training")
    clerk.do(number, "dispatch", bureau=LUMING)
    luming.post(f"/tickets/{number}/sign")
    luming.post(f"/tickets/{number}/answer", {"text": "已责令停课"})
    words = clerk.open(at(number)).words
    order = [
        "举报人登记举报",
        "热线 林溪改定事项类别：校外培训超时 → 无证或变相培训",
        "热线 林溪派单：汀澜市12345政务服务便民热线 → 鹭鸣区教育局",
        "鹭鸣区教育局签收",
        "鹭鸣区教育局答复",
        "已责令停课",
    ]
    places = [words.find(line) for line in order]
    assert -1 not in places, words
    assert places == sorted(places)


def test_a_corrected_kind_is_shown_and_the_bureau_for_it_suggested(
    world: World, clerk: Clerk
) -> None:
    number = world.file_unsure()
    before = clerk.open(at(number)).form("/dispatch")
    assert before and before.fields["bureau"] == LUMING
    page = clerk.do(number, "kind", kind="training_ads")
    assert "事项类别已改定" in page.words
    assert "培训广告与虚假宣传人工改定" in page.words
    after = page.form("/dispatch")
    assert after and after.fields["bureau"] == MARKET


def test_all_seventeen_kinds_can_be_chosen(world: World, clerk: Clerk) -> None:
    form = clerk.open(at(world.file_unsure())).form("/kind")
    assert form and form.choices["kind"] == list(Kind)


def test_a_kind_must_change_and_must_exist(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    same = clerk.do(number, "kind")
    assert (same.status, "没有变化" in same.words) == (409, True)
    for kind in ("", "nonsense"):
        unknown = clerk.do(number, "kind", kind=kind)
        assert (unknown.status, "请选择一个事项类别" in unknown.words) == (409, True)


def test_a_dispatched_ticket_is_in_the_bureaus_queue(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file_unsure()
    page = clerk.do(number, "dispatch", bureau=LUMING)
    assert "工单已派出" in page.words
    assert "已派单" in page.words
    assert luming.queue() == [number]


def test_a_ticket_can_be_sent_elsewhere_while_nobody_has_signed(
    site: Site, world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file()
    silent = clerk.do(number, "dispatch", bureau="zhenxi-education")
    assert (silent.status, "改派请写明理由" in silent.words) == (409, True)
    clerk.do(number, "dispatch", bureau="zhenxi-education", reason="机构登记在枕溪区")
    assert luming.queue() == []
    assert site.bureau("zhenxi-education").queue() == [number]


def test_once_signed_the_hotline_only_corrects_and_designates(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file()
    signed = luming.post(f"/tickets/{number}/sign").json
    page = clerk.open(at(number))
    assert not {"dispatch", "close"} & set(page.steps)
    assert {"kind", "designate"} <= set(page.steps)
    sent = {"csrf": page.forms[0].fields["csrf"], "version": str(signed["version"])}
    refused = clerk.site.ask("POST", f"{at(number)}/dispatch", data=sent | {"bureau": MARKET})
    assert refused.status == 409
    assert "当前状态为“办理中”" in refused.text


def test_a_given_back_ticket_shows_the_reason_and_is_not_suggested_to_the_same_bureau(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/return", {"reason": "机构登记在枕溪区", "basis": "属地"})
    page = clerk.open(at(number))
    assert "机构登记在枕溪区" in page.words and "依据：属地" in page.words
    form = page.form("/dispatch")
    assert form and "bureau" not in form.fields
    assert LUMING in form.choices["bureau"]


def test_the_reported_bureau_cannot_be_chosen(world: World, clerk: Clerk) -> None:
    number = world.file_unsure(party="鹭鸣区教育局", kind=Kind.OTHER_EDUCATION)
    form = clerk.open(at(number)).form("/dispatch")
    assert form
    chosen = form.choices["bureau"]
    assert LUMING not in chosen
    assert HOTLINE not in chosen
    assert "tinglan-education" in chosen
    refused = clerk.do(number, "dispatch", bureau=LUMING)
    assert (refused.status, "不能办理自己的工单" in refused.words) == (409, True)


def test_a_bureau_must_be_chosen(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    for bureau in ("", "nowhere", HOTLINE):
        refused = clerk.do(number, "dispatch", bureau=bureau)
        assert (refused.status, "请选择一个承办单位" in refused.words) == (409, True)


def test_an_answered_ticket_can_be_closed(world: World, clerk: Clerk, luming: Bureau) -> None:
    number = world.file()
    assert clerk.open(at(number)).form("/close") is None
    luming.post(f"/tickets/{number}/sign")
    luming.post(f"/tickets/{number}/answer", {"text": "已办"})
    page = clerk.do(number, "close")
    assert "工单已办结" in page.words
    assert set(page.steps) == {"call-back", "redact", "reopen", "reveal"}


def test_two_clicks_are_one_step(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    page = clerk.open(at(number))
    first = clerk.send(page, "/dispatch", bureau=LUMING)
    second = clerk.send(page, "/dispatch", bureau=MARKET)
    assert (first.status, second.status) == (303, 409)
    assert "刚刚有了变化" in second.text
    assert "鹭鸣区教育局" in clerk.open(at(number)).words


def test_two_clerks_do_not_undo_each_other(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    page = clerk.open(at(number))
    with open_site(world) as elsewhere:
        colleague = clerk_at(elsewhere, login="he", name="何川")
        colleague.log_in("he")
        colleague.do(number, "dispatch", bureau=LUMING)
    late = clerk.send(page, "/kind", kind="school_fees")
    assert late.status == 409
    assert "何川" in late.text


def test_a_missing_or_strange_version_changes_nothing(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    for version in ("", "x", "²", "-1", "9" * 5000):
        assert clerk.do(number, "dispatch", bureau=LUMING, version=version).status == 409


@pytest.mark.parametrize(
    ("damage", "status"),
    [
        ("ALTER TABLE event RENAME TO event_away", 503),
        ("UPDATE ticket SET kind = 'no such kind'", 500),
    ],
)
def test_a_fault_is_told_in_one_sentence_without_details(
    world: World, clerk: Clerk, damage: str, status: int
) -> None:
    number = world.file_unsure()
    with world.storage.write() as session:
        session.execute(text(damage))
    page = clerk.open(at(number))
    assert page.status == status
    assert "请稍后重试" in page.words
    assert "event_away" not in page.words and "no such kind" not in page.words


def test_an_unknown_ticket_is_told_so(clerk: Clerk) -> None:
    page = clerk.open(at("JS2026112099999999"))
    assert (page.status, "没有这个工单" in page.words) == (404, True)
    token = page.forms[0].fields["csrf"]
    lost = clerk.site.ask("POST", at("JS1") + "/close", data={"csrf": token})
    assert lost.status == 404


def test_a_ticket_shows_which_rules_it_may_violate_with_their_source(
    world: World, clerk: Clerk
) -> None:
    words = clerk.open(at(world.file_unsure())).words
    assert "涉嫌违反" in words and "不是认定" in words
    assert "周末的学科培训" in words and "R-TR-03" in words and "〔《意见》〕" in words


def test_a_ticket_that_violates_no_known_rule_accuses_nobody(world: World, clerk: Clerk) -> None:
    number = world.file_unsure(detail="想问问孩子的事，不急")
    assert "涉嫌违反" not in clerk.open(at(number)).words
