"""A clerk, or the bureau that was there, knows better who is complained of and where."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from complaints.conflicts import declare_interest
from complaints.duplicates.search import candidate_of, find_duplicates
from complaints.lifecycle import handling
from complaints.lifecycle.act import is_barred, ticket_by_number
from complaints.lifecycle.correcting import Subject, correct_subject
from complaints.lifecycle.dispatching import dispatch_ticket
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.tasks import TaskKind
from complaints.offices.case_history import history
from complaints.offices.names import Names
from complaints.rules import load_rules
from tests.unit.complaints.conftest import ROOT
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, STREET

SUPERVISOR = "tinglan-education"


def correct(life, number: str, **told: str) -> None:
    life.do(correct_subject, number, CLERK, Subject(**told))


def refused(life, number: str, **told: str) -> str:
    return life.refused(correct_subject, number, CLERK, Subject(**told))


def notices(life, number: str) -> list[str]:
    return [task.bureau for task in life.tasks(number, TaskKind.NOTICE)]


def nowhere(life, **more) -> str:
    """A report from a place that nobody could tell."""
    return life.file(subject_party="一个辅导班", place=None, **more)


def where(life, number: str) -> tuple[str | None, str | None]:
    ticket = life.ticket(number)
    return ticket.district, ticket.street


# --- place ---------------------------------------------------------------------------------------


def test_a_place_that_was_not_known_is_filled_in_and_the_street_is_told(life):
    number = nowhere(life)
    assert where(life, number) == (None, None)
    correct(life, number, district="luming", street="tingchao")
    assert where(life, number) == ("luming", "tingchao")
    assert life.ticket(number).place == "鹭鸣区听潮街道"
    life.do(dispatch_ticket, number, CLERK, EDUCATION)
    life.answer(number, "confirmed")
    assert STREET in notices(life, number)


def test_words_for_a_place_are_read_as_at_filing(life):
    number = nowhere(life)
    correct(life, number, place="听潮路菜场二楼")
    assert where(life, number) == ("luming", "tingchao")
    assert life.ticket(number).place == "听潮路菜场二楼"


def test_words_that_name_no_place_leave_the_district_as_it_was(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    correct(life, number, place="菜场二楼左手")
    assert (life.ticket(number).place, where(life, number)) == ("菜场二楼左手", ("luming", None))


def test_a_street_found_after_the_answer_is_told_once(life):
    number = nowhere(life)
    life.do(dispatch_ticket, number, CLERK, EDUCATION)
    life.answer(number, "confirmed")
    assert notices(life, number) == []
    correct(life, number, street="tingchao")
    assert (life.state(number), notices(life, number)) == (State.ANSWERED, [STREET])
    correct(life, number, party="飞云补习班")
    assert notices(life, number) == [STREET]


def test_the_bureau_names_the_street_in_its_answer(life):
    number = nowhere(life)
    life.do(dispatch_ticket, number, CLERK, EDUCATION)
    life.sign(number)
    answer = (life.lead(number), "已责令停课")
    for street in ("tangzhou", "no-street"):
        more = {"finding": "confirmed", "street": street}
        assert life.refused(handling.answer_ticket, number, *answer, **more) == "unknown_street"
    life.answer(number, "confirmed", street="tingchao")
    assert (where(life, number), notices(life, number)) == (("luming", "tingchao"), [STREET])


def test_a_street_that_is_known_is_not_changed_by_an_answer(life):
    number = life.file(subject_party="一个辅导班", place="听潮路")
    life.answer(number, "confirmed", street="yinshi")
    assert (where(life, number), notices(life, number)) == (("luming", "tingchao"), [STREET])


@pytest.fixture
def other_rules(tmp_path):
    """The rules of a city that gives 枕溪区 two workdays for J01."""
    for folder in ("regions", "routing"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / folder)
    path = tmp_path / "regions/demo/deadlines.yml"
    limit = """limits:
- district: zhenxi
  codes: [J01]
  answer_workdays: 2
  from: "2026-01-01"
  statutory: false
  source: 枕溪区约定（演示）
