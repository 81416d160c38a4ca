"""A clerk writes down what a caller tells, reads it back masked, files it, and reads the receipt."""

from __future__ import annotations

import re

from desk_clerk import Clerk, Page
from desk_world import Reply, World
from sqlalchemy import func, select

from complaints.protection.personal_fields import fields_of
from complaints.protection.receipts import check_receipt
from complaints.storage.tables import PersonalField, Ticket

TOLD = {
    "detail": "我儿子王小禾在五年三班，周六上午机构还在上奥数课，我的电话是13912345678",
    "kind": "over_hours_training",
    "party": "衡算数学",
    "place": "印石路",
    "when": "周六上午",
    "anonymous": "yes",
}
NAMED = {"anonymous": "no", "name": "林一一", "phone": "139 1234 5678"}


def check(clerk: Clerk, **told: str) -> Page:
    """The form with what was told, sent to be read back."""
    return Page(clerk.send(clerk.open("/desk/new"), "/new", **(TOLD | told)))


def file(clerk: Clerk, page: Page, **changed: str) -> Reply:
    form = page.form("/new")
    assert form
    return clerk.site.ask("POST", "/desk/new/file", data=form.fields | changed)


def receipt_in(html: str) -> str:
    return re.findall(r"\b\d{4} \d{4} \d{4} \d{4}\b", html)[0]


def tickets(world: World) -> int:
    with world.storage.read() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_what_is_read_back_is_masked_and_tells_where_it_goes(clerk: Clerk) -> None:
    words = check(clerk).words
    told = words[words.index("请念给来电人听") : words.index("来电人确认，登记")]
    assert "周六上午" in told and "衡算数学" in told and "鹭鸣区教育局" in told
    for hidden in ("13912345678", "王小禾", "三班"):
        assert hidden not in told
    assert "对承办单位隐去" in told


def test_a_call_becomes_a_ticket_and_the_receipt_opens_it(world: World, clerk: Clerk) -> None:
    filed = file(clerk, check(clerk))
    assert filed.status == 200 and filed.headers["Cache-Control"] == "no-store"
    receipt = receipt_in(filed.text)
    found = check_receipt(
        world.storage, receipt, world.storage.keys.receipt, "caller", world.moment
    )
    assert found.number and found.number in Page(filed).links
    words = clerk.open(f"/desk/tickets/{found.number}").words
    assert "热线 林溪登记举报" in words and "电话登记" in words
    assert receipt not in words and "13912345678" not in words and "王小禾" not in words


def test_the_same_form_twice_makes_one_ticket_with_one_receipt(world: World, clerk: Clerk) -> None:
    page = check(clerk)
    first, second = file(clerk, page), file(clerk, page)
    assert receipt_in(first.text) == receipt_in(second.text)
    assert tickets(world) == 1
    other = file(clerk, check(clerk))
    assert receipt_in(other.text) != receipt_in(first.text)
    assert tickets(world) == 2


def test_what_was_changed_after_reading_is_read_again_before_filing(
    world: World, clerk: Clerk
) -> None:
    page = Page(file(clerk, check(clerk), place="篆溪路 60 号"))
    assert page.status == 409 and "再念给来电人听" in page.words
    assert "篆溪路 60 号" in page.words
    assert tickets(world) == 0
    assert file(clerk, page).status == 200


def test_name_and_phone_are_sealed_and_shown_nowhere(world: World, clerk: Clerk) -> None:
    filed = file(clerk, check(clerk, **NAMED))
    number = next(link for link in Page(filed).links if link.startswith("JS"))
    html = clerk.site.ask("GET", f"/desk/tickets/{number}").text
    assert "林一一" not in html and "1234 5678" not in html and "留有联系方式" in html
    with world.storage.read() as session:
        kinds = session.scalars(select(PersonalField.kind)).all()
    assert {"name", "phone"} <= set(kinds)


def test_what_was_masked_of_party_place_and_time_is_kept_sealed(world: World, clerk: Clerk) -> None:
    place = "印石路，我妈林一一家楼下"
    file(clerk, check(clerk, place=place, detail="周六上午还在上奥数课"))
    with world.storage.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        kept = {field.kind: field.value for field in fields_of(session, ticket.id)}
    assert ticket.place and "林一一" not in ticket.place
    assert kept["told_beside"] == f"地点：{place}"


def test_what_is_missing_or_does_not_fit_is_said_in_one_sentence(
    world: World, clerk: Clerk
) -> None:
    for told, sentence in (
        ({"detail": " "}, "请写下发生了什么"),
        ({"kind": "nonsense"}, "请选择一个事项类别"),
        ({"anonymous": "no", "phone": ""}, "请写一个能打通的电话号码"),
        ({"anonymous": "yes", "phone": "13912345678"}, "已选匿名"),
        ({"place": "路" * 200}, "各不超过100字"),
        ({"detail": "字" * 4001}, "不能超过4000字"),
    ):
        page = check(clerk, **told)
        assert (page.status, sentence in page.words) == (409, True), sentence
        form = page.form("/new")
        assert form and form.fields["when"] == "周六上午"  # nothing typed is lost
    assert tickets(world) == 0


def test_danger_is_told_first_and_makes_the_ticket_urgent(world: World, clerk: Clerk) -> None:
    page = check(clerk, detail="老师把孩子打得头破血流，孩子说不想活了")
    assert "请马上拨打" in page.words
    assert "紧急" in Page(file(clerk, page)).words


def test_a_pupil_is_told_that_nothing_about_them_is_needed(world: World, clerk: Clerk) -> None:
    page = check(clerk, pupil="yes")
    assert "谢谢你愿意说出来" in page.words
    file(clerk, page)
    with world.storage.read() as session:
        assert session.scalars(select(Ticket.pupil)).one() is True


def test_a_fact_that_decides_who_handles_it_is_asked(world: World, clerk: Clerk) -> None:
    page = check(clerk, kind="teacher_paid_tutoring", party="一家托管班", detail="老师周末收费补课")
    form = page.form("/new")
    assert form
    asked = [name for name in form.choices if name.startswith("stated_")]
    if "请再问一句" in page.words:
        assert len(asked) == 1
        fields = form.fields | {asked[0]: form.choices[asked[0]][1]}
        again = Page(clerk.site.ask("POST", "/desk/new", data=fields))
        assert again.status == 200


def test_a_form_that_is_not_ours_is_refused(clerk: Clerk) -> None:
    page = clerk.open("/desk/new")
    for broken in ({"intake": "x"}, {"secret": ""}, {"secret": "00"}):
        assert clerk.send(page, "/new", **(TOLD | broken)).status == 400
