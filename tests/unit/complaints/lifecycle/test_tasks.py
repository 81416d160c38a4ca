"""What single bureaus owe within a ticket: 协办, 吹哨–报到, 督办单; whose times are measured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.act import Actor, NotAllowed, NotFound
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.tasks import (
    TaskKind,
    finish_task,
    sign_task,
    supervise_ticket,
    times_of,
    whistle,
)
from complaints.workdays import shanghai_date
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET, STREET

CALLER = Actor(STREET, Role.CO_HANDLER)


def blow(life, number, bureau="luming-fire", text="巡查发现通道堵塞"):
    return life.do(whistle, number, CALLER, bureau, text)


def sign(life, task):
    with life.storage.write() as session:
        sign_task(session, task.id, task.bureau, life.rules, life.now)
    life.check()


def finish(life, task, text="已到场处置"):
    with life.storage.write() as session:
        finish_task(session, task.id, task.bureau, text, life.rules, life.now)
    life.check()


def test_a_street_whistles_and_both_sides_times_are_measured(life):
    number = life.file()
    task = blow(life, number)
    assert life.holders(number)["luming-fire"] == Role.CO_HANDLER
    life.now += timedelta(hours=3)
    sign(life, task)
    life.now += timedelta(hours=20)
    finish(life, task)
    (task,) = life.tasks(number, TaskKind.WHISTLE)
    times = times_of(task, shanghai_date(life.now))
    assert (task.asked_by, times.to_sign, times.to_done) == (STREET, 3.0, 23.0)
    assert times.on_time is True


def test_who_does_not_report_in_within_a_day_is_late(life):
    number = life.file()
    task = blow(life, number)
    life.until("11-25 09:00")
    assert times_of(task, shanghai_date(life.now)).on_time is False
    assert task.id in [e.facts.get("task") for e in life.events(number, Action.WARN)]


def test_who_reports_in_on_time_is_not_late_with_the_work(life):
    """吹哨 asks for 报到 within a day; how long the work takes is shown beside it."""
    number = life.file()
    task = blow(life, number)
    life.now += timedelta(hours=4)
    sign(life, task)
    life.until("11-26 10:00")
    (task,) = life.tasks(number, TaskKind.WHISTLE)
    assert times_of(task, shanghai_date(life.now)).on_time is True
    finish(life, task)
    (task,) = life.tasks(number, TaskKind.WHISTLE)
    times = times_of(task, shanghai_date(life.now))
    assert (times.to_sign, times.to_done, times.on_time) == (4.0, 72.0, True)
    assert task.id not in late(life, number)


def test_who_reports_in_late_is_late_however_quick_the_work(life):
    number = life.file()
    task = blow(life, number)
    life.until("11-25 09:00")
    sign(life, task)
    finish(life, task)
    (task,) = life.tasks(number, TaskKind.WHISTLE)
    assert times_of(task, shanghai_date(life.now)).on_time is False


def test_only_streets_whistle_and_only_departments_are_called(life):
    number = life.file()
    other = (Actor(MARKET, Role.CO_HANDLER), "luming-fire", "来一下")
    assert life.refused(whistle, number, *other) == "street_only"
    for wrong in ("", "nobody", "tinglan-hotline", "yinshi-street-office"):
        assert life.refused(whistle, number, CALLER, wrong, "来一下") == "unknown_bureau"
    assert life.refused(whistle, number, CALLER, "luming-fire", " ") == "text_required"


def test_a_whistled_lead_goes_on_leading(life):
    """It must not lose the ticket to itself: nobody could answer it any more."""
    number = life.file()
    task = blow(life, number, EDUCATION)
    assert life.holders(number)[EDUCATION] == Role.LEAD
    sign(life, task)
    life.answer(number)


def test_who_was_whistled_keeps_the_ticket_when_it_is_sent_on(life):
    number = life.file()
    blow(life, number)
    life.give_back(number)
    life.do(dispatching.dispatch_ticket, number, CLERK, "zhenxi-education", reason="在枕溪")
    assert life.holders(number)["luming-fire"] == Role.CO_HANDLER


def test_a_task_is_signed_once_and_done_by_its_bureau_only(life):
    number = life.file()
    task = next(t for t in life.tasks(number) if t.bureau == MARKET)
    sign(life, task)
    with life.storage.write() as session, pytest.raises(NotAllowed) as why:
        sign_task(session, task.id, MARKET, life.rules, life.now)
    assert why.value.code == "already_signed"
    with life.storage.write() as session, pytest.raises(NotFound):
        finish_task(session, task.id, STREET, "不是我的", life.rules, life.now)
    with life.storage.write() as session, pytest.raises(NotAllowed):
        finish_task(session, task.id, MARKET, " ", life.rules, life.now)
    finish(life, task)
    with life.storage.write() as session, pytest.raises(NotFound):
        finish_task(session, task.id, MARKET, "再来一次", life.rules, life.now)


def test_what_was_done_without_a_signature_is_signed_by_that(life):
    number = life.file()
    task = next(t for t in life.tasks(number) if t.bureau == MARKET)
    finish(life, task)
    done = next(t for t in life.tasks(number) if t.bureau == MARKET)
    assert done.signed_at == done.done_at == life.now


def test_a_supervised_bureau_owes_a_reply_in_time(life):
    number = life.file()
    task = life.do(supervise_ticket, number, CLERK, "请说明进展")
    assert (task.bureau, str(task.due_on)) == (EDUCATION, "2026-11-26")
    finish(life, task, "正在取证")
    assert life.events(number, Action.TASK_DONE)[-1].role == "lead"


def test_supervision_follows_the_ticket_to_its_new_lead(life):
    number = life.file()
    life.do(supervise_ticket, number, CLERK, "请说明进展")
    life.until("11-24 09:00")
    life.do(dispatching.transfer_ticket, number, life.lead(number), "zhenxi", "机构已搬走")
    old, new = life.tasks(number, TaskKind.SUPERVISION)
    assert old.done_at == life.now
    assert (new.bureau, new.text, str(new.due_on)) == ("zhenxi-education", old.text, "2026-11-27")
    assert len(life.events(number, Action.SUPERVISE)) == 1


def test_the_timers_of_helpers_end_with_the_answer(life):
    number = life.file()
    assert "task_due" in life.timers(number)
    life.answer(number)
    assert "task_due" not in life.timers(number)


def late(life, number):
    return [e.facts["task"] for e in life.events(number, Action.WARN) if "task" in e.facts]


def test_a_receipt_for_a_notice_is_waited_for_after_the_answer_and_after_the_end(life):
    """A street that leaves a finding unread would do so unseen."""
    answered, closed = life.file(), life.file()
    life.answer(answered, "confirmed")
    life.answer(closed, "confirmed")
    life.close(closed)
    owed = [life.tasks(number, TaskKind.NOTICE)[0].id for number in (answered, closed)]
    life.until("11-26 23:00")
    assert late(life, answered) == late(life, closed) == []
    life.until("11-27 09:00")
    assert [*late(life, answered), *late(life, closed)] == owed
    life.until("12-20 09:00")
    assert late(life, closed) == owed[1:]


def test_what_was_supervised_is_owed_after_the_answer_too(life):
    number = life.file()
    task = life.do(supervise_ticket, number, CLERK, "请说明进展")
    life.answer(number)
    life.until("11-27 09:00")
    assert late(life, number) == [task.id]


def risk_of(life, numbers):
    ((number, task),) = [(n, t) for n in numbers for t in life.tasks(n, TaskKind.RISK)]
    return number, task


def three(life):
    return [life.file(detail=f"周六上午第{n}教室在上课") for n in range(3)]


def take_back(life, number):
    with life.storage.write() as session:
        withdraw_ticket(session, number, life.rules, life.now)
    life.check()


def test_a_risk_goes_on_at_another_ticket_when_its_own_is_taken_back(life):
    """Who is pressed to withdraw must not withdraw what others told too."""
    numbers = three(life)
    bearer, before = risk_of(life, numbers)
    take_back(life, bearer)
    other, task = risk_of(life, numbers)
    assert other != bearer and (task.id, task.done_at) == (before.id, None)
    assert task.due_on == before.due_on
    life.until("11-27 09:00")
    assert task.id in late(life, other)
    finish(life, task)


def test_a_risk_stays_where_all_have_taken_their_tickets_back(life):
    numbers = three(life)
    for number in numbers:
        take_back(life, number)
    bearer, task = risk_of(life, numbers)
    assert task.done_at is None
    life.until("11-27 09:00")
    assert late(life, bearer) == [task.id]
    finish(life, task)


def test_a_risk_goes_on_when_its_ticket_is_refused(life):
    numbers = [life.unsure(detail=f"周六上午第{n}教室在上课") for n in range(3)]
    bearer, task = risk_of(life, numbers)
    life.do(dispatching.reject_ticket, bearer, CLERK, "labour", "")
    other, same = risk_of(life, numbers)
    assert other != bearer and (same.id, same.done_at) == (task.id, None)


def test_a_risk_that_nobody_answers_is_told_of(life):
    """It is raised beside the steps of a ticket, so nothing else winds its clock."""
    numbers = [life.file(detail=f"周六上午第{n}教室在上课") for n in range(3)]
    risks = [task for number in numbers for task in life.tasks(number, TaskKind.RISK)]
    assert len(risks) == 1
    life.until("11-27 09:00")
    told = [e.facts.get("task") for n in numbers for e in life.events(n, Action.WARN)]
    assert risks[0].id in told


def test_the_lead_answers_while_a_helper_still_works(life):
    number = life.file()
    life.answer(number)
    task = next(t for t in life.tasks(number) if t.bureau == MARKET)
    finish(life, task)
    assert life.refused(handling.answer_ticket, number, life.lead(number), "再答") == "wrong_state"
