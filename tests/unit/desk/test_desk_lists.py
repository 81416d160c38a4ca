"""The hotline sees what waits for it, the most pressing first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk_clerk import Clerk
from desk_world import Bureau, World

from complaints.model import Kind


def numbers(clerk: Clerk, query: str = "") -> list[str]:
    return [name for name in clerk.open(f"/desk/{query}").links if name.startswith("JS")]


def give_back(bureau: Bureau, number: str) -> None:
    given = {"reason": "不归我局", "basis": "机构登记在外区"}
    assert bureau.post(f"/tickets/{number}/return", given).status == 200


def test_the_list_holds_what_waits_for_the_hotline(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    unsure, sent, back = world.file_unsure(), world.file(), world.file()
    give_back(luming, back)
    assert numbers(clerk) == [unsure]
    assert numbers(clerk, "?tab=returned") == [back]
    assert sent not in clerk.open("/desk/").words
    words = clerk.open("/desk/").words.replace(" ", "")
    assert "待分派1" in words and "退单待审1" in words


def test_a_row_tells_kind_party_place_times_and_how_sure_the_kind_is(
    world: World, clerk: Clerk
) -> None:
    world.file_unsure(party="衡算思维馆", place="篆溪路 60 号")
    words = clerk.open("/desk/").words
    for expected in ("校外培训超时", "把握 30%", "衡算思维馆", "篆溪路 60 号", "待受理"):
        assert expected in words
    assert "2026-11-20 09:30" in words  # filed at 01:30 UTC
    assert "2026-11-20 09:302026-11-27" in words  # and the fifth workday after that


def test_what_the_reporter_did_not_know_is_called_so(world: World, clerk: Clerk) -> None:
    world.file(party=None, place=None)
    assert clerk.open("/desk/").words.count("未说明") == 2


def test_each_tab_holds_its_state_and_the_last_all(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    waiting, sent, signed, answered = (
        world.file_unsure(),
        world.file(),
        world.file(),
        world.file(),
    )
    for number in (signed, answered):
        luming.post(f"/tickets/{number}/sign")
    luming.post(f"/tickets/{answered}/answer", {"text": "已办"})
    assert numbers(clerk, "?tab=triage") == [waiting]
    assert numbers(clerk, "?tab=dispatched") == [sent]
    assert numbers(clerk, "?tab=handling") == [signed]
    assert numbers(clerk, "?tab=answered") == [answered]
    assert numbers(clerk, "?tab=all") == [answered, signed, sent, waiting]
    assert "鹭鸣区教育局" in clerk.open("/desk/?tab=handling").words


def test_urgent_comes_first_then_what_was_promised_soonest(world: World, clerk: Clerk) -> None:
    world.moment += timedelta(days=3)
    later = world.file_unsure()
    world.moment -= timedelta(days=3)
    sooner = world.file_unsure()
    urgent = world.file_unsure(urgent=True, kind=Kind.VENUE_SAFETY)
    assert numbers(clerk) == [urgent, sooner, later]
    assert clerk.open("/desk/").words.count("紧急") == 1


def test_what_is_late_is_marked(world: World, clerk: Clerk) -> None:
    world.file_unsure()
    assert "将到期" not in clerk.open("/desk/").words
    world.moment = datetime(2026, 11, 26, 1, tzinfo=UTC)
    page = clerk.log_in_again("/desk/")
    assert "将到期" in page.words
    world.moment = datetime(2026, 11, 30, 1, tzinfo=UTC)
    page = clerk.log_in_again("/desk/?tab=due")
    assert "将到期" not in page.words and "逾期" in page.words


def test_a_long_list_has_pages(world: World, clerk: Clerk) -> None:
    filed = [world.file_unsure() for _ in range(31)]
    first = clerk.open("/desk/")
    assert "下一页" in first.links
    assert "上一页" not in first.links
    second = clerk.open(first.links["下一页"])
    assert [n for n in second.links if n.startswith("JS")] == filed[30:]
    assert "上一页" in second.links
    assert "下一页" not in second.links


def test_a_strange_page_or_tab_is_the_first(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    for query in ("?page=0", "?page=-3", "?page=x", "?page=²", "?tab=x", "?page=" + "9" * 400):
        assert numbers(clerk, query) == [number], query
    assert numbers(clerk, "?page=99999") == []


def test_an_empty_list_says_so(clerk: Clerk) -> None:
    assert "没有待分派的工单" in clerk.open("/desk/").words


def test_the_hotline_does_not_see_what_is_complained_of_the_hotline(
    world: World, clerk: Clerk
) -> None:
    number = world.file(party="12345热线", kind=Kind.OTHER_EDUCATION, detail="说了不管，没人管")
    assert number not in numbers(clerk, "?tab=all")
    assert clerk.open(f"/desk/tickets/{number}").status == 404
