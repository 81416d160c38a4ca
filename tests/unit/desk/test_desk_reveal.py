"""A reporter's data is seen by who asked, after another person allowed it, for a day."""

from __future__ import annotations

from datetime import timedelta

from desk_clerk import Clerk, colleague
from desk_world import Bureau, World
from sqlalchemy import select

from complaints.reporter.evidence import SentFile, add_evidence
from complaints.storage.tables import EvidenceFile, Reading

PHONE = "13912345678"
MARK = "m" * 64


def at(number: str) -> str:
    return f"/desk/tickets/{number}"


def named(world: World) -> str:
    return world.file(personal={"name": "王小禾", "phone": PHONE})


def decide(clerk: Clerk, answer: str) -> str:
    reply = clerk.send(clerk.open("/desk/reveals"), "/reveals/1", approve=answer)
    return clerk.open(reply.location).words if reply.status == 303 else reply.text


def test_a_second_person_allows_a_look_and_it_ends_after_a_day(world: World, clerk: Clerk) -> None:
    number = named(world)
    assert clerk.open(f"{at(number)}/personal").status == 409
    page = clerk.do(number, "reveal", reason="电话核实地点")
    assert "申请已提交" in page.words and "待另一位同事审批" in page.words
    assert "这是您自己的申请" in clerk.open("/desk/reveals").words
    with colleague(world) as other:
        assert "电话核实地点" in other.open("/desk/reveals").words
        assert "已同意查看" in decide(other, "yes")
        assert other.open(f"{at(number)}/personal").status == 409  # it was not theirs to see
    assert "查看举报人信息" in clerk.open(at(number)).links
    shown = clerk.site.ask("GET", f"{at(number)}/personal")
    assert PHONE in shown.text and "王小禾" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    words = clerk.open(at(number)).words
    for step in ("热线 林溪申请查看举报人信息", "热线 何川审批查看申请：同意", "查看了举报人信息"):
        assert step in words
    assert PHONE not in words and "王小禾" not in words
    world.moment += timedelta(hours=25)
    clerk.log_in()
    over = clerk.open(f"{at(number)}/personal")
    assert (over.status, "已过期" in over.words) == (409, True)


def test_nobody_decides_on_an_own_request(world: World, clerk: Clerk) -> None:
    number = named(world)
    page = clerk.do(number, "reveal", reason="电话核实地点")
    sent = {"csrf": page.forms[0].fields["csrf"], "approve": "yes"}
    refused = clerk.site.ask("POST", "/desk/reveals/1", data=sent)
    assert refused.status == 409 and "由另一个人审批" in refused.text
    assert clerk.open(f"{at(number)}/personal").status == 409


def test_a_refused_request_opens_nothing(world: World, clerk: Clerk) -> None:
    number = named(world)
    clerk.do(number, "reveal", reason="想看看")
    with colleague(world) as other:
        assert "已拒绝查看" in decide(other, "no")
    assert clerk.open(f"{at(number)}/personal").status == 409
    assert "没有获得同意" in clerk.open(at(number)).words


def test_a_request_needs_a_reason_and_something_to_see(world: World, clerk: Clerk) -> None:
    assert "请写明为什么需要查看" in clerk.do(named(world), "reveal", reason=" ").words
    assert "没有留下个人信息" in clerk.do(world.file(), "reveal", reason="回访").words


def test_no_list_or_page_holds_personal_data(world: World, clerk: Clerk) -> None:
    number = named(world)
    for path in (at(number), "/desk/", "/desk/?tab=all", "/desk/reveals", "/desk/risks"):
        html = clerk.site.ask("GET", path).text
        assert PHONE not in html and "王小禾" not in html


def test_a_file_is_looked_at_and_released_by_a_clerk(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    sent = SentFile("周六的课表\n上午奥数".encode(), "王小禾家的课表.txt")
    add_evidence(world.storage, world.evidence, MARK, sent, world.rules, world.moment)
    number = world.file(reporter_mark=MARK)
    page = clerk.open(at(number))
    assert "材料1.txt" in page.words and "王小禾" not in page.words
    assert "请先打开看过再放行" in page.words
    file = clerk.site.ask("GET", page.links["材料1.txt"])
    assert "上午奥数" in file.text
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    page = clerk.do(number, "release")
    assert "材料已放行" in page.words and "已放行，承办单位可以看" in page.words
    with world.storage.read() as session:
        assert session.scalars(select(EvidenceFile.released_by)).one() == "lin"
        assert "evidence" in session.scalars(select(Reading.way)).all()


def test_a_file_of_a_ticket_that_is_not_the_clerks_is_not_there(world: World, clerk: Clerk) -> None:
    assert clerk.open("/desk/evidence/abcdef").status == 404
