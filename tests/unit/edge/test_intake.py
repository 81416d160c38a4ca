"""What Rasa gets to see of a message, and what is looked up or raised before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.edge.inbox import OPEN, Message
from bot.edge.intake import Intake, Prepared, clean
from bot.edge.sessions import ChatSession
from complaints.danger import load_danger
from complaints.filing import file_report
from complaints.model import Kind, Report
from complaints.protection.identifying_words import load_identifying
from complaints.protection.receipts import hash_receipt
from complaints.rules import load_rules
from complaints.storage import Storage
from complaints.storage.tables import PersonalField
from complaints.workdays import utc_now
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parents[3]
SALT = b"s" * 32
SESSION = ChatSession("web-1", b"secret of the reporter")
RECEIPT = "4321 8765 2109 6543"
DANGER = load_danger(ROOT / "data/routing")
WORDS = load_identifying(ROOT / "data/routing")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    storage.create()
    return storage


@pytest.fixture
def intake(storage: Storage) -> Intake:
    return Intake(storage, DANGER, WORDS)


@pytest.fixture
def number(storage: Storage) -> str:
    """The number of a ticket that answers to RECEIPT."""
    rules = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
    report = Report("intake-1", Kind.EXAM_RANKING, 0.9, "按成绩排座位", place="鹭鸣区")
    return file_report(storage, rules, report, hash_receipt(RECEIPT, SALT), utc_now()).number


def _message(text: str) -> Message:
    return Message(
        id=1, sender="web-1", message_id="m-1", state=OPEN, content={"text": text}, replies=[]
    )


def said(intake: Intake, text: str, asks: str | None = None, **more: Any) -> Prepared:
    message = _message(text)
    return intake.prepare(SESSION, message, asks, redelivered=False, **more)


def contact(storage: Storage, prepared: Prepared) -> str | None:
    ref = prepared.body["metadata"].get("contact_ref")
    if ref is None:
        return None
    with storage.read() as session:
        return KEYS.field.unseal_text(session.get(PersonalField, ref).sealed, ref)


# Receipts


@pytest.mark.parametrize(
    ("text", "act"),
    [(RECEIPT, "progress"), (f"查进度 {RECEIPT}", "progress"), ("4321，8765，2109，6543", "progress"),
     ("我上个月举报的那件事现在到底进行到哪一步了，查询码4321-8765-2109-6543", "progress"),
     (f"把{RECEIPT}撤回吧", "withdraw"), (f"{RECEIPT} 补充一下，他们周日晚上也上课", "supplement"),
     (f"补充 {RECEIPT} 老师的收款账号是6222 0212 3456 7890", "supplement")],
)  # fmt: skip
def test_a_receipt_is_looked_up_and_never_passed_on(intake, number, text, act):
    body = said(intake, text).body
    assert (body["intent"], body["metadata"]["ticket"]) == (act, number)
    assert "〔查询码〕" in body["metadata"]["said"]
    assert not any(group in str(body) for group in ("4321", "8765", "7890"))


@pytest.mark.parametrize(
    "text",
    ["老师让家长把补课费打款到6222 0212 3456 7890的私人账户", "打款到6222 0212 3456 7890",
     "6222 0212 3456 7890是老师的银行卡",
     f"上周我用{RECEIPT}看过了，孩子的作业还是每天写到晚上十一点，老师也不管"],
)  # fmt: skip
def test_a_story_with_a_long_number_in_it_is_heard_and_is_no_wrong_try(intake, number, text):
    for _ in range(5):
        body = said(intake, text).body
    assert "〔号码〕" in body["text"] and "intent" not in body
    assert body["metadata"].keys() <= {"redelivered", "urgent", "pupil", "told_ref"}
    assert said(intake, RECEIPT).body["metadata"]["ticket"] == number


@pytest.mark.parametrize(
    "text", ["查进度 JS2026112231287804", "JS2026112231287804", "工单ｊｓ 2026112231287804"]
)
def test_a_ticket_number_is_not_taken_for_a_receipt(intake, text):
    for _ in range(5):
        body = said(intake, text).body
    assert (body["intent"], body["metadata"]["receipt"]) == ("progress", "ticket_number")
    assert said(intake, "1" * 16).body["metadata"]["receipt"] == "wrong"


def test_a_story_that_mentions_a_ticket_number_is_heard(intake):
    text = "上次举报的JS2026112231287804还没有人来看，他们这周六又开始给孩子上课了"
    assert said(intake, text).body["text"] == text


def test_wrong_receipts_make_the_next_try_wait(intake):
    outcomes = [said(intake, "0" * 16).body["metadata"]["receipt"] for _ in range(4)]
    assert outcomes == ["wrong", "wrong", "wrong", "wait"]


def test_wrong_receipts_are_also_counted_for_the_address(intake):
    def guess(n: int) -> str:
        message = _message("0" * 16)
        session = ChatSession(f"web-{n}", SESSION.secret)
        body = intake.prepare(session, message, None, redelivered=False, address="a1").body
        return body["metadata"]["receipt"]

    assert [guess(n) for n in range(22)] == ["wrong"] * 21 + ["wait"]


# Numbers of persons

THEIRS, OWN = "139" + "11112222", "138" + "22223333"


@pytest.mark.parametrize(
    ("asks", "text"),
    [
        (None, "补课老师电话{theirs}，我的电话{own}"),
        (None, "王老师{theirs}在家收费补课，有事打给我{own}"),
        (None, "我电话{own}，机构电话{theirs}"),
        (None, "老师您好我的手机号{own}"),
        ("contact", "老师是{theirs}，我的是{own}"),
        ("anonymous", "不要打{theirs}那是老师的，打{own}"),
        ("contact", "{own}"),
        ("contact", "{own}，{theirs}是机构的"),
        ("confirm", "我留个电话{own}"),
    ],
)
def test_the_reporter_is_called_back_on_the_reporters_own_telephone(intake, storage, asks, text):
    told = said(intake, text.format(theirs=THEIRS, own=OWN), asks)
    assert contact(storage, told) == OWN


@pytest.mark.parametrize(
    ("asks", "text"),
    [
        (None, "机构打给我的电话是{theirs}，一直骚扰我"),
        (None, "机构一直用{theirs}打给我推销"),
        (None, "我电话不方便留，机构电话{theirs}"),
        (None, "我的老师电话是{theirs}"),
        ("confirm", "我要补充，老师的电话是{theirs}"),
        ("contact", "{theirs} {own}"),
        (None, "{theirs}"),
    ],
)
def test_a_number_of_the_accused_or_of_nobody_is_not_kept_as_the_reporters(
    intake, storage, asks, text
):
    assert contact(storage, said(intake, text.format(theirs=THEIRS, own=OWN), asks)) is None


def test_what_rasa_sees_holds_no_telephone(intake):
    body = said(intake, "老师电话是一三九零零零零二二二二，或１３８　００００　１１１１").body
    assert body["text"] == "老师电话是〔电话〕，或〔电话〕"


@pytest.mark.parametrize(
    ("text", "asks"),
    [("139 0000 2222", "contact"), ("留吧139 0000 2222", "anonymous"), ("我的电话139 0000 2222", None),
     ("没问题，联系我139 0000 2222", "confirm"), ("留个电话139 0000 2222", "confirm")],
)  # fmt: skip
def test_the_reporters_own_number_is_sealed(intake, storage, text, asks):
    assert contact(storage, said(intake, text, asks)) == "13900002222"


@pytest.mark.parametrize(
    ("text", "asks"),
    [("老师找我要钱，电话139 0000 2222", "detail"), ("机构老联系我，电话139 0000 2222", None),
     ("不对，机构电话是139 0000 2222", "confirm")],
)  # fmt: skip
def test_the_number_of_somebody_else_is_not_kept(intake, storage, text, asks):
    prepared = said(intake, text, asks)
    assert contact(storage, prepared) is None and "〔电话〕" in prepared.body["text"]


# Danger


@pytest.mark.parametrize(
    "text",
    [
        "孩子想自杀",
        "孩子想自\u200b杀",
        "老師打罵學生，想自殺",
        "他\ud83d说想死",
        "孩子想自\ud800杀",
    ],
)
def test_danger_is_seen_however_it_is_written(intake, text):
    prepared = said(intake, text)
    assert "110" in prepared.alarm and prepared.body["metadata"]["urgent"]
    assert prepared.alarm == intake.alarm_in(text)


def test_a_text_that_is_too_long_is_refused_and_still_alarms(intake):
    text = "很长" * 3000 + "，孩子想自殺"
    assert "太长" in intake.refuse(text)
    assert "110" in intake.alarm_in(text)
    assert intake.alarm_in("很长" * 3000) is None


@given(st.text(st.characters(), max_size=80))
def test_no_text_is_an_exception(text):
    clean(text).encode()
    body = said(Intake(None, DANGER, WORDS), text).body  # type: ignore[arg-type]
    assert isinstance(body["text"], str)


@pytest.mark.parametrize(
    ("text", "gone", "stays"),
    [
        ("我叫周小满，砚秋语文周六还在上课", "周小满", "砚秋语文周六还在上课"),
        ("我儿子三年二班，李老师在家里补课", "二班", "李老师在家里补课"),
        ("加我微信 zhou_xm99，衡算数学不退费", "zhou_xm99", "衡算数学不退费"),
    ],
)
def test_who_writes_is_not_seen_by_the_model_and_kept_sealed(intake, storage, text, gone, stays):
    prepared = said(intake, text)
    assert gone not in str(prepared.body) and stays in prepared.body["text"]
    with storage.read() as session:
        kept = session.get(PersonalField, prepared.body["metadata"]["told_ref"])
        assert gone.encode() not in kept.sealed
        assert KEYS.field.unseal_text(kept.sealed, kept.ref) == text


def test_nothing_is_kept_of_what_names_nobody(intake, storage):
    assert "told_ref" not in said(intake, "砚秋语文周六还在上课").body["metadata"]


def test_a_receipt_in_a_story_is_kept_nowhere(intake, storage, number):
    text = f"上周我用{RECEIPT}看过了，孩子的作业还是每天写到晚上十一点，老师也不管"
    ref = said(intake, text).body["metadata"].get("told_ref")
    with storage.read() as session:
        rows = session.scalars(select(PersonalField)).all()
    assert ref is None or RECEIPT not in KEYS.field.unseal_text(
        next(row for row in rows if row.ref == ref).sealed, ref
    )


def test_a_pupil_is_known_by_the_words(intake):
    assert said(intake, "我是初二的学生，我们班主任让我们周末补课").body["metadata"]["pupil"]
    assert not said(intake, "我孩子读初二，班主任让他周末补课").body["metadata"]["pupil"]


@pytest.mark.parametrize(
    "text", ["没有", "是的，有收据", "交了八千元，九月交的", "他们在三楼，门口没有牌子"]
)
def test_what_is_said_where_something_was_to_be_added_is_that(intake, text):
    body = said(intake, text, "supplement").body
    assert (body["intent"], body["metadata"]["said"]) == ("supplement", text)
    assert "text" not in body
    assert "intent" not in said(intake, text).body


def test_what_is_added_is_masked_and_sealed_as_anything_else(intake):
    body = said(intake, "我叫陈砚秋，电话13912345678，交了八千元", "supplement").body
    assert "八千元" in body["metadata"]["said"] and body["metadata"]["told_ref"]
    assert "砚秋" not in str(body) and "13912345678" not in str(body)


@pytest.mark.parametrize(
    "text",
    [
        "算了",
        "不补充了",
        "查一下进度",
        "我想撤回",
        "转人工",
        "我要举报另一家",
        "谢谢",
        "周末能上课吗？",
    ],
)
def test_another_wish_than_to_add_is_left_to_the_model(intake, text):
    assert said(intake, text, "supplement").body["text"] == text
