"""What a reporter sees: plain words, the promised day and why it moved, what can be done now."""

from __future__ import annotations

import pytest

from complaints.lifecycle import closing, correcting, dispatching, handling, redacting, reporting
from complaints.lifecycle.act import SYSTEM, NotAllowed
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import Action
from complaints.model import Kind
from complaints.reporter.history import _LINES
from complaints.reporter.view import Can
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date
from tests.unit.complaints.reporter.conftest import CLERK, Life, close, said


def test_a_ticket_from_filing_to_its_end(life: Life):
    number = life.file()
    life.do(handling.sign_ticket, number)
    life.answer(number, "已要求停止周末上课")
    shown = life.look(number)
    lead = shown.lead_name
    assert said(shown).splitlines() == [
        "您的举报已登记",
        "热线已受理",
        f"已转给{lead}",
        f"{lead}已签收，正在办理",
        f"{lead}答复：已要求停止周末上课（核查结论：属实；办理结果：责令停止办学或停止招生）",
    ]
    assert shown.state == "已答复待回访" and not shown.is_owed
    close(life, number)
    assert said(life.look(number)).splitlines()[-1] == "工单已办结：责令停止办学或停止招生"


def test_the_promised_day_moves_with_its_reason(life: Life):
    number = life.file()
    first = life.look(number).promised_on
    life.do(handling.sign_ticket, number)
    life.do(handling.extend_ticket, number, "要等另一个部门的检测结果", 5)
    shown = life.look(number)
    assert shown.promised_on > first and shown.is_owed
    assert shown.promise_note == "延期5个工作日，因为：要等另一个部门的检测结果"
    assert "延期5个工作日" in said(shown)


def test_while_the_reporter_is_asked_the_note_says_for_what(life: Life):
    number = life.file()
    life.do(handling.sign_ticket, number)
    life.do(handling.pause_ticket, number, "请说明教室在几楼")
    assert life.look(number).promise_note == "等您补充，期间不计时：请说明教室在几楼"
    with life.storage.write() as session:
        reporting.supplement_ticket(session, number, "在二楼", life.rules, life.now)
    shown = life.look(number)
    assert shown.promise_note is None and shown.state == "办理中"
    assert said(shown).endswith("您补充了情况")


def test_what_only_concerns_the_offices_is_not_shown(life: Life):
    number = life.file()
    before = life.look(number).history
    life.do(redacting.redact_ticket, number, "改过的文字", by=CLERK)
    life.do(correcting.reclassify_ticket, number, Kind.UNLICENSED_TRAINING, by=CLERK)
    life.act(number, Action.WARN, SYSTEM, workdays_left=2)
    assert life.look(number).history == before
    life.act(number, Action.SUPERVISE, CLERK, "内部督办意见不给举报人看")
    assert said(life.look(number)).endswith("热线已督办")


def test_each_action_has_words_or_is_left_out_on_purpose():
    left_out = {Action.REDACT, Action.RECLASSIFY, Action.CORRECT, Action.TASK_SIGN, Action.TASK_DONE,
                Action.NOTIFY, Action.WARN}  # fmt: skip
    assert set(Action) - set(_LINES) == left_out


def test_what_a_reporter_can_do_follows_the_state(life: Life):
    number = life.file()
    assert life.look(number).can == (Can.SUPPLEMENT, Can.WITHDRAW, Can.PROOF)
    life.answer(number)
    assert life.look(number).can == (Can.FEEDBACK, Can.REOPEN, Can.PROOF)
    life.judge(number, solved=True)
    assert life.look(number).can == (Can.PROOF,)


def test_a_refused_ticket_names_the_right_door(life: Life):
    number = life.file(place=None, subject_party=None, detail="有人在上课")
    with life.storage.write() as session:
        ticket = session.query(Ticket).filter_by(number=number).one()
        dispatching.reject_ticket(session, ticket, CLERK, "labour", "", life.rules, life.now)
    assert "不予受理（劳动争议）：" in said(life.look(number))
    assert "12333" in said(life.look(number))


# 并单: the main ticket's progress under the own number, nothing of the other reporter


def test_a_merged_ticket_shows_the_main_ones_progress_and_nobodys_words(life: Life):
    main, own = life.file(), life.file()
    with life.storage.write() as session:
        reporting.supplement_ticket(session, main, "我家孩子也在里面", life.rules, life.now)
    life.merge(own, main)
    life.do(handling.sign_ticket, main)
    life.do(handling.pause_ticket, main, "请发缴费凭证")
    shown = life.look(own)
    assert shown.number == own and shown.merged
    assert shown.state == "待补充（暂停）"
    assert "孩子" not in said(shown) and "缴费" not in said(shown)
    life.do(handling.resume_ticket, main)
    life.answer(main, "两家都已停课")
    shown = life.look(own)
    assert "答复：两家都已停课" in said(shown) and main not in said(shown)
    assert Can.FEEDBACK in shown.can and Can.PROOF in shown.can
    assert said(shown).count("您的举报已登记") == 1


def test_who_follows_an_answered_case_reads_its_answer(life: Life):
    main, own = life.file(), life.file()
    life.answer(main, "早已停课")
    life.merge(own, main)
    assert "答复：早已停课" in said(life.look(own))


