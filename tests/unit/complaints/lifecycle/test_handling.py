"""What the lead does: asks the reporter, goes on, asks for time, answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import sleep

import pytest

from complaints.lifecycle import closing, dispatching, handling, reporting
from complaints.lifecycle.act import NotAllowed, ticket_by_number
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.tasks import TaskKind, finish_task, sign_task
from complaints.model import Kind
from tests.unit.complaints.lifecycle.conftest import CLERK, STREET

ADS = {"kind": Kind.TRAINING_ADS, "detail": "电梯里贴着保证提分的广告"}
RUN_AWAY = {"kind": Kind.TRAINING_FEES_REFUND, "detail": "机构突然关门，负责人卷款跑路，人也失联了"}
URGENT = {"urgent": True}


def pause(life, number, question="是哪一天？"):
    life.do(handling.pause_ticket, number, life.lead(number), question)


def extend(life, number, workdays, reason="在核对账目"):
    life.do(handling.extend_ticket, number, life.lead(number), reason, workdays)


def not_extended(life, number, workdays):
    give = (life.lead(number), "在核对账目", workdays)
    return life.refused(handling.extend_ticket, number, *give)


def in_hand(life, **change):
    number = life.file(**change)
    life.sign(number)
    return number


# --- the reporter is asked ------------------------------------------------------------------------


def test_a_paused_ticket_is_not_overdue_and_keeps_its_days(life):
    number = in_hand(life)
    life.until("11-24 10:00")
    pause(life, number)
    life.until("12-02 10:00")  # its day was 30 November
    assert life.state(number) == State.PAUSED
    assert not life.ticket(number).overdue
    assert life.events(number, Action.OVERDUE) == []
    assert "deadline" not in life.timers(number)
    life.say(number, "是上周六")
    assert life.state(number) == State.HANDLING
    assert life.ticket(number).promised_on == date(2026, 12, 8)  # the second is a day that counts


def test_a_reporter_who_does_not_write_is_not_waited_for_forever(life):
    number = in_hand(life)
    pause(life, number)
    life.until("12-07 23:00")
    assert life.state(number) == State.PAUSED
    life.until("12-08 00:00")
    assert life.state(number) == State.HANDLING
    assert life.events(number, Action.RESUME)[-1].role == "system"


def test_bureau_and_hotline_may_go_on_without_waiting(life):
    first, second = in_hand(life), in_hand(life)
    pause(life, first)
    pause(life, second)
    life.do(handling.resume_ticket, first, life.lead(first))
    life.do(handling.resume_ticket, second, CLERK)
    assert {life.state(first), life.state(second)} == {State.HANDLING}
    assert "resume" not in life.timers(first)


def test_who_is_late_cannot_hide_it_by_asking_the_reporter(life):
    number = in_hand(life)
    life.until("12-01 09:00")
    asked = (life.lead(number), "是哪一天？")
    assert life.refused(handling.pause_ticket, number, *asked) == "already_overdue"
    assert life.ticket(number).overdue


def test_a_bureau_may_not_ask_again_and_again_until_the_promise_means_nothing(life):
    number = in_hand(life)
    pause(life, number)
    life.until("12-08 09:00")
    pause(life, number, "是哪个校区？")
    life.until("12-14 23:59")
    assert life.state(number) == State.PAUSED
    life.until("12-15 00:00")  # the first took ten workdays, so five were left of fifteen
    assert life.state(number) == State.HANDLING
    asked = (life.lead(number), "还有别的吗？")
    assert life.refused(handling.pause_ticket, number, *asked) == "pause_used_up"
    assert life.ticket(number).promised_on == date(2026, 12, 21)
    with pytest.raises(NotAllowed, match="最多共15个工作日不计时"):
        life.do(handling.pause_ticket, number, *asked)


def test_an_answer_that_is_done_again_may_be_asked_for_anew(life):
    number = in_hand(life)
    for question in ("是哪一天？", "是哪个校区？"):
        pause(life, number, question)
        while life.state(number) == State.PAUSED:
            life.until(life.now + timedelta(days=1))
    life.answer(number)
    life.do(closing.redo_ticket, number, CLERK, "没有说明退费")
    pause(life, number, "退了多少？")
    assert life.state(number) == State.PAUSED


def test_a_question_must_be_asked(life):
    number = in_hand(life)
    assert life.refused(handling.pause_ticket, number, life.lead(number), " ") == "text_required"


def test_what_is_said_twice_in_a_row_is_added_once(life):
    number = in_hand(life)
    life.say(number, "周日也在上课")
    life.say(number, "周日也在上课")
    assert len(life.events(number, Action.SUPPLEMENT)) == 1


def test_what_a_reporter_adds_while_the_bureau_signs_is_not_lost(life):
    number = life.file()

    def add():
        with life.storage.write() as session:
            reporting.supplement_ticket(session, number, "周日也在上课", life.rules, life.now)

    with ThreadPoolExecutor(1) as pool:
        with life.storage.write() as session:
            ticket = ticket_by_number(session, number)
            handling.sign_ticket(session, ticket, life.lead(number), life.rules, life.now)
            adding = pool.submit(add)
            sleep(0.2)
        adding.result()
    life.check()
    assert [e.action for e in life.events(number)[-2:]] == [Action.SIGN, Action.SUPPLEMENT]


def test_what_a_supplement_tells_of_the_reporter_is_masked(life):
    number = in_hand(life)
    life.say(number, "我叫陈砚秋，我儿子三年二班，周日也在上课")
    (added,) = life.events(number, Action.SUPPLEMENT)
    assert "陈砚秋" not in added.text and "周日也在上课" in added.text
    assert life.ticket(number).to_check


# --- more time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "times", "most"), [({}, 1, 5), (RUN_AWAY, 2, 5), (URGENT, 1, 1), (ADS, 0, 0)]
)
def test_how_often_and_how_far_depends_on_the_matter(life, change, times, most):
    number = in_hand(life, **change)
    if times:
        assert not_extended(life, number, most + 1) == "extension_too_long"
        assert not_extended(life, number, 0) == "extension_too_long"
    for _ in range(times):
        before = life.ticket(number).promised_on
        extend(life, number, most)
        assert life.ticket(number).promised_on > before
    assert not_extended(life, number, 1) == "too_many_extensions"


def test_more_time_needs_a_reason(life):
    number = in_hand(life)
    give = (life.lead(number), "  ", 2)
    assert life.refused(handling.extend_ticket, number, *give) == "text_required"


def test_who_is_late_cannot_undo_it_by_asking_for_time(life):
    number = in_hand(life)
    life.until("12-01 09:00")
    assert life.ticket(number).overdue
    assert not_extended(life, number, 5) == "already_overdue"


# --- the answer -----------------------------------------------------------------------------------


def test_only_what_is_handled_can_be_answered(life):
    number = life.file()
    give = (life.lead(number), "已办")
    assert life.refused(handling.answer_ticket, number, *give) == "wrong_state"
    life.sign(number)
    assert life.refused(handling.answer_ticket, number, give[0], "  ") == "text_required"
    life.answer(number)
    ticket = life.ticket(number)
    assert (ticket.state, ticket.answered_at) == (State.ANSWERED, life.now)


def test_findings_results_and_schools_are_fixed_codes(life):
    number = in_hand(life)
    give = (life.lead(number), "已办")
    for wrong, code in (
        ({"finding": "maybe"}, "unknown_finding"),
        ({"results": ["shot"]}, "unknown_result"),
        ({"schools": ["hogwarts"]}, "unknown_school"),
    ):
        assert life.refused(handling.answer_ticket, number, *give, **wrong) == code
    life.answer(number, "partly", results=["rectify", "fined"])
    assert (life.ticket(number).finding, life.ticket(number).result) == ("partly", "rectify")


def test_a_finding_makes_two_notices_with_receipts_of_their_own(life):
    number = in_hand(life)
    life.answer(number, "confirmed", schools=["tingchao-primary"])
    street, school = life.tasks(number, TaskKind.NOTICE)
    assert (street.bureau, school.party_id) == (STREET, "tingchao-primary")
    told = [event.facts["task"] for event in life.events(number, Action.NOTIFY)]
    assert told == [street.id, school.id]
    for words in (street.text, school.text):
        assert life.ticket(number).detail not in words and number not in words
    with life.storage.write() as session:
        sign_task(session, street.id, street.bureau, life.rules, life.now)
    with life.storage.write() as session:
        finish_task(session, street.id, street.bureau, "已纳入巡查", life.rules, life.now)
    life.check()
    street, school = life.tasks(number, TaskKind.NOTICE)
    assert (street.answer, school.done_at) == ("已纳入巡查", None)


@pytest.mark.parametrize("finding", ["not_confirmed", "not_found", None])
def test_where_nothing_was_found_nobody_is_told(life, finding):
    number = in_hand(life)
    life.answer(number, finding, schools=["tingchao-primary"])
    assert life.tasks(number, TaskKind.NOTICE) == []


def test_no_school_is_told_when_a_pupil_reported(life):
    number = in_hand(life, pupil=True)
    life.answer(number, "confirmed", schools=["tingchao-primary"])
    assert [task.party_id for task in life.tasks(number, TaskKind.NOTICE)] == [None]


def test_no_school_is_told_when_a_pupil_reported_the_same(life):
    main, own = in_hand(life), life.file(pupil=True)
    life.merge(own, main)
    life.answer(main, "confirmed", schools=["tingchao-primary"])
    assert [task.party_id for task in life.tasks(main, TaskKind.NOTICE)] == [None]


def test_the_same_finding_again_makes_no_second_notice_but_another_one_does(life):
    number = in_hand(life)
    life.answer(number, "partly")
    life.do(closing.redo_ticket, number, CLERK, "没有说明退费")
    life.answer(number, "partly")
    assert len(life.tasks(number, TaskKind.NOTICE)) == 1
    life.do(closing.redo_ticket, number, CLERK, "再查")
    life.answer(number, "confirmed")
    assert len(life.tasks(number, TaskKind.NOTICE)) == 2


# --- the reporter takes it back -------------------------------------------------------------------


def withdraw(life, number):
    with life.storage.write() as session:
        reporting.withdraw_ticket(session, number, life.rules, life.now)
    life.check()


def test_a_withdrawn_ticket_is_over_for_everybody(life):
    number = life.file()
    withdraw(life, number)
    assert life.state(number) == State.WITHDRAWN
    assert all(task.done_at for task in life.tasks(number))
    assert life.timers(number) == {"erase"}
    life.sleep_until("12-20 09:00")
    assert life.refused(handling.sign_ticket, number, life.lead(number)) == "wrong_state"


def test_what_was_answered_cannot_be_taken_back(life):
    number = in_hand(life)
    life.answer(number)
    with life.storage.write() as session, pytest.raises(dispatching.NotAllowed):
        reporting.withdraw_ticket(session, number, life.rules, life.now)
