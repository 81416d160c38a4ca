"""The same matter told again is found; other matters and other parties are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from benchmarks.duplicates import load_pairs, measure
from complaints.duplicates.search import (
    candidate_of,
    find_duplicates,
    forget_text,
    likeness_keys,
    note_text,
)
from complaints.lifecycle.closing import reopen_ticket
from complaints.lifecycle.dispatching import reject_ticket
from complaints.lifecycle.merging import merge_ticket
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.lifecycle.states import State
from complaints.model import Kind
from complaints.storage.tables import LikenessBand
from tests.unit.complaints.conftest import MONDAY
from tests.unit.complaints.duplicates.conftest import CLERK

LONG = "望鹭大道七十八号三楼有人租房办作文班，没有挂牌子，每天傍晚进出二十多个孩子"


def numbers(found):
    return [duplicate.number for duplicate in found]


def test_the_same_party_kind_and_time_is_found(storage, rules, file):
    with storage.write() as session:
        first = file(session)
        other = candidate_of(first)
        other = replace(other, ticket_id=None, detail="双休日还在补课", happened="每周六")
        (found,) = find_duplicates(session, other, rules)
    assert (found.number, found.why) == (first.number, "same_party")
    assert found.likeness < 0.5


def test_a_ticket_does_not_find_itself(storage, rules, file):
    with storage.write() as session:
        assert find_duplicates(session, candidate_of(file(session)), rules) == ()


def test_another_kind_at_the_party_is_another_matter(storage, rules, file):
    with storage.write() as session:
        file(session)
        ads = file(session, kind=Kind.TRAINING_ADS, detail="门口横幅写着包进重点班")
        assert find_duplicates(session, candidate_of(ads), rules) == ()


def test_the_same_words_about_two_registered_parties_are_two_matters(storage, rules, file):
    bodies = [p for p in rules.city.parties.values() if p.party_class == "subject"]
    same = [p for p in bodies if p.district == bodies[0].district][:2]
    with storage.write() as session:
        file(session, subject_party=same[0].name, detail=LONG)
        other = file(session, subject_party=same[1].name, detail=LONG)
        assert other.party_id == same[1].id
        assert find_duplicates(session, candidate_of(other), rules) == ()


def test_near_text_without_a_party_is_found_in_its_district_only(storage, rules, file):
    nameless = {"kind": Kind.UNLICENSED_TRAINING, "subject_party": None, "when": None}
    with storage.write() as session:
        first = file(session, **nameless, place="鹭鸣区听潮街道", detail=LONG)
        same = LONG.replace("七十八", "78").replace("，", " ")
        here = file(session, **nameless, place="鹭鸣区", detail=same)
        there = file(session, **nameless, place="枕溪区", detail=same)
        (found,) = find_duplicates(session, candidate_of(here), rules)
        assert (found.number, found.why) == (first.number, "near_text")
        assert find_duplicates(session, candidate_of(there), rules) == ()


def test_an_unregistered_party_is_known_by_its_name(storage, rules, file):
    told = {"kind": Kind.UNLICENSED_TRAINING, "place": "鹭鸣区"}
    with storage.write() as session:
        first = file(session, **told, subject_party="竹里馆作文", detail="在车库里教写作文")
        again = file(session, **told, subject_party="竹里馆作文培训班", detail="没有见到许可证")
        anyone = file(session, **told, subject_party="王老师", detail="没有见到许可证，在家教")
        assert numbers(find_duplicates(session, candidate_of(again), rules)) == [first.number]
        assert find_duplicates(session, candidate_of(anyone), rules) == ()


def test_what_was_closed_is_found_for_the_days_of_its_kind(storage, rules, file):
    with storage.write() as session:
        first = file(session)
        first.state, first.closed_at = State.CLOSED, MONDAY + timedelta(days=5)
        soon, late = (
            replace(
                candidate_of(first),
                ticket_id=None,
                happened=None,
                filed_at=MONDAY + timedelta(days=days),
            )
            for days in (40, 70)
        )
        (found,) = find_duplicates(session, soon, rules)
        assert found.state is State.CLOSED
        assert find_duplicates(session, late, rules) == ()


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.REJECTED])
def test_what_was_taken_back_or_refused_is_not_found(storage, rules, file, state):
    with storage.write() as session:
        file(session).state = state
        assert find_duplicates(session, candidate_of(file(session)), rules) == ()


def test_many_reports_taken_back_do_not_hide_the_ones_that_are_looked_for(storage, rules, file):
    with storage.write() as session:
        first = file(session)
        for number in range(13):
            taken_back = file(session, detail=f"随便写写，第{number}次")
            withdraw_ticket(session, taken_back.number, rules, MONDAY)
        found = find_duplicates(session, candidate_of(file(session)), rules)
        assert numbers(found) == [first.number]


def test_what_was_refused_is_found_again_once_it_is_taken_up(storage, rules, file):
    reason = next(iter(rules.outcomes.rejections))
    with storage.write() as session:
        first = file(session, kind_confidence=0.2)
        other = replace(candidate_of(first), ticket_id=None)
        reject_ticket(session, first, CLERK, reason, "", rules, MONDAY)
        assert find_duplicates(session, other, rules) == ()
        reopen_ticket(session, first, CLERK, "复核认为应受理", rules, MONDAY)
        assert numbers(find_duplicates(session, other, rules)) == [first.number]


def test_last_national_day_is_not_this_one(storage, rules, file):
    with storage.write() as session:
        file(session, when="去年国庆")
        again = file(session, when="今年国庆")
        assert find_duplicates(session, candidate_of(again), rules) == ()


def test_a_merged_ticket_leads_to_its_main_one(storage, rules, file):
    with storage.write() as session:
        main, merged = file(session), file(session)
        merge_ticket(session, merged, main, CLERK, rules, MONDAY)
        third = file(session)
        assert numbers(find_duplicates(session, candidate_of(third), rules)) == [main.number]


def test_open_ones_come_before_closed_ones(storage, rules, file):
    with storage.write() as session:
        closed, current = file(session), file(session)
        closed.state, closed.closed_at = State.CLOSED, MONDAY
        again = file(session)
        found = find_duplicates(session, candidate_of(again), rules)
        assert numbers(found) == [current.number, closed.number]


def test_keys_are_stored_once_and_forgotten_with_the_words(storage, rules, file):
    with storage.write() as session:
        ticket = file(session, detail=LONG)
        note_text(session, ticket)
        stored = session.scalar(select(func.count()).select_from(LikenessBand))
        keys = likeness_keys(ticket.kind, ticket.party_id, ticket.subject_party, ticket.detail)
        assert stored == len(keys)
        forget_text(session, ticket)
        assert session.scalar(select(func.count()).select_from(LikenessBand)) == 0


def test_a_thousand_of_the_same_do_not_make_the_search_longer(storage, rules, file):
    """Of each key only the newest are looked at, so boilerplate cannot slow the search down."""
    with storage.write() as session:
        ticket = file(session, detail=LONG)
        keys = likeness_keys(ticket.kind, ticket.party_id, ticket.subject_party, ticket.detail)
        rows = [{"key": k, "ticket_id": -n} for n in range(1, 1001) for k in keys]
        session.execute(LikenessBand.__table__.insert(), rows)
        again = replace(candidate_of(ticket), ticket_id=None)
        assert numbers(find_duplicates(session, again, rules)) == [ticket.number]


def test_the_written_pairs_are_told_apart_as_well_as_they_were(rules):
    results, _ = measure(load_pairs(rules), rules)
    assert results["pairs"] >= 80
    assert results["precision"] >= 0.9
    assert results["recall"] >= 0.8
    assert results["near_text"] == 1