def test_the_main_ones_withdrawal_is_not_the_own(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    with life.storage.write() as session:
        reporting.withdraw_ticket(session, main, life.rules, life.now)
    shown = life.look(own)
    assert shown.is_owed and not shown.merged and "撤回" not in said(shown)
    assert "不再合并，单独办理" in said(shown)


def test_tickets_merged_into_each_other_do_not_go_round_for_ever(life: Life):
    one, other = life.file(), life.file()
    life.merge(one, other)
    life.merge(other, one)
    assert life.look(one).number == one


def test_after_parting_the_main_ones_steps_until_then_stay(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    life.answer(main, "一起答复的")
    life.judge(own, solved=False, words="还在上课")
    life.do(closing.redo_ticket, main, "再查", by=CLERK)
    shown = life.look(own)
    assert not shown.merged and shown.state == "已派单"
    assert "一起答复的" in said(shown)
    assert "热线要求重新办理" not in said(shown)


def test_what_was_split_off_is_shown_too(life: Life):
    own, part = life.file(), life.file()
    with life.storage.write() as session:
        tickets = {t.number: t for t in session.query(Ticket)}
        tickets[part].split_from = tickets[own].id
    life.act(own, Action.SPLIT, CLERK, into=part)
    shown = life.look(own)
    assert f"其中一部分另立工单{part}办理" in said(shown)
    assert [one.number for one in shown.parts] == [part]


# A merged ticket when the main one waits, is taken up again, or is over


def supplement(life: Life, number: str, text: str = "周日也上课") -> None:
    with life.storage.write() as session:
        reporting.supplement_ticket(session, number, text, life.rules, life.now)


def test_while_another_reporter_is_asked_a_follower_is_promised_no_day_and_asked_nothing(
    life: Life,
):
    main, own = life.file(), life.file()
    life.merge(own, main)
    life.do(handling.sign_ticket, main)
    life.do(handling.pause_ticket, main, "您家是哪一栋？")
    shown = life.look(own)
    assert shown.promise_note == "办理单位在等补充情况，期间不计时" and not shown.is_asked
    assert life.look(main).is_asked
    supplement(life, own)
    assert life.look(own).state == "待补充（暂停）", "only who was asked can end the waiting"
    supplement(life, main, "三栋")
    assert life.look(own).promise_note is None


def test_the_day_promised_in_a_pause_is_never_past(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    before = life.look(own).promised_on
    life.do(handling.sign_ticket, main)
    life.do(handling.pause_ticket, main, "您家是哪一栋？")
    life.wait(days=9)
    for number in (main, own):
        shown = life.look(number)
        assert shown.promised_on > shanghai_date(life.now) > before


def test_a_follower_reads_that_the_case_was_taken_up_again_for_another(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    life.answer(main)
    life.judge(main, solved=False, words="还在上课，我是三楼的")
    shown = life.look(own)
    assert shown.state == "已派单" and said(shown).endswith("已重新办理")
    assert "三楼" not in said(shown) and "您反映" not in said(shown)


def test_when_the_main_one_is_withdrawn_its_steps_stay_in_the_others_history(life: Life):
    main, heir, own = life.file(), life.file(), life.file()
    for each in (heir, own):
        life.merge(each, main)
    life.do(handling.sign_ticket, main)
    life.do(handling.extend_ticket, main, "等检测结果", 2)
    with life.storage.write() as session:
        reporting.withdraw_ticket(session, main, life.rules, life.now)
    life.answer(heir, "已停课")
    told = said(life.look(own))
    assert "等检测结果" in told and told.endswith("责令停止办学或停止招生）")
    assert told.count("正在办理") == 2 and "撤回" not in told and "单独办理" not in told


def test_a_follower_of_an_answered_case_can_judge_and_not_add_or_withdraw(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    assert life.look(own).can == (Can.SUPPLEMENT, Can.WITHDRAW, Can.PROOF)
    life.answer(main)
    assert life.look(own).can == (Can.FEEDBACK, Can.REOPEN, Can.PROOF)
    with pytest.raises(NotAllowed):  # nobody would read it any more
        supplement(life, own)
    close(life, main)
    assert life.look(own).can == (Can.FEEDBACK, Can.REOPEN, Can.PROOF)


def test_a_follower_of_a_refused_case_reads_why_and_where_to_go(life: Life):
    unsure = {"place": None, "subject_party": None, "detail": "有人在上课"}
    main, own = life.file(**unsure), life.file(**unsure)
    life.merge(own, main)
    with life.storage.write() as session:
        ticket = session.query(Ticket).filter_by(number=main).one()
        dispatching.reject_ticket(session, ticket, CLERK, "labour", "", life.rules, life.now)
    shown = life.look(own)
    assert shown.state == "不予受理" and "12333" in said(shown)
    assert shown.can == (Can.PROOF,)


# 拆单: each part is followed by itself, with the parent's receipt and proof


def test_a_part_shows_its_own_history_and_what_can_be_done_with_it(life: Life):
    own = life.file()
    with life.storage.write() as session:
        ticket = session.query(Ticket).filter_by(number=own).one()
        kind = Kind.TRAINING_FEES_REFUND
        split_ticket(session, ticket, kind, "退费不给退", CLERK, life.rules, life.now)
    (part,) = life.look(own).parts
    life.do(handling.sign_ticket, part.number)
    life.do(handling.pause_ticket, part.number, "交了多少钱")
    (part,) = life.look(own).parts
    assert part.is_asked and "请您补充（期间不计时）：交了多少钱" in said(part)
    assert part.can == (Can.SUPPLEMENT, Can.WITHDRAW)
    supplement(life, part.number, "八千元")
    life.answer(part.number, "已退款")
    (part,) = life.look(own).parts
    assert "答复：已退款" in said(part) and part.can == (Can.FEEDBACK, Can.REOPEN)
    assert life.look(own).can == (Can.SUPPLEMENT, Can.WITHDRAW, Can.PROOF)
