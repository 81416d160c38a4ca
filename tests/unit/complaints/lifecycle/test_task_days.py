"""The day of a task follows from its ticket: what corrects the one corrects the other."""

from __future__ import annotations

from dataclasses import replace

from complaints.deadlines.rules import Limit, Place, Rule, Scope
from complaints.lifecycle import correcting, dispatching
from complaints.lifecycle.act import Actor
from complaints.lifecycle.states import Role
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.lifecycle.tasks import TaskKind, whistle
from complaints.model import Kind
from tests.unit.complaints.lifecycle.conftest import CLERK, STREET

FLED = "机构卷款跑路，老板失联了，学费没退"


def days(life, number, kind=TaskKind.CO_HANDLING):
    return {str(task.due_on) for task in life.tasks(number, kind) if task.done_at is None}


def test_a_corrected_kind_gives_the_helpers_its_own_days(life):
    number = life.file(detail=FLED)
    assert days(life, number) == {"2026-11-26"}
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.TRAINING_FEES_REFUND)
    assert life.ticket(number).matter_code == "J12"
    assert days(life, number) == {"2026-12-07"}
    life.until("11-30 09:00")
    assert [e for e in life.events(number, "warn") if "task" in e.facts] == []


def test_what_turns_out_urgent_is_urgent_for_the_helpers_too(life):
    number = life.file(detail="周六上课的地方消防通道堵死了，灭火器也过期")
    assert days(life, number) == {"2026-11-26"}
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.VENUE_SAFETY)
    assert life.ticket(number).urgent
    assert days(life, number) == {"2026-11-24"}


def test_another_district_gives_its_own_days(life):
    """To an office of the city too, which goes on helping."""
    scope = Scope(place=Place.DISTRICT, district="zhenxi")
    there = Rule(scope, Limit(6, "workdays", False, "本区约定"))
    deadlines = life.rules.deadlines
    limits = {**deadlines.limits, "report_in": (*deadlines.limits["report_in"], there)}
    life.rules = replace(life.rules, deadlines=replace(deadlines, limits=limits))
    number = life.file()
    life.do(whistle, number, Actor(STREET, Role.CO_HANDLER), "tinglan-cyberspace", "请一起看群")
    assert days(life, number, TaskKind.WHISTLE) == {"2026-11-24"}
    life.do(dispatching.transfer_ticket, number, CLERK, "zhenxi", "教学点在枕溪区")
    assert days(life, number, TaskKind.WHISTLE) == {"2026-12-01"}


def test_a_risk_is_the_partys_and_keeps_its_days(life):
    for _ in range(3):
        number = life.file(detail="周六上课的地方消防通道堵死了，灭火器也过期")
    assert days(life, number, TaskKind.RISK) == {"2026-11-26"}
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.VENUE_SAFETY)
    assert days(life, number, TaskKind.RISK) == {"2026-11-26"}


def test_nothing_is_left_for_the_sweep_to_correct(life):
    number = life.file(detail=FLED)
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.TRAINING_FEES_REFUND)
    before = days(life, number)
    assert recompute_deadlines(life.storage, life.rules, life.now).corrected == 0
    assert days(life, number) == before