"""
    path.write_text(path.read_text(encoding="utf-8").replace("limits: []\n", limit), "utf-8")
    return load_rules(tmp_path / "routing", tmp_path / "regions/demo")


def test_the_limit_is_that_of_the_corrected_district(life, other_rules):
    life.rules = other_rules
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    assert life.ticket(number).promised_on == date(2026, 11, 30)
    correct(life, number, district="zhenxi")
    assert life.ticket(number).promised_on == date(2026, 11, 25)


# --- party ---------------------------------------------------------------------------------------


def test_a_registered_party_is_found_by_name_and_by_id(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    correct(life, number, party="衡算数学")
    assert life.ticket(number).party_id == "hengsuan-maths"
    correct(life, number, party="yanqiu-chinese")
    ticket = life.ticket(number)
    assert (ticket.party_id, ticket.subject_party) == ("yanqiu-chinese", "砚秋语文")
    assert where(life, number) == ("luming", "tingchao")  # as the register says


def test_of_two_houses_of_one_name_the_chosen_one_is_meant(life):
    number = life.file(subject_party="一个辅导班", place="枕溪区")
    correct(life, number, party="juyu-english")
    assert life.ticket(number).party_id == "juyu-english"


def test_who_turns_out_to_be_complained_of_loses_the_ticket_one_level_up(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    life.sign(number)
    assert life.ticket(number).lead == EDUCATION
    correct(life, number, party="鹭鸣区教育局")
    assert life.ticket(number).lead == SUPERVISOR
    assert EDUCATION not in life.holders(number)
    with life.storage.read() as session:
        assert is_barred(session, ticket_by_number(session, number), EDUCATION)


@pytest.mark.parametrize("state", ["dispatched", "paused", "return_pending", "answered"])
def test_the_conflict_is_heeded_in_every_open_state(life, state):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    if state == "return_pending":
        life.give_back(number)
    if state == "paused":
        life.sign(number)
        life.do(handling.pause_ticket, number, life.lead(number), "在几楼？")
    if state == "answered":
        life.answer(number)
    assert life.state(number) == state
    correct(life, number, party="区教育局")
    assert EDUCATION not in life.holders(number)


def test_who_declared_an_interest_in_the_party_loses_the_ticket(life):
    with life.storage.write() as session:
        declare_interest(session, EDUCATION, "hengsuan-maths", "亲属任教", life.rules, life.now)
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    correct(life, number, party="衡算数学")
    assert (life.ticket(number).lead, EDUCATION in life.holders(number)) == (SUPERVISOR, False)


def test_the_same_matter_is_found_under_the_corrected_party(life):
    other, right = life.file(subject_party="麦垄学堂"), life.file(subject_party="衡算数学")
    assert same_matter(life, right) == []
    correct(life, other, party="衡算数学")
    assert same_matter(life, right) == [(other, "same_party")]


def same_matter(life, number: str) -> list[tuple[str, str]]:
    with life.storage.read() as session:
        ticket = ticket_by_number(session, number)
        found = find_duplicates(session, candidate_of(ticket), life.rules)
    return [(one.number, one.why) for one in found]


def test_what_gives_the_reporter_away_is_masked_in_a_corrected_name(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    correct(life, number, party="我儿子三年二班的班主任办的班")
    assert "三年二班" not in (life.ticket(number).subject_party or "")


# --- what is refused, what stays -----------------------------------------------------------------


def test_what_is_no_correction_is_refused(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    assert refused(life, number) == "fact_required"
    assert refused(life, number, party=" ") == "fact_required"
    assert refused(life, number, party="一个辅导班") == "same_subject"
    assert refused(life, number, district="luming") == "same_subject"
    assert refused(life, number, district="nowhere") == "unknown_district"
    assert refused(life, number, street="nowhere") == "unknown_street"
    assert refused(life, number, district="luming", street="tangzhou") == "unknown_street"
    assert refused(life, number, place="棠舟路", district="luming") == "place_unclear"
    assert refused(life, number, place="印石路", street="tingchao") == "place_unclear"
    life.answer(number)
    life.close(number)
    assert refused(life, number, party="衡算数学") == "wrong_state"


def test_the_history_tells_what_it_was(life):
    number = life.file(subject_party="一个辅导班", place="鹭鸣区")
    correct(life, number, party="衡算数学", place="听潮路")
    events = life.events(number, Action.CORRECT)
    assert events[0].text == "原对象：一个辅导班；原地点：鹭鸣区"
    (step,) = history(events, (), life.rules, Names(life.rules.city, {}))
    assert step.what == "更正对象和地点"
    assert step.change == "名册外（鹭鸣区） → 衡算数学（鹭鸣区听潮街道）"
