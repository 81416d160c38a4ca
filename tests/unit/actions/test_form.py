"""Conversations with the report form, message by message."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from actions.services import services

YES = ["对", "是的", "没错，提交", "确认提交", "嗯嗯", "好的，可以", "没问题！", "OK"]
NO_YES = [
    "先别提交", "别提交", "暂时不提交", "还没写完别提交", "我不确认提交", "嗯，等一下我再看看",
    "提交了吗", "你先提交别的", "对了", "对不起", "是不是要留电话", "好像不对",
]  # fmt: skip


@pytest.mark.parametrize("words", YES)
def test_a_clear_yes_files(talk, words):
    talk.to_read_back()
    assert "已登记" in talk.say(words, "affirm")
    assert len(talk.tickets) == 1 and talk.asks is None


@pytest.mark.parametrize("words", NO_YES)
def test_what_only_sounds_like_a_yes_files_nothing(talk, words):
    talk.to_read_back()
    talk.say(words, "affirm")
    assert talk.tickets == [] and talk.asks == "confirm"


def test_a_yes_with_an_addition_keeps_the_addition_and_asks_again(talk):
    talk.to_read_back()
    assert "老师姓王" in talk.say("是的没错，不过老师姓王", "affirm")
    assert talk.tickets == []
    talk.press("确认提交")
    assert "老师姓王" in talk.tickets[0].detail


def test_an_addition_replaces_nothing(talk):
    talk.to_read_back()
    text = "补充一下，周日下午也上课，还收了三千块"
    heard = talk.say(text, "supplement", entities=[("when", "周日下午"), ("amount", "三千块")])
    assert "时间：每周六上午" in heard and text in heard


def test_not_this_but_that(talk):
    talk.to_read_back()
    entities = [("org", "砚秋语文"), ("org", "衡算数学")]
    assert "对象：衡算数学" in talk.say("不是砚秋语文，是衡算数学", "deny", entities=entities)
    entities = [("when", "周六"), ("when", "周日")]
    assert "时间：周日" in talk.say("周六改成周日", "report", entities=entities)


def test_a_change_of_mind_about_the_telephone(talk):
    talk.to_read_back()
    heard = talk.say("还是留电话吧，〔电话〕", "report", metadata={"contact_ref": "ref"})
    assert "留了联系方式" in heard
    assert "匿名" in talk.say("我要匿名", "report")


@pytest.mark.parametrize("words", ["不匿名", "我不想匿名", "实名，不用保密"])
def test_not_anonymous_is_not_anonymous(talk, words):
    talk.say("砚秋语文每周六上午给五年级上数学课", entities=[
        ("org", "砚秋语文"), ("when", "周六"), ("grade", "五年级"), ("subject", "数学")])  # fmt: skip
    assert talk.asks == "anonymous"
    talk.say(words, "deny")
    assert talk.asks == "contact"


@pytest.mark.parametrize("words", ["不提交了", "行吧，算了", "算了吧", "不想填了"])
def test_dropping_it_at_the_read_back(talk, words):
    talk.to_read_back()
    assert "没有提交" in talk.say(words, "affirm")
    assert talk.tickets == [] and talk.asks is None


def test_withdrawing_what_was_never_filed_asks_once(talk):
    talk.to_read_back()
    assert "还没有提交" in talk.say("我要撤回", "withdraw")
    assert "请核对" in talk.press("继续填")
    talk.say("我要撤回", "withdraw")
    assert "已取消" in talk.press("放弃")


def test_a_question_returns_to_where_it_was(talk):
    talk.say("我要举报二小，老师周末收费补课，已经好几个月了", kinds=[("teacher_paid_tutoring", 0.9)],
             entities=[("org", "二小")])  # fmt: skip
    assert talk.asks == "org"
    talk.say("老师补课违规吗？", "question")
    assert talk.asks == "org" and "哪一家" in talk.heard[-1]["text"]


@pytest.mark.parametrize(
    ("words", "act"),
    [("今天天气怎么样", "out_of_scope"), ("会不会查到我？", "question"), ("转人工", "human")],
)
def test_chatter_is_no_answer(talk, words, act):
    talk.say("有个地方周末偷偷给小学生上语文课")
    assert talk.asks == "org"
    talk.say(words, act)
    assert talk.slots["org"] is None and talk.asks == "org"


def test_a_place_said_when_the_name_is_asked_is_the_place(talk):
    talk.say("有个地方周末偷偷给小学生上语文课")
    talk.say("鹭鸣区听潮街道", "report")
    assert talk.slots["org"] is None and talk.slots["place"] == "鹭鸣区听潮街道"


def test_none_of_these_schools(talk):
    talk.say("我要举报二小，老师周末收费补课，已经好几个月了", kinds=[("teacher_paid_tutoring", 0.9)],
             entities=[("org", "二小")])  # fmt: skip
    assert "没太明白" not in talk.press("都不是")
    talk.say("鹭鸣区", "report")
    while talk.asks != "confirm":
        talk.say("不知道", "deny")
    assert "对象：二小" in "".join(b["text"] for b in talk.heard)


def test_a_name_by_ear_is_offered_and_never_taken_by_itself(talk):
    heard = talk.say("燕秋语文周六上午给五年级上数学课", entities=[("org", "燕秋语文")])
    assert "名字相近" in heard and talk.slots["org"] == "燕秋语文"
    talk.press("砚秋语文")
    assert talk.slots["org"] == "砚秋语文" and talk.asks != "org"


def test_a_typed_yes_takes_the_one_name_that_was_offered(talk):
    talk.say("燕秋语文周六上午给五年级上数学课", entities=[("org", "燕秋语文")])
    talk.say("对，就是这家", "affirm")
    assert talk.slots["org"] == "砚秋语文"


def test_an_unregistered_name_stays_as_it_was_written(talk):
    talk.say("燕秋语文周六上午给五年级上数学课", entities=[("org", "燕秋语文")])
    talk.press("都不是")
    assert talk.slots["org"] == "燕秋语文" and talk.asks != "org"


def test_a_second_matter_and_the_sum_reach_the_hotline(talk):
    kinds = [("training_fees_refund", 0.7), ("unlicensed_training", 0.25)]
    entities = [("org", "砚秋语文"), ("amount", "三千六百元"), ("when", "昨天")]
    talk.say("砚秋语文没有证还不退我三千六百元", kinds=kinds, entities=entities)
    while talk.asks != "confirm":
        talk.say("匿名" if talk.asks == "anonymous" else "不知道")
    talk.press("确认提交")
    (ticket,) = talk.tickets
    said = talk.filing_facts(ticket)
    assert (said["amount"], said["second_kind"]) == ("3,600元", "unlicensed_training")


def test_a_message_that_comes_twice_is_taken_once(talk):
    talk.say("有个地方周末偷偷给小学生上语文课", message_id="one")
    talk.say("晨曦小屋", message_id="two")
    asked = talk.asks
    talk.say("晨曦小屋", message_id="two")
    assert talk.asks == asked and talk.slots["org"] == "晨曦小屋"


def test_a_confirmation_without_a_receipt_is_asked_for_again(talk):
    talk.to_read_back()
    talk.say("确认提交", "affirm", metadata={"receipt_hash": None})
    assert talk.tickets == [] and talk.asks == "confirm"


def test_a_failing_database_leaves_the_form_open(talk):
    talk.to_read_back()
    with services().storage.engine.begin() as connection:
        connection.execute(text("DROP TABLE delivery"))
    with pytest.raises(DatabaseError):
        talk.press("确认提交")
    assert talk.asks == "confirm" and talk.slots["draft"]


def test_an_offered_kind_that_sounds_like_a_question_can_be_typed(talk):
    talk.say(
        "老师天天布置一大堆，孩子写到半夜",
        kinds=[("homework_overload", 0.4), ("exam_ranking", 0.3)],
    )
    assert talk.asks == "kind"
    talk.say("作业过多", "question")
    assert talk.slots["kind"] == "homework_overload"


def test_a_confirmation_sent_again_shows_its_own_ticket_and_leaves_the_next_report_alone(talk):
    talk.to_read_back()
    first = talk.say("确认提交", "affirm", metadata={"receipt_hash": "a" * 64})
    talk.to_read_back()
    again = {"receipt_hash": "a" * 64, "redelivered": True}
    heard = talk.say("确认提交", "affirm", metadata=again)
    assert heard.startswith(first) and talk.asks == "confirm"
    assert len(talk.tickets) == 1
    talk.press("确认提交")
    assert len(talk.tickets) == 2
