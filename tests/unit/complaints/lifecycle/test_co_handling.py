"""Who helps with a ticket (协办): asked when it gets to its office, ended when it is not theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints.conflicts import declare_interest
from complaints.lifecycle import closing, correcting, dispatching, handling
from complaints.lifecycle.co_handling import Choice
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.lifecycle.states import Role, State
from complaints.lifecycle.tasks import TaskKind, finish_task, supervise_ticket, whistle
from complaints.model import Kind
from complaints.reporter.feedback import give_feedback
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET, STREET
from tests.unit.complaints.lifecycle.test_tasks import CALLER

URBAN, CITY = "luming-urban-management", "tinglan-education"
HELPERS = {MARKET, URBAN, STREET}
THERE = {"zhenxi-market-supervision", "zhenxi-urban-management"}
UNSAFE = {
    "kind": Kind.VENUE_SAFETY,
    "detail": "作业写到十二点，走廊通道里罚站",
    "subject_party": "听潮路小学",
    "place": "鹭鸣区听潮街道",
}


def send(life, number, bureau=EDUCATION, **more):
    more = {"reason": "按职责改派"} | more
    life.do(dispatching.dispatch_ticket, number, CLERK, bureau, **more)


def readers(life, number):
    return {b for b, role in life.holders(number).items() if role == Role.CO_HANDLER}


def owing(life, number):
    tasks = life.tasks(number, TaskKind.CO_HANDLING)
    return {task.bureau for task in tasks if task.done_at is None}


def helping(life, number):
    """Who reads a ticket to help with it; each of them owes its part, and nobody else does."""
    assert owing(life, number) == readers(life, number)
    return readers(life, number)


def finish(life, number, bureau):
    (task,) = [t for t in life.tasks(number) if t.bureau == bureau and t.done_at is None]
    with life.storage.write() as session:
        finish_task(session, task.id, bureau, "已核实", life.rules, life.now)


def withdraw(life, number):
    with life.storage.write() as session:
        withdraw_ticket(session, number, life.rules, life.now)
    life.check()


# --- sent by a clerk ------------------------------------------------------------------------------


def test_what_was_in_doubt_gets_the_helpers_of_what_was_sure(life):
    """Which offices help must not hang on how sure a machine was."""
    sure, doubted = life.file(), life.unsure()
    assert helping(life, doubted) == set()
    send(life, doubted)
    assert helping(life, doubted) == helping(life, sure) == HELPERS


def test_helpers_have_their_days_from_the_dispatch_on(life):
    number = life.unsure()
    life.until("11-24 09:00")
    send(life, number)
    assert {str(task.due_on) for task in life.tasks(number, TaskKind.CO_HANDLING)} == {"2026-11-27"}
    assert "task_due" in life.timers(number)


def test_a_designated_ticket_has_its_helpers_too(life):
    number = life.unsure()
    life.do(dispatching.designate_ticket, number, CLERK, EDUCATION, "市里已商定")
    assert helping(life, number) == HELPERS


def test_helpers_are_those_of_the_district_of_the_chosen_office(life):
    number = life.unsure(subject_party=None, place=None)
    send(life, number, "zhenxi-education")
    assert helping(life, number) == THERE  # which street it is nobody knows


def test_a_citys_office_is_helped_where_the_matter_is(life):
    number = life.unsure()
    send(life, number, CITY)
    assert helping(life, number) == HELPERS


def test_the_lead_owes_no_help_to_itself(life):
    number = life.file()
    send(life, number, MARKET)
    assert helping(life, number) == HELPERS - {MARKET}
    assert life.holders(number)[MARKET] == Role.LEAD
    (ended,) = [t for t in life.tasks(number) if t.bureau == MARKET]
    assert ended.answer == "本单位改为主办，协办结束。"


def test_of_equally_competent_offices_the_one_that_does_not_lead_helps(life):
    told = {
        "kind": Kind.UNLICENSED_TRAINING,
        "subject_party": "飞云屋",
        "detail": "招牌和登记的不一致",
        "place": "鹭鸣区听潮街道",
    }
    number = life.file(**told)
    lead, other = "luming-market-supervision", "luming-civil-affairs"
    assert life.ticket(number).lead == lead and other in helping(life, number)
    send(life, number, other)
    assert lead in helping(life, number)


def test_who_must_keep_out_is_not_asked_to_help(life):
    with life.storage.write() as session:
        declare_interest(session, MARKET, "yanqiu-chinese", "亲属任职", life.rules, life.now)
    number = life.unsure()
    send(life, number)
    assert helping(life, number) == HELPERS - {MARKET}


def test_who_did_its_part_reads_on_and_is_not_asked_twice(life):
    number = life.file()
    finish(life, number, MARKET)
    life.give_back(number)
    send(life, number, CITY)
    assert owing(life, number) == HELPERS - {MARKET}
    assert readers(life, number) == HELPERS


# --- another matter -------------------------------------------------------------------------------


def test_a_matter_sorted_anew_leaves_the_helpers_of_the_old_one(life):
    number = life.file(**UNSAFE)
    before = helping(life, number)
    assert {"luming-police", "luming-housing"} <= before
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.HOMEWORK_OVERLOAD)
    send(life, number)
    assert not before & helping(life, number)
    assert all(task.answer for task in life.tasks(number) if task.done_at)


def test_the_new_matters_helpers_are_asked_where_the_office_stays(life):
    number = life.file()
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.UNLICENSED_TRAINING)
    assert life.ticket(number).lead == EDUCATION
    assert "luming-police" in helping(life, number)


def test_who_turns_out_to_be_complained_of_is_not_even_told_that_it_should_help(life):
    number = life.file(kind=Kind.NOT_EDUCATION, detail="周六上课的机构知道是我举报的，打电话骂我")
    send(life, number, MARKET)
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.OVER_HOURS_TRAINING)
    assert EDUCATION not in {task.bureau for task in life.tasks(number)}
    assert EDUCATION not in life.holders(number)


# --- another district -----------------------------------------------------------------------------


def hand_over(life, number, district):
    life.do(dispatching.transfer_ticket, number, life.lead(number), district, "机构已搬走")


def test_the_helpers_of_the_old_district_leave_and_their_counterparts_come(life):
    number = life.file()
    hand_over(life, number, "zhenxi")
    assert helping(life, number) == THERE
    life.check()


def test_who_helped_there_already_does_not_read_on_either(life):
    number = life.file()
    finish(life, number, MARKET)
    life.do(whistle, number, CALLER, "luming-fire", "来一下")
    hand_over(life, number, "zhenxi")
    assert set(life.holders(number)) == THERE | {"zhenxi-education"}
    assert not [t for t in life.tasks(number) if t.bureau == "luming-fire" and t.done_at is None]


def test_a_ticket_handed_back_by_the_hotline_is_where_its_place_says(life):
    number = life.file()
    hand_over(life, number, "zhenxi")
    assert life.ticket(number).street is None
    life.do(dispatching.transfer_ticket, number, CLERK, "luming", "机构没有搬")
    assert life.ticket(number).street == "tingchao"
    assert helping(life, number) == HELPERS
    life.answer(number, "confirmed")
    assert [task.bureau for task in life.tasks(number, TaskKind.NOTICE)] == [STREET]


# --- a main ticket is withdrawn -------------------------------------------------------------------


def test_the_heir_keeps_helpers_supervision_and_the_promised_day(life):
    main, heir = life.file(), life.unsure()
    life.merge(heir, main)
    life.do(supervise_ticket, main, CLERK, "请说明进展")
    promised, tasks = life.ticket(main).promised_on, {task.id for task in life.tasks(main)}
    life.until("11-26 09:00")
    withdraw(life, main)
    assert life.ticket(heir).promised_on == promised
    assert helping(life, heir) == HELPERS
    assert {task.id for task in life.tasks(heir)} == tasks  # the very same, on their days
    assert not life.tasks(main)


def test_an_overdue_case_stays_overdue_and_supervised_with_its_heir(life):
    main, heir = life.file(), life.unsure()
    life.merge(heir, main)
    life.until("12-02 09:00")
    promised = life.ticket(main).promised_on
    withdraw(life, main)
    assert (life.ticket(heir).overdue, life.ticket(heir).promised_on) == (True, promised)
    life.until("12-03 09:00")
    assert len(life.tasks(heir, TaskKind.SUPERVISION)) == 1


def test_an_heir_whose_own_time_is_shorter_is_not_given_more(life):
    main = life.file(kind=Kind.TRAINING_ADS, detail="电梯里贴着保证提分的广告")
    heir = life.file()
    life.merge(heir, main)
    withdraw(life, main)
    assert str(life.ticket(heir).promised_on) == "2026-11-30"


def test_a_pause_of_the_main_ticket_took_nothing_from_its_heir(life):
    main, heir = life.file(), life.unsure()
    life.merge(heir, main)
    life.sign(main)
    life.do(handling.pause_ticket, main, life.lead(main), "哪一栋？")
    life.until("11-27 09:00")
    withdraw(life, main)
    assert str(life.ticket(heir).promised_on) == "2026-12-03"  # as for the main one, had it gone on


# --- answered, closed, taken up again -------------------------------------------------------------


def test_what_helpers_still_owe_ends_when_the_ticket_is_closed(life):
    number = life.file()
    life.do(whistle, number, CALLER, "luming-fire", "来一下")
    life.answer(number)
    assert owing(life, number) == HELPERS
    life.close(number)
    assert all(task.done_at for task in life.tasks(number))
    assert readers(life, number) == HELPERS | {"luming-fire"}


def test_who_did_not_do_its_part_is_asked_again_when_the_ticket_is_taken_up(life):
    number = life.file()
    finish(life, number, MARKET)
    life.answer(number)
    life.close(number)
    life.do(closing.reopen_ticket, number, CLERK, "没有解决")
    assert owing(life, number) == HELPERS - {MARKET}
    assert readers(life, number) == HELPERS


def test_a_follower_taken_up_alone_has_its_helpers(life):
    main, own = life.file(), life.file(detail="六楼也在上课，楼下听得见")
    life.merge(own, main)
    life.answer(main)
    life.now += timedelta(hours=1)
    with life.storage.write() as session:
        give_feedback(session, own, True, False, False, life.rules, life.now)
    assert life.state(own) == State.DISPATCHED
    assert helping(life, own) == HELPERS


# --- a clerk's choice -----------------------------------------------------------------------------


def test_a_clerk_asks_another_office_and_leaves_one_out(life):
    number = life.unsure()
    choice = Choice(also=("luming-fire",), without=(URBAN,))
    send(life, number, choice=choice)
    assert helping(life, number) == HELPERS - {URBAN} | {"luming-fire"}
    (asked,) = [task for task in life.tasks(number) if task.bureau == "luming-fire"]
    assert asked.asked_by == CLERK.id
    facts = life.events(number)[-1].facts
    assert (facts["also"], facts["without"]) == (["luming-fire"], [URBAN])


def test_any_district_may_be_asked_while_the_place_is_not_known(life):
    number = life.unsure(subject_party=None, place=None)
    send(life, number, CITY, choice=Choice(also=("zhenxi-fire",)))
    assert helping(life, number) == {"zhenxi-fire"}


def test_what_a_clerk_chose_holds_when_the_ticket_goes_on(life):
    number = life.unsure()
    send(life, number, choice=Choice(also=("luming-fire",), without=(URBAN,)))
    life.do(dispatching.escalate_ticket, number, life.lead(number), "涉及两区")
    assert helping(life, number) == HELPERS - {URBAN} | {"luming-fire"}
    more = Choice(also=(URBAN,), without=("luming-fire",))
    life.do(dispatching.designate_ticket, number, CLERK, EDUCATION, "商定", choice=more)
    assert helping(life, number) == HELPERS


def test_a_choice_is_kept_where_sending_means_to_refuse_a_return(life):
    number = life.file()
    life.give_back(number)
    send(life, number, EDUCATION, choice=Choice(without=(URBAN,)))
    assert helping(life, number) == HELPERS - {URBAN}


@pytest.mark.parametrize(
    ("bureau", "code"),
    [("nobody", "unknown_bureau"), ("tinglan-hotline", "unknown_bureau")],
)
def test_only_offices_are_asked_to_help(life, bureau, code):
    number = life.unsure()
    give = (CLERK, EDUCATION)
    more = {"choice": Choice(also=(bureau,))}
    assert life.refused(dispatching.dispatch_ticket, number, *give, **more) == code


def test_who_is_complained_of_is_not_asked_by_hand_either(life):
    number = life.unsure(kind=Kind.OTHER_EDUCATION, subject_party="鹭鸣区教育局", place="鹭鸣区")
    more = {"choice": Choice(also=(EDUCATION,))}
    code = life.refused(dispatching.dispatch_ticket, number, CLERK, CITY, **more)
    assert code == "reported_unit"
