"""From a question to a bureau's answer that the reporter reads, through public addresses only."""

from __future__ import annotations

import re

from tests.end_to_end.clerk import Clerk
from tests.end_to_end.conftest import STORY
from tests.end_to_end.stack import Parent, Stack


def file_a_report(parent: Parent, opening: str = STORY["detail"]) -> str:
    """Go through the form to the receipt."""
    parent.say(opening)
    parent.answer_until_read_back(STORY)
    assert parent.asks == "confirm", parent.heard
    parent.press("确认提交")
    assert parent.receipt, parent.heard
    return parent.receipt


def queue(stack: Stack) -> dict[str, dict]:
    """The bureau's whole queue by ticket number, paged as a bureau would."""
    tickets, after = {}, ""
    while True:
        status, page = stack.bureau("GET", f"/tickets?limit=2&after={after}")
        assert status == 200
        for ticket in page["tickets"]:
            tickets[ticket["id"]] = ticket
        if not page["has_more"]:
            return tickets
        after = page["next_after"]


def test_a_case_is_asked_about_judged_followed_up_and_reported_without_saying_it_again(
    stack, parent
):
    parent.say("砚秋语文每周六上午给五年级上课违规吗")
    if parent.asks == "subject":
        parent.press("语数英等学科")
    assert parent.heard.startswith("不允许。")
    parent.say("那高中呢")
    assert parent.heard.startswith("要看情况。")
    parent.say("砚秋语文每周六上午给五年级上数学课，违规吗")
    parent.press("我要举报")
    parent.answer_until_read_back({"anonymous": "#匿名", "place": "不知道"})
    assert "对象：砚秋语文" in parent.heard and "周六上午" in parent.heard
    assert "事项：校外培训超时" in parent.heard


def test_question_report_receipt_bureau_answer_reporter(stack, parent):
    parent.say("周末能给小学生上数学班吗？")
    assert parent.heard.startswith("不允许。") and "〔《" in parent.heard
    assert any(r["citations"] and r["citations"][0]["document"] for r in parent.replies)

    receipt = file_a_report(parent, "砚秋语文每周六上午给五年级上数学课，孩子都没法休息")
    assert re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", receipt)
    number = re.search(r"JS\d{16}", parent.heard).group()
    assert "答复时间" in parent.heard

    ticket = queue(stack)[number]
    assert (ticket["state"], ticket["role"], ticket["kind"]) == (
        "dispatched", "lead", "over_hours_training",
    )  # fmt: skip
    assert ticket["subject_party"] == "砚秋语文" and "周六" in ticket["when"]
    assert stack.bureau("POST", f"/tickets/{number}/sign", {}, key="s1")[0] == 200
    answer = {"text": "已责令停止周末学科培训。"}
    assert stack.bureau("POST", f"/tickets/{number}/answer", answer, key="a1")[0] == 200
    assert stack.bureau("POST", f"/tickets/{number}/answer", answer, key="a1")[0] == 200

    later = Parent(stack)
    later.say(f"查进度 {receipt}")
    assert "已答复" in later.heard and "已责令停止周末学科培训。" in later.heard
    assert "已签收" in later.heard


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on_where_it_was(parent):
    parent.say("有个地方周末偷偷给小学生上语文课，来了好多孩子")
    if parent.asks == "kind":
        parent.say(STORY["kind"])
    for slot, answer in (("org", "晨曦小屋"), ("place", "鹭鸣区听潮街道")):
        assert parent.asks == slot, parent.heard
        parent.say("周末能给小学生上语文班吗？")
        assert "〔" in parent.heard and parent.asks == slot
        parent.say(answer)
    assert parent.asks not in ("org", "place")


def test_a_correction_at_the_read_back_changes_the_slot(parent):
    parent.say("砚秋语文每周六上午给五年级上数学课")
    parent.answer_until_read_back(STORY)
    assert "周六" in parent.heard
    parent.say("不对，是周日")
    assert parent.asks == "confirm"
    assert "时间：周日" in parent.heard


def test_never_mind_cancels_and_says_that_nothing_was_filed(parent):
    parent.say("我要举报砚秋语文周末上课")
    parent.say("算了")
    assert "没有提交" in parent.heard
    assert parent.asks is None
    parent.say("确认提交")
    assert parent.receipt is None


def test_not_known_is_an_answer_to_everything_but_what_happened(parent):
    parent.say("我要举报")
    assert parent.asks == "detail"
    parent.say("不知道")
    assert parent.asks == "detail"
    parent.say("有个地方周末偷偷给小学生上语文课，来了好多孩子")
    parent.answer_until_read_back({"kind": STORY["kind"]})
    assert parent.asks == "confirm"
    parent.press("确认提交")
    assert parent.receipt and "热线" in parent.heard  # no place: the hotline looks first


def test_the_same_message_twice_gets_the_same_answer_and_files_once(stack, parent):
    parent.say("砚秋语文每周六上午给五年级上数学课")
    parent.answer_until_read_back(STORY)
    before = len(queue(stack))
    button = next(b for r in parent.replies for b in r["buttons"] if b["title"] == "确认提交")
    first = parent.send({"button": button["button"]}, "the-one")
    second = parent.send({"button": button["button"]}, "the-one")
    assert first == second and first[-1]["receipt"]
    assert len(queue(stack)) == before + 1


def test_danger_is_answered_at_once(parent):
    parent.say("老师把我孩子打得流血了")
    first = parent.replies[0]["text"]
    assert "110" in first and "120" in first


def test_a_telephone_number_never_reaches_rasa_or_the_bureau(stack, parent):
    number = "137" + "65432109"
    parent.say(f"砚秋语文每周六上午给五年级上数学课，我的电话{number}")
    parent.answer_until_read_back({**STORY, "anonymous": "#留手机号", "contact": number})
    parent.press("确认提交")
    assert parent.receipt
    assert number not in str(queue(stack))
    for file in stack.var.rglob("*"):
        if file.is_file():
            assert number.encode() not in file.read_bytes(), file
            assert parent.receipt.replace(" ", "").encode() not in file.read_bytes(), file
            assert parent.receipt.encode() not in file.read_bytes(), file


def test_wrong_receipts_are_slowed(parent):
    for n in range(4):
        parent.say(f"查进度 {n}234 5678 9012 3456")
    assert "秒后再试" in parent.heard


def test_the_bureau_returns_a_ticket_and_the_hotline_sends_it_on(stack, parent):
    file_a_report(parent, "砚秋语文每周六上午给五年级上数学课")
    number = re.search(r"JS\d{16}", parent.heard).group()
    status, _ = stack.bureau(
        "POST",
        f"/tickets/{number}/return",
        {"reason": "不在本区", "basis": "按登记地址属别的区"},
        key=f"r-{number}",
    )
    assert status == 200
    assert stack.bureau("GET", f"/tickets/{number}")[0] == 404

    clerk = Clerk(stack)
    page = clerk.get("/desk/?tab=returned")
    assert number in page
    ticket = clerk.get(f"/desk/tickets/{number}")
    assert "不在本区" in ticket
    bureau = re.search(r'<option value="(\w+-education)"', ticket).group(1)
    form = {"bureau": bureau, "reason": "机构在本区", **clerk.hidden(ticket)}
    clerk.post(f"/desk/tickets/{number}/dispatch", form)
    parent.say(f"查进度 {parent.receipt}")
    assert parent.heard.count("已转给") == 2
