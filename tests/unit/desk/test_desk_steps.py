"""What a clerk can do with a ticket in each state of its life, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from desk_clerk import Clerk, Page, colleague
from desk_world import LUMING, MARKET, Bureau, Site, World

from complaints.audit.check import check_chain
from complaints.duplicates.risk import risk_after
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.states import Role
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from desk.pages.steps import STEPS, take

FIRE, STREET = "luming-fire", "yinshi-street-office"
LONG = "周六上午在印石路还在给五年级的孩子上奥数课，收费三千元，前台不肯开发票，已经连续上了四周"


def at(number: str) -> str:
    return f"/desk/tickets/{number}"


def post(bureau: Bureau, number: str, step: str, **given: object) -> None:
    reply = bureau.post(f"/tickets/{number}/{step}", given or None)
    assert reply.status == 200, reply.text


def returned(world: World, bureau: Bureau) -> str:
    number = world.file()
    post(bureau, number, "return", reason="不归我局", basis="机构登记在外区")
    return number


def handled(world: World, bureau: Bureau, **more: object) -> str:
    number = world.file(**more)
    post(bureau, number, "sign")
    return number


def answered(world: World, bureau: Bureau, **found: object) -> str:
    number = handled(world, bureau)
    post(bureau, number, "answer", text="已责令停课", results=["rectify"], **found)
    return number


# --- what is offered -----------------------------------------------------------------------------


def tickets_in_all_states(world: World, clerk: Clerk, luming: Bureau) -> dict[str, str]:
    found = {"待受理": world.file_unsure(), "已派单": world.file()}
    accepted, paused, closed = world.file_unsure(), handled(world, luming), answered(world, luming)
    rejected, merged, main = world.file_unsure(), world.file_unsure(), world.file_unsure()
    clerk.do(accepted, "accept")
    post(luming, paused, "pause", text="请补充照片")
    clerk.do(closed, "close")
    clerk.do(rejected, "reject", reason="lawsuit")
    clerk.do(merged, "merge", main=main)
    return found | {
        "已受理": accepted,
        "退单待审": returned(world, luming),
        "办理中": handled(world, luming),
        "待补充（暂停）": paused,
        "已答复待回访": answered(world, luming),
        "已办结": closed,
        "不予受理": rejected,
        "已并单": merged,
    }


def test_in_every_state_what_is_not_offered_is_refused(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    given = {name: "x" for step in STEPS.values() for name in [f.name for f in step.fields]}
    given |= {"kind": "enrolment", "bureau": MARKET, "reached": "no", "solved": "no"}
    given |= {"satisfied": "no", "result": "explained", "district": "zhenxi"}
    for label, number in tickets_in_all_states(world, clerk, luming).items():
        page = clerk.open(at(number))
        assert label in page.words
        for name in set(STEPS) - set(page.steps) - {"release"}:
            with pytest.raises(NotAllowed), world.storage.write() as session:
                ticket = ticket_by_number(session, number)
                clerk_lin = Actor("lin", Role.HOTLINE)
                take(session, ticket, name, clerk_lin, given, world.rules, world.moment)
                pytest.fail(f"{label}: {name}")


def test_a_step_that_is_not_offered_is_refused_on_the_page(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    page = clerk.open(at(number))
    fields = {"csrf": page.forms[0].fields["csrf"], "version": version_of(page), "reason": "x"}
    refused = Page(clerk.site.ask("POST", f"{at(number)}/redo", data=fields))
    assert (refused.status, "不能退回重办" in refused.words) == (409, True)
    assert clerk.site.ask("POST", f"{at(number)}/sign", data=fields).status == 404


def first_step(page: Page) -> str:
    """The first step beside the words themselves."""
    return next(name for name in page.steps if name not in ("redact", "redact-said", "release"))


def version_of(page: Page) -> str:
    return next(f.fields["version"] for f in page.forms if "version" in f.fields)


def test_the_likely_steps_stand_open_and_the_rest_behind_more(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    html = clerk.site.ask("GET", at(answered(world, luming))).text
    first, more = html.split("更多操作")
    assert "/call-back" in first and "/close" in first
    assert "/redo" in more and "/call-back" not in more


def test_what_is_refused_keeps_what_was_typed(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    page = clerk.do(number, "designate", bureau="", reason="市里已经商定")
    assert page.status == 409 and "请选择一个承办单位" in page.words
    form = page.form("/designate")
    assert form and form.fields["reason"] == "市里已经商定"


# --- correcting who and where --------------------------------------------------------------------


def test_a_clerk_corrects_party_and_place(world: World, clerk: Clerk) -> None:
    number = world.file(party="一个辅导班", place=None)
    page = clerk.do(number, "correct", party="衡算数学", street="tingchao")
    assert "对象和地点已更正" in page.words and "鹭鸣区听潮街道" in page.words
    assert "名册外（所在区不明） → 衡算数学（鹭鸣区听潮街道）" in page.words
    assert "建议：鹭鸣区教育局" in page.words


def test_what_is_wrong_in_a_correction_is_said_and_kept(world: World, clerk: Clerk) -> None:
    number = world.file(party="一个辅导班", place=None)
    page = clerk.do(number, "correct", place="棠舟路", district="luming")
    assert page.status == 409 and "对不上" in page.words
    form = page.form("/correct")
    assert form and (form.fields["place"], form.fields["district"]) == ("棠舟路", "luming")
    assert "请至少填写一项" in clerk.do(number, "correct").words


# --- taking it on, sending it --------------------------------------------------------------------


def test_a_clerk_takes_a_ticket_on(world: World, clerk: Clerk) -> None:
    page = clerk.do(world.file_unsure(), "accept")
    assert "工单已受理" in page.words and "已受理" in page.words


def test_a_refused_ticket_tells_the_right_door(world: World, clerk: Clerk) -> None:
    page = clerk.do(world.file_unsure(), "reject", reason="labour")
    assert "热线 林溪不予受理：劳动争议" in page.words
    assert "电话12333" in page.words
    own = clerk.do(world.file_unsure(), "reject", reason="elsewhere", door="请拨打外地的12345。")
    assert "请拨打外地的12345。" in own.words
    none = clerk.do(world.file_unsure(), "reject", reason="")
    assert (none.status, "请选择一个不予受理的理由" in none.words) == (409, True)


def test_the_doors_of_all_reasons_can_be_read_before(world: World, clerk: Clerk) -> None:
    words = clerk.open(at(world.file_unsure())).words
    for rejection in world.rules.outcomes.rejections.values():
        assert rejection.door.replace(" ", "") in words.replace(" ", "")


def test_a_designated_bureau_cannot_give_it_back(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file_unsure()
    page = clerk.do(number, "designate", bureau=LUMING, reason="市里已经商定")
    assert "已指定承办单位" in page.words
    refused = luming.post(f"/tickets/{number}/return", {"reason": "不归我局", "basis": "属地"})
    assert refused.code == "designated"


def test_a_clerk_sees_who_will_help_and_changes_it(world: World, clerk: Clerk) -> None:
    number = world.file_unsure()
    page = clerk.open(at(number))
    assert "协办：鹭鸣区市场监督管理局、印石街道办事处、鹭鸣区城市管理和综合执法局" in page.words
    form = page.form("/dispatch")
    assert form and FIRE in form.choices["also"] and MARKET not in form.choices["also"]
    assert MARKET in form.choices["without"]
    assert not [b for b in form.choices["also"] if b.startswith("zhenxi")]
    page = clerk.do(number, "dispatch", bureau=LUMING, also=FIRE, without=MARKET)
    assert "另请协办：鹭鸣区消防救援大队；不请协办：鹭鸣区市场监督管理局" in page.words
    assert "协办鹭鸣区消防救援大队" in page.words.replace(" ", "")
    assert "协办鹭鸣区市场监督管理局" not in page.words.replace(" ", "")


def test_a_part_that_merely_ended_is_not_called_done(world: World, clerk: Clerk) -> None:
    number = world.file()
    page = clerk.do(number, "dispatch", bureau=MARKET, reason="归市场监管")
    words = page.words.replace(" ", "")
    assert "协办鹭鸣区市场监督管理局已结束" in words and "已反馈" not in words


def test_who_was_whistled_for_reports_in_and_the_work_is_measured_beside(
    site: Site, world: World, clerk: Clerk
) -> None:
    number = world.file()
    called = {"bureau": FIRE, "text": "巡查发现通道堵塞"}
    assert site.bureau(STREET).post(f"/tickets/{number}/whistle", called).status == 200
    page = clerk.open(at(number))
    assert "前报到" in page.words and "报到：未报到；反馈：未反馈" in page.words


def test_a_ticket_that_silence_gave_to_the_wrong_bureau_goes_to_another(
    site: Site, world: World, clerk: Clerk, luming: Bureau
) -> None:
    number, waiting = handled(world, luming), handled(world, luming)
    post(luming, waiting, "pause", text="请补充照片")
    for each in (number, waiting):
        page = clerk.do(each, "designate", bureau=MARKET, reason="法定归市场监管")
        assert "已指定承办单位" in page.words and "还剩 5 个工作日" in page.words
    assert luming.queue() == []
    assert set(site.bureau(MARKET).queue()) == {number, waiting}


def test_what_was_sent_before_is_sent_elsewhere_with_a_reason_only(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    first = clerk.site.ask("GET", at(world.file_unsure())).text
    assert "说明（可不填）" in first and "改派的理由" not in first
    again = clerk.site.ask("GET", at(world.file())).text
    assert "改派的理由" in again and "说明（可不填）" not in again


def test_a_returned_ticket_is_sent_on_or_back(world: World, clerk: Clerk, luming: Bureau) -> None:
    on, back = returned(world, luming), returned(world, luming)
    assert "同意退单，改派" in clerk.open(at(on)).words
    sent = clerk.do(on, "dispatch", bureau=MARKET, reason="归市场监管")
    assert "审定退单：同意退单" in sent.words
    page = clerk.do(back, "refuse-return", reason="机构就登记在你区")
    assert "审定退单：退单不成立，由鹭鸣区教育局继续办理" in page.words
    assert luming.queue() == [back]


def test_a_ticket_goes_to_another_district_and_one_level_up(
    site: Site, world: World, clerk: Clerk, luming: Bureau
) -> None:
    across, up = world.file(), world.file()
    page = clerk.do(across, "transfer", district="zhenxi", reason="机构已搬走")
    assert "跨区移交：鹭鸣区教育局 → 枕溪区教育局" in page.words
    assert site.bureau("zhenxi-education").queue() == [across]
    page = clerk.do(up, "escalate", reason="涉及两区")
    assert "提级办理：鹭鸣区教育局 → " in page.words
    assert luming.queue() == []


# --- words and clock -----------------------------------------------------------------------------


def test_what_offices_read_can_be_corrected_and_is_then_checked(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = world.file(detail="我是五年三班王小禾的妈妈，电话13912345678，周六上午还在上课")
    page = clerk.open(at(number))
    assert "待核对" in page.words
    assert "13912345678" not in page.words and "王小禾" not in page.words
    form = page.form("/redact")
    assert form and form.fields["detail"] in page.words
    page = clerk.do(number, "redact", detail="周六上午还在上课")
    assert "待核对" not in page.words
    assert luming.get(f"/tickets/{number}").json["detail"] == "周六上午还在上课"


def test_what_a_reporter_said_later_can_be_corrected_too(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = handled(world, luming)
    clerk.do(number, "supplement", text="我女儿欣怡那天被点名了，老师姓汪，我叫林一一")
    page = clerk.open(at(number))
    assert "待核对" in page.words
    form = page.form("/redact-said")
    assert form and "林一一" not in form.fields["words"]
    page = clerk.do(number, "redact-said", words="女儿那天被点名了，老师姓汪")
    assert "承办单位看到的文字已改正" in page.words and "待核对" not in page.words
    seen = str(luming.get(f"/tickets/{number}").json)
    assert "女儿那天被点名了" in seen and "欣怡" not in seen
    with world.storage.read() as session:
        assert check_chain(session, world.storage.keys).faults == ()
    empty = clerk.do(number, "redact-said", words=" ")
    assert (empty.status, "请写明内容" in empty.words) == (409, True)
    foreign = clerk.do(number, "redact-said", event="1", words="改写登记")
    assert (foreign.status, "没有找到这段话" in foreign.words) == (409, True)


def test_a_paused_ticket_has_no_day_and_goes_on_by_a_call(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = handled(world, luming)
    assert "还剩 5 个工作日" in clerk.open(at(number)).words
    post(luming, number, "pause", text="请补充照片")
    page = clerk.open(at(number))
    assert "暂停计时，等举报人补充" in page.words and "请补充照片" in page.words
    assert "承诺答复" not in page.words
    assert "暂停计时" in clerk.open("/desk/?tab=paused").words
    page = clerk.do(number, "supplement", text="招牌在二楼，我电话13912345678")
    assert "办理中" in page.words and "招牌在二楼" in page.words
    assert "13912345678" not in page.words


def test_a_limit_tells_where_it_comes_from_and_what_the_law_says_beside(
    world: World, clerk: Clerk
) -> None:
    words = clerk.open(at(world.file())).words
    limit = world.rules.deadlines.limit("J01", urgent=False)
    assert f"答复时限{limit.text}" in words and limit.status in words and limit.source in words
    assert "相关的法定和地方时限" in words and "行政处罚法第60条" in words


def test_an_extension_is_shown(world: World, clerk: Clerk, luming: Bureau) -> None:
    number = handled(world, luming)
    post(luming, number, "extend", reason="在核对账目", workdays=2)
    words = clerk.open(at(number)).words
    assert "延期1 次，共 2 个工作日" in words and "延期：2 个工作日" in words


def test_a_late_ticket_is_supervised_and_the_bureaus_time_is_measured(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = handled(world, luming)
    world.moment = datetime(2026, 12, 1, 1, tzinfo=UTC)
    clerk.log_in()
    page = clerk.open(at(number))
    assert "已逾期" in page.words and first_step(page) == "supervise"
    page = clerk.do(number, "supervise", text="今天内说明原因")
    assert "督办单鹭鸣区教育局" in page.words
    assert "热线 林溪 于2026-12-01 09:00提出" in page.words and "接单：未接单" in page.words


# --- after the answer ----------------------------------------------------------------------------


def test_a_call_back_asks_three_questions(world: World, clerk: Clerk, luming: Bureau) -> None:
    number = answered(world, luming)
    missing = clerk.do(number, "call-back", reached="yes")
    assert (missing.status, "请回答三个问题" in missing.words) == (409, True)
    absurd = clerk.do(number, "call-back", reached="no", solved="yes", satisfied="no")
    assert absurd.status == 409
    page = clerk.do(
        number, "call-back", reached="yes", solved="no", satisfied="no", words="还在上课"
    )
    assert "回访：没解决，不满意" in page.words and "还在上课" in page.words
    assert first_step(page) == "redo"  # what is not solved is likely given back


def test_what_a_reporter_says_at_the_call_back_gives_nobody_away(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = answered(world, luming)
    said = "还在上课，我是五年三班王小明的妈妈，电话13812345678"
    page = clerk.do(number, "call-back", reached="yes", solved="no", satisfied="no", words=said)
    seen = str(luming.get(f"/tickets/{number}").json)
    assert "还在上课" in seen and "还在上课" in page.words
    for secret in ("王小明", "13812345678", "三班"):
        assert secret not in seen and secret not in page.words
    assert "待核对" in page.words


def test_an_answer_not_good_enough_goes_back_and_the_clock_begins_anew(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    number = answered(world, luming)
    page = clerk.do(number, "redo", reason="没有说明退费")
    assert "已退回承办单位重办" in page.words and "办理中" in page.words
    assert "还剩 5 个工作日" in page.words


def test_a_ticket_is_closed_with_the_answers_result_or_another(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    first, second = answered(world, luming), answered(world, luming)
    form = clerk.open(at(first)).form("/close")
    assert form and form.fields["result"] == "rectify"
    assert "办理结果责令限期整改" in clerk.do(first, "close").words
    assert "办结：约谈" in clerk.do(second, "close", result="interview").words
    page = clerk.do(second, "reopen", reason="又开课了")
    assert "已派单" in page.words and second in luming.queue()


def test_a_finding_and_the_notices_it_made_are_shown(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    words = clerk.open(at(answered(world, luming, finding="confirmed"))).words
    assert "核查结论属实" in words and "答复：属实；责令限期整改" in words
    assert "通报印石街道办事处" in words and "通报：通报（印石街道办事处）" in words


# --- one matter told twice, two told at once -----------------------------------------------------


def test_likely_duplicates_are_named_with_the_reason_and_merged(
    world: World, clerk: Clerk, luming: Bureau
) -> None:
    main = world.file(detail=LONG, reporter_mark="a" * 64)
    second = world.file(detail=LONG + "，请查", reporter_mark="b" * 64)
    page = clerk.open(at(second))
    assert "可能重复" in page.words and "同一对象、同类事项" in page.words
    assert main in page.links
    page = clerk.do(second, "merge", main=main.lower())
    assert "已并入主单" in page.words and "已并单" in page.words
    words = clerk.open(at(main)).words
    assert "另有1人反映同一事项" in words and LONG + "，请查" in words
    page = clerk.do(second, "part")
    assert "已从主单拆出" in page.words and "待分派" not in page.words
    assert "另有1人" not in clerk.open(at(main)).words


@pytest.mark.parametrize("main", ["", "JS2026112099999999", "不是号码"])
def test_a_main_ticket_must_exist(world: World, clerk: Clerk, main: str) -> None:
    refused = clerk.do(world.file(), "merge", main=main)
    assert (refused.status, "没有找到主单" in refused.words) == (409, True)


def test_a_second_matter_becomes_a_ticket_of_its_own(world: World, clerk: Clerk) -> None:
    number = world.file()
    page = clerk.do(number, "split", kind="training_fees_refund", detail="机构不肯退三千元学费")
    assert "已拆出一件新工单" in page.words and "由本单拆出" in page.words
    part = next(link for link in page.links if link.startswith("JS"))
    assert "机构不肯退三千元学费" in clerk.open(at(part)).words
    assert "原单" in clerk.open(at(part)).words


# --- what stands beside --------------------------------------------------------------------------


def test_tickets_of_the_same_telephone_stand_together_without_its_number(
    world: World, clerk: Clerk
) -> None:
    first = world.file(personal={"phone": "13900002222"})
    again = world.file(personal={"phone": "+86 139 0000 2222"}, detail="另一件事，机构不退学费")
    page = clerk.open(at(again))
    assert "同一电话" in page.words and first in page.links
    assert "2222" not in page.words
    assert "同一电话" not in clerk.open(at(world.file())).words


def test_a_party_reported_by_several_raises_a_notice_that_a_clerk_sees_to(
    world: World, clerk: Clerk
) -> None:
    numbers = [
        world.file(
            detail=f"第{n}家说的事情", kind=Kind.TRAINING_FEES_REFUND, reporter_mark=f"{n}" * 64
        )
        for n in range(1, 4)
    ]
    with world.storage.write() as session:
        risk_after(session, ticket_by_number(session, numbers[-1]), world.rules, world.moment)
    assert "风险提示1" in clerk.open("/desk/").words.replace(" ", "")
    page = clerk.open("/desk/risks")
    assert "3名举报人分别反映" in page.words and "聚集性退费" in page.words
    assert set(numbers) <= set(page.links)
    assert "3名举报人分别反映" in clerk.open(at(numbers[0])).words
    done = clerk.open(clerk.send(page, "/risks/1").location)
    assert "没有待处理的风险提示" in done.words


def test_every_look_at_a_ticket_is_shown(world: World, clerk: Clerk, luming: Bureau) -> None:
    number = world.file()
    luming.queue()
    with colleague(world) as other:
        other.open(at(number))
    words = clerk.open(at(number)).words
    for look in ("热线 林溪 · 打开工单", "热线 何川 · 打开工单", "鹭鸣区教育局 · 接口领取"):
        assert look in words


def test_a_ticket_is_found_by_its_number(world: World, clerk: Clerk) -> None:
    number = world.file()
    reply = clerk.site.ask("GET", "/desk/find", params={"number": f" {number.lower()} "})
    assert reply.location == at(number)
    assert clerk.site.ask("GET", "/desk/find?number=%E4%B8%80").location == "/desk/"


def test_counts_stop_at_99(world: World, clerk: Clerk) -> None:
    for _ in range(101):
        world.file_unsure(detail="想问问", party=None)
    assert "待分派99+" in clerk.open("/desk/").words.replace(" ", "")


def test_a_tab_of_many_pages_ends_somewhere(world: World, clerk: Clerk) -> None:
    world.file_unsure()
    page = clerk.open("/desk/?page=99999")
    assert (page.status, "第 50 页" in page.words) == (200, True)
    world.moment += timedelta(minutes=1)
