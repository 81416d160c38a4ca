"""The hotline sees what waits for it, the most pressing first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk_clerk import Clerk, colleague
from desk_world import Bureau, World
from sqlalchemy import text

from complaints.model import Kind
from complaints.offices.ticket_lists import _unsolved
from complaints.reporter.feedback import give_feedback
from complaints.storage.tables import Ticket


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


# 仍未解决: the reporter said so again, and nobody at the hotline has dealt with it


def judge(world: World, number: str, *, solved: bool) -> None:
    with world.storage.write() as session:
        give_feedback(session, number, True, solved, solved, world.rules, world.now())


def answer(world: World, bureau: Bureau, number: str) -> None:
    world.moment += timedelta(minutes=5)
    bureau.post(f"/tickets/{number}/sign")
    bureau.post(f"/tickets/{number}/answer", {"text": "已办"})
    world.moment += timedelta(minutes=5)


def unsolved(world: World, bureau: Bureau) -> str:
    """A ticket whose reporter said twice that nothing was solved."""
    number = world.file()
    for _ in range(2):
        answer(world, bureau, number)
        judge(world, number, solved=False)
    return number


def first_step(clerk: Clerk, number: str) -> str:
    """What the page offers before all else, beside the correction of words."""
    return next(step for step in clerk.open(f"/desk/tickets/{number}").steps if step != "redact")


def test_who_says_again_that_nothing_is_solved_is_in_a_list_who_waits_longest_first(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    once = world.file()
    answer(world, luming, once)
    judge(world, once, solved=False)
    later_filed = world.file()
    first, second = unsolved(world, luming), unsolved(world, luming)
    answer(world, luming, later_filed)
    judge(world, later_filed, solved=True)
    assert numbers(clerk, "?tab=unsolved") == [first, second]
    assert clerk.open("/desk/").words.replace(" ", "").count("仍未解决2") == 1
    assert clerk.open("/desk/?tab=answered").words.count("仍未解决") == 3  # the tab and two marks
    assert "仍未解决" in clerk.open(f"/desk/tickets/{first}").words


def test_an_unsolved_one_stays_in_the_list_until_a_clerk_has_dealt_with_it(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    redone, closed = unsolved(world, luming), world.file()
    answer(world, luming, closed)
    judge(world, closed, solved=False)
    answer(world, luming, closed)
    clerk.do(closed, "close")
    judge(world, closed, solved=False)
    called = unsolved(world, luming)
    assert numbers(clerk, "?tab=unsolved") == [redone, closed, called]
    assert first_step(clerk, closed) == "reopen"
    clerk.do(called, "call-back", reached="yes", solved="no", satisfied="no")
    assert numbers(clerk, "?tab=unsolved") == [redone, closed]
    clerk.do(closed, "reopen", reason="再查")
    assert numbers(clerk, "?tab=unsolved") == [redone]
    clerk.do(redone, "redo", reason="没有说清")
    assert numbers(clerk, "?tab=unsolved") == []


def test_an_unsolved_follower_of_an_answered_case_is_in_the_list(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    own = world.file()
    answer(world, luming, own)
    judge(world, own, solved=False)
    main = world.file()
    clerk.do(own, "merge", main=main)
    answer(world, luming, main)
    judge(world, own, solved=False)
    assert numbers(clerk, "?tab=unsolved") == [own]
    assert first_step(clerk, own) == "part"
    clerk.do(own, "part")
    assert numbers(clerk, "?tab=unsolved") == []


def test_who_must_keep_out_does_not_see_it_among_the_unsolved(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = unsolved(world, luming)
    page = clerk.open("/desk/interests")
    clerk.send(page, "/interests", party="衡算数学", reason="亲属在该机构任职")
    assert numbers(clerk, "?tab=unsolved") == []
    assert "仍未解决1" not in clerk.open("/desk/").words.replace(" ", "")
    with colleague(world) as free:
        assert numbers(free, "?tab=unsolved") == [number]


def test_the_unsolved_are_found_by_their_own_index(world: World) -> None:
    asked = _unsolved(world.rules.city, "lin").order_by(Ticket.unsolved_at, Ticket.id)
    words = str(asked.compile(world.storage.engine, compile_kwargs={"literal_binds": True}))
    with world.storage.engine.connect() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {words}")).all()
    assert "ticket_unsolved" in str(plan) and "TEMP B-TREE" not in str(plan)


def test_what_its_office_has_not_signed_in_time_is_marked(world: World, clerk: Clerk) -> None:
    """A workday is given for 签收: sent on Friday, late on Tuesday."""
    number = world.file()
    world.moment += timedelta(days=3)
    assert "逾期未签收" not in clerk.log_in_again("/desk/?tab=dispatched").words
    world.moment += timedelta(days=1)
    assert "逾期未签收" in clerk.log_in_again("/desk/?tab=dispatched").words
    assert "2026-11-23，已过，还没有签收" in clerk.open(f"/desk/tickets/{number}").words
