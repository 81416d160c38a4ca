"""Who must keep out sees neither rows nor pages, and can do nothing."""

from __future__ import annotations

from desk_clerk import Clerk, colleague
from desk_world import HOTLINE, LUMING, Bureau, Site, World

from complaints.lifecycle.act import ticket_by_number
from complaints.storage.tables import Barred

PARTY = "衡算数学"


def at(number: str) -> str:
    return f"/desk/tickets/{number}"


def rows(clerk: Clerk, tab: str) -> list[str]:
    return [name for name in clerk.open(f"/desk/?tab={tab}").links if name.startswith("JS")]


def declare(clerk: Clerk, **given: str) -> str:
    page = clerk.open("/desk/interests")
    sent = {"party": "衡算数学", "reason": "亲属在该机构任职"} | given
    reply = clerk.send(page, "/interests", **sent)
    return clerk.open(reply.location).words if reply.status == 303 else reply.text


def test_who_declared_an_interest_sees_nothing_of_the_partys_tickets(
    world: World, clerk: Clerk
) -> None:
    before, other = world.file_unsure(), world.file_unsure(party=None)
    page = clerk.open(at(before))
    assert "回避已登记" in declare(clerk)
    after = world.file_unsure()
    for tab in ("triage", "all", "to_check", "due"):
        assert not {before, after} & set(rows(clerk, tab)), tab
    assert rows(clerk, "triage") == [other]
    assert "待分派1" in clerk.open("/desk/").words.replace(" ", "")
    for number in (before, after):
        assert clerk.open(at(number)).status == 404
        assert clerk.open(f"{at(number)}/personal").status == 404
    assert clerk.send(page, "/dispatch").status == 404
    refused = clerk.do(other, "merge", main=before)
    assert (refused.status, "没有找到主单" in refused.words) == (409, True)
    with colleague(world) as free:
        assert set(rows(free, "triage")) == {before, after, other}
        assert free.open(at(after)).status == 200


def test_a_barred_clerk_sees_no_duplicates_requests_or_notices_of_the_party(
    world: World, clerk: Clerk
) -> None:
    number = world.file_unsure()
    with colleague(world) as free:
        number = world.file_unsure(personal={"phone": "13912345678"})
        free.do(number, "reveal", reason="回访需要")
        assert number in clerk.open("/desk/reveals").links
        declare(clerk)
        assert number not in clerk.open("/desk/reveals").links
        page = free.open("/desk/reveals")
        csrf = clerk.open("/desk/").forms[0].fields["csrf"]
        sent = {"csrf": csrf, "approve": "yes"}
        kept_from = clerk.site.ask("POST", "/desk/reveals/1", data=sent)
        unknown = clerk.site.ask("POST", "/desk/reveals/4711", data=sent)
        assert (kept_from.status, kept_from.text) == (unknown.status, unknown.text)
        assert kept_from.status == 404
        assert number in page.links


def test_a_bureau_that_declares_loses_its_tickets_to_the_level_above(
    site: Site, world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file()
    assert "鹭鸣区教育局回避衡算数学" in declare(clerk, who=LUMING)
    assert luming.queue() == []
    assert "鹭鸣区教育局 → " in clerk.open(at(number)).words


def test_a_party_must_be_in_the_register_and_clear(clerk: Clerk) -> None:
    for party, sentence in (("", "名册里没有"), ("不存在的机构", "名册里没有")):
        assert sentence in declare(clerk, party=party)
    assert "请写明有什么利害关系" in declare(clerk, reason=" ")
    assert "请选择由谁回避" in declare(clerk, who="tinglan-hotline")
    declare(clerk)
    assert "已经登记过" in declare(clerk)


def test_a_colleagues_interest_is_not_shown(world: World, clerk: Clerk) -> None:
    with colleague(world) as other:
        declare(other)
        assert PARTY in other.open("/desk/interests").words
    assert "亲属在该机构任职" not in clerk.open("/desk/interests").words


def test_what_somebody_else_can_judge_of_the_hotline_is_not_shown_to_it(
    world: World, clerk: Clerk
) -> None:
    number = world.file_unsure()
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        session.add(Barred(ticket_id=ticket.id, who=HOTLINE, reason="reported"))
    assert rows(clerk, "all") == []
    assert clerk.open(at(number)).status == 404
