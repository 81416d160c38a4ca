"""Who must keep out: the reported unit and its group, and whoever declared an interest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from complaints.conflicts import declare_interest, end_interest, staff
from complaints.lifecycle import closing, dispatching, handling
from complaints.lifecycle.act import NotFound, is_barred, ticket_by_number, ticket_of_bureau
from complaints.lifecycle.merging import split_from_merge
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.tasks import finish_task, whistle
from complaints.model import Kind
from complaints.offices.bureau_queue import pull
from complaints.offices.triage import hotline_ticket
from complaints.reporter.feedback import give_feedback
from complaints.storage.tables import DeclaredInterest, Event
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET, STREET, Life

CITY = "tinglan-education"


@pytest.fixture
def life(storage, rules, report) -> Life:
    return Life(storage, rules, report)


def declare(life, who, party=None):
    number = life.filed[0] if life.filed else life.file()
    party = party or life.ticket(number).party_id
    with life.storage.write() as session:
        count = declare_interest(session, who, party, "亲属任职", life.rules, life.now)
    life.check()
    return count


def pulled(life, bureau):
    page = pull(life.storage, life.rules, bureau, None, None, 100, life.now)
    return [ticket["id"] for ticket in page.tickets]


def barred(life, number, who):
    with life.storage.read() as session:
        return is_barred(session, ticket_by_number(session, number), who)


def sees_nothing(life, number, bureau):
    assert number not in pulled(life, bureau)
    assert bureau not in life.holders(number)
    with life.storage.read() as session, pytest.raises(NotFound):
        ticket_of_bureau(session, number, bureau)
    assert not [t for t in life.tasks(number) if t.bureau == bureau and t.done_at is None]


# --- the reported unit ----------------------------------------------------------------------------


def test_a_reported_bureau_and_all_below_it_never_see_their_case(life):
    number = life.file(
        kind=Kind.OVER_HOURS_TRAINING, detail="周六还在上课，投诉后汀澜市教育局不管",
        subject_party="汀澜市教育局", place="鹭鸣区听潮街道",
    )  # fmt: skip
    for bureau in (CITY, EDUCATION, "zhenxi-education"):
        assert barred(life, number, bureau)
        sees_nothing(life, number, bureau)
    if life.state(number) == State.PENDING:
        code = life.refused(dispatching.dispatch_ticket, number, CLERK, EDUCATION)
        assert code == "reported_unit"


def test_a_barred_bureau_cannot_be_called_handed_to_or_be_one_level_up(life):
    number = life.file()
    declare(life, "luming-fire")
    declare(life, "zhenxi-education")
    declare(life, CITY)
    street = dispatching.Actor(STREET, Role.CO_HANDLER)
    assert life.refused(whistle, number, street, "luming-fire", "来一下") == "reported_unit"
    over = (life.lead(number), "zhenxi", "机构已搬走")
    assert life.refused(dispatching.transfer_ticket, number, *over) == "reported_unit"
    up = (life.lead(number), "涉及两区")
    assert life.refused(dispatching.escalate_ticket, number, *up) == "no_such_office"


# --- declared before filing -----------------------------------------------------------------------


def test_who_declared_before_is_passed_over_one_level_up(life):
    declare(life, EDUCATION, "yanqiu-chinese")
    declare(life, MARKET, "yanqiu-chinese")
    number = life.file()
    assert life.holders(number)[CITY] == Role.LEAD
    sees_nothing(life, number, EDUCATION)
    sees_nothing(life, number, MARKET)


def test_no_notice_goes_to_who_declared(life):
    declare(life, STREET, "yanqiu-chinese")
    number = life.file()
    life.answer(number, "confirmed")
    assert STREET not in {task.bureau for task in life.tasks(number)}


def test_an_interest_that_is_over_no_longer_counts_for_new_tickets(life):
    declare(life, EDUCATION, "yanqiu-chinese")
    old = life.file()
    with life.storage.write() as session:
        declared = session.scalars(select(DeclaredInterest.id)).one()
        end_interest(session, declared, life.now)
    new = life.file()
    assert life.ticket(new).lead == EDUCATION
    sees_nothing(life, old, EDUCATION)
    with life.storage.read() as session:
        ended = session.scalars(select(Event).where(Event.action == "end_interest")).one()
    assert (ended.actor, ended.ticket_id) == (EDUCATION, None)


# --- declared after filing ------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["dispatched", "handling", "paused"])
def test_a_lead_that_declares_loses_its_tickets_to_the_level_above(life, state):
    number = life.file()
    if state != "dispatched":
        life.sign(number)
    if state == "paused":
        life.do(handling.pause_ticket, number, life.lead(number), "是哪一天？")
    before = life.ticket(number)
    assert declare(life, EDUCATION) == 1
    after = life.ticket(number)
    assert (after.lead, after.state) == (CITY, State.DISPATCHED)
    assert after.changed_at > before.changed_at
    sees_nothing(life, number, EDUCATION)
    assert pulled(life, CITY) == [number]
    assert life.events(number, Action.ESCALATE)[-1].facts == {"from": EDUCATION, "to": CITY}
    life.answer(number)


def test_where_nobody_is_above_the_hotline_decides(life):
    number = life.file()
    for who in (CITY, "tinglan-discipline-inspection"):
        declare(life, who)
    declare(life, EDUCATION)
    ticket = life.ticket(number)
    assert (ticket.state, ticket.lead) == (State.RETURN_PENDING, "tinglan-hotline")
    sees_nothing(life, number, EDUCATION)
    code = life.refused(dispatching.refuse_return, number, CLERK, "还是你们办")
    assert code == "reported_unit"


def test_a_helper_that_declares_is_out_for_good(life):
    number = life.file()
    declare(life, MARKET)
    sees_nothing(life, number, MARKET)
    task = next(t for t in life.tasks(number) if t.bureau == MARKET)
    with life.storage.write() as session, pytest.raises(NotFound):
        finish_task(session, task.id, MARKET, "办好了", life.rules, life.now)
    life.give_back(number)
    life.do(dispatching.dispatch_ticket, number, CLERK, "zhenxi-education", reason="在枕溪")
    sees_nothing(life, number, MARKET)
    life.until("11-29 09:00")
    told = [e.facts.get("task") for e in life.events(number, Action.WARN)]
    assert task.id not in told


def test_a_returned_ticket_is_not_sent_back_to_who_declared_meanwhile(life):
    number = life.file()
    life.give_back(number)
    declare(life, EDUCATION)
    code = life.refused(dispatching.refuse_return, number, CLERK, "还是你们办")
    assert code == "reported_unit"


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_answered_is_barred_too_and_taken_up_again_above(life, closed):
    number = life.file()
    life.answer(number)
    if closed:
        life.close(number)
    declare(life, EDUCATION)
    sees_nothing(life, number, EDUCATION)
    with life.storage.write() as session:
        give_feedback(session, number, True, False, False, life.rules, life.now)
    life.check()
    assert life.ticket(number).lead == CITY
    assert life.holders(number)[CITY] == Role.LEAD
    sees_nothing(life, number, EDUCATION)


def test_what_is_done_again_is_done_by_somebody_else(life):
    number = life.file()
    life.answer(number)
    declare(life, EDUCATION)
    life.do(closing.redo_ticket, number, CLERK, "没有说明")
    assert (life.state(number), life.ticket(number).lead) == (State.HANDLING, CITY)
    assert life.holders(number)[CITY] == Role.LEAD
    sees_nothing(life, number, EDUCATION)
    life.answer(number)


@pytest.mark.parametrize("again", ["redone", "not solved", "reopened"])
def test_what_nobody_is_free_to_do_again_the_hotline_sends(life, again):
    """It must not be "handled" by the hotline, which can neither answer it nor send it on."""
    number = life.file()
    life.answer(number)
    for who in (EDUCATION, CITY, "tinglan-discipline-inspection"):
        declare(life, who)
    if again == "redone":
        life.do(closing.redo_ticket, number, CLERK, "没有说明")
    elif again == "reopened":
        life.close(number)
        life.do(closing.reopen_ticket, number, CLERK, "又开课了")
    else:
        with life.storage.write() as session:
            give_feedback(session, number, True, False, False, life.rules, life.now)
        life.check()
    assert (life.state(number), life.ticket(number).lead) == (State.ACCEPTED, "tinglan-hotline")
    assert life.holders(number)["tinglan-hotline"] == Role.LEAD
    assert life.timers(number) >= {"deadline"} and "sign" not in life.timers(number)
    life.do(dispatching.dispatch_ticket, number, CLERK, MARKET, reason="其他单位都回避")
    life.answer(number)


def test_an_interest_in_one_ticket_of_a_case_bars_from_the_whole_case(life):
    unnamed = life.unsure(subject_party=None, place="鹭鸣区听潮街道")
    named = life.unsure()
    life.merge(named, unnamed)
    declare(life, EDUCATION, "yanqiu-chinese")
    assert barred(life, unnamed, EDUCATION)
    code = life.refused(dispatching.dispatch_ticket, unnamed, CLERK, EDUCATION)
    assert code == "reported_unit"


def test_what_is_taken_out_of_a_case_still_keeps_its_own_out(life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    declare(life, MARKET)
    life.do(split_from_merge, own, CLERK)
    life.do(dispatching.dispatch_ticket, own, CLERK, EDUCATION, reason="不是同一件事")
    sees_nothing(life, own, MARKET)


def test_declaring_twice_changes_nothing_more(life):
    number = life.file()
    declare(life, EDUCATION)
    version = life.ticket(number).version
    declare(life, EDUCATION)
    assert life.ticket(number).version == version


# --- clerks ---------------------------------------------------------------------------------------


def test_a_clerk_who_declared_finds_neither_old_nor_new_tickets_of_the_party(life):
    old, other = life.file(), life.file(subject_party="飞鹭篮球")
    closed = life.file()
    life.answer(closed)
    life.close(closed)
    assert declare(life, staff("xu")) == 1
    new = life.file()
    with life.storage.read() as session:
        for number in (old, new, closed):
            with pytest.raises(NotFound):
                hotline_ticket(session, number, life.rules.city, "xu")
            assert hotline_ticket(session, number, life.rules.city, "lin")
        assert hotline_ticket(session, other, life.rules.city, "xu")
    assert life.ticket(old).lead == EDUCATION


def test_a_clerk_who_declared_cannot_reach_the_party_by_a_merged_case(life):
    main, own = life.unsure(subject_party=None, place="鹭鸣区听潮街道"), life.unsure()
    life.merge(own, main)
    declare(life, staff("xu"), "yanqiu-chinese")
    with life.storage.read() as session, pytest.raises(NotFound):
        hotline_ticket(session, main, life.rules.city, "xu")


def test_time_goes_on_for_who_takes_over(life):
    number = life.file()
    promised = life.ticket(number).promised_on
    life.now += timedelta(days=1)
    declare(life, EDUCATION)
    assert life.ticket(number).promised_on == promised
    life.until("11-26 00:00")
    assert life.state(number) == State.HANDLING
