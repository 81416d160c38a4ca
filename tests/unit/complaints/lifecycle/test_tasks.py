"""What single bureaus owe within a ticket: 协办, 吹哨–报到, 督办单; whose times are measured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.act import Actor, NotAllowed, NotFound
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
    life.do(dispatching.dispatch_ticket, number, CLERK, "zhenxi-education")
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


def test_the_timers_of_tasks_end_with_the_answer(life):
    number = life.file()
    assert "task_due" in life.timers(number)
    life.answer(number)
    assert "task_due" not in life.timers(number)


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
