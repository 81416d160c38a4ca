"""Who does not sign in time is late, and the hotline hears of it; silence accepts later, for good."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from complaints.deadlines.limits import load_deadlines
from complaints.lifecycle.dispatching import designate_ticket
from complaints.lifecycle.states import Action, State
from complaints.model import Kind
from complaints.offices.case_deadline import deadline_note
from complaints.offices.case_history import history
from complaints.offices.names import names_of
from complaints.offices.triage import row_of
from complaints.workdays import shanghai_date
from tests.unit.complaints.lifecycle.conftest import CLERK

DATA = Path(__file__).resolve().parents[4] / "data"
FLED = {"kind": Kind.TRAINING_FEES_REFUND, "detail": "机构卷款跑路，老板失联了，学费没退"}
"""A hard case (J12): it may be given back for two workdays, but is to be signed within one."""


def reminded(life, number):
    warned = life.events(number, Action.WARN)
    return [e.facts["due_on"] for e in warned if e.facts.get("step") == "sign"]


def is_marked(life, number):
    return row_of(life.ticket(number), life.rules, shanghai_date(life.now)).unsigned


def test_a_hard_case_that_is_not_signed_in_a_workday_is_late_before_silence_accepts_it(life):
    number = life.file(**FLED)
    assert life.ticket(number).matter_code == "J12"
    life.until("11-24 23:59")
    assert (reminded(life, number), is_marked(life, number)) == ([], False)
    life.until("11-25 00:00")
    assert (reminded(life, number), is_marked(life, number)) == (["2026-11-24"], True)
    life.until("11-25 23:59")
    assert life.state(number) == State.DISPATCHED
    life.until("11-26 00:00")
    assert life.state(number) == State.HANDLING
    assert (reminded(life, number), is_marked(life, number)) == (["2026-11-24"], False)


def test_the_hotline_reads_until_when_it_was_to_be_signed(life):
    number = life.file(**FLED)
    life.until("11-25 09:00")
    events, today = life.events(number), shanghai_date(life.now)
    note = deadline_note(life.ticket(number), events, life.rules, today)
    assert (str(note.sign_by), str(note.return_by)) == ("2026-11-24", "2026-11-25")
    with life.storage.read() as session:
        names = names_of(session, life.rules.city, ())
    changes = [step.change for step in history(events, (), life.rules, names)]
    assert "签收已到期限，承办单位还没有签收" in changes


def test_who_signs_in_time_is_not_late(life):
    number = life.file(**FLED)
    life.until("11-24 16:00")
    life.sign(number)
    life.until("11-27 09:00")
    assert (reminded(life, number), is_marked(life, number)) == ([], False)


def test_where_both_limits_end_on_one_day_silence_accepts_and_nobody_is_reminded(life):
    number = life.file()
    life.until("11-25 00:00")
    assert (life.state(number), reminded(life, number)) == (State.HANDLING, [])


def test_a_worker_that_stood_still_accepts_at_once(life):
    number = life.file(**FLED)
    life.sleep_until("11-26 08:00")
    life.work()
    assert (life.state(number), reminded(life, number)) == (State.HANDLING, [])


@pytest.fixture
def city_says(life, tmp_path):
    """Lets the city's own deadlines.yml say something."""

    def say(limits):
        shutil.copytree(DATA / "regions", tmp_path / "regions")
        demo = tmp_path / "regions/demo"
        entry = f"limits: [{{{limits}, statutory: false, source: 本市约定}}]\nextensions: []\n"
        (demo / "deadlines.yml").write_text(entry, encoding="utf-8")
        read = load_deadlines(DATA / "routing", life.rules.city.terms, demo)
        life.rules = replace(life.rules, deadlines=read)

    return say


def test_a_city_gives_its_offices_longer_to_sign(life, city_says):
    city_says("sign_workdays: 2, return_workdays: 3")
    number = life.file()
    life.until("11-25 23:59")
    assert reminded(life, number) == []
    life.until("11-26 00:00")
    assert (reminded(life, number), life.state(number)) == (["2026-11-25"], State.DISPATCHED)
    life.until("11-27 00:00")
    assert life.state(number) == State.HANDLING


def test_it_is_counted_anew_where_the_ticket_is_sent_on(life):

    number = life.file(**FLED)
    life.until("11-25 09:00")
    life.do(designate_ticket, number, CLERK, "luming-civil-affairs", "由民政办理")
    assert not is_marked(life, number)
    life.until("11-27 00:00")
    assert reminded(life, number) == ["2026-11-24", "2026-11-26"]
