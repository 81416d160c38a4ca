"""Several reporters on one party are a risk to look at; nobody learns of a single one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from complaints.duplicates.offer import SAME_MATTER, offer_to_follow
from complaints.duplicates.reporters import independent_reporters
from complaints.duplicates.risk import mark_read, notice_text, notices_to_read
from complaints.duplicates.search import candidate_of
from complaints.lifecycle.states import State
from complaints.model import Kind
from complaints.protection.personal_fields import keep_field
from complaints.storage.tables import Barred, RiskNotice, Task
from tests.unit.complaints.conftest import MONDAY

DAY = timedelta(days=1)


def notices(session):
    return session.scalars(select(RiskNotice).order_by(RiskNotice.id)).all()


def risk_tasks(session):
    return session.scalars(select(Task).where(Task.kind == "risk")).all()


def test_three_reporters_raise_one_notice_and_a_task(storage, rules, file):
    with storage.write() as session:
        for _ in range(2):
            ticket = file(session)
        assert notices(session) == []
        third = file(session, kind=Kind.TRAINING_ADS, detail="横幅写着包进重点班")
        (notice,) = notices(session)
        assert (notice.party_id, notice.reporters) == (third.party_id, 3)
        assert third.number in notice.tickets["numbers"]
        (task,) = risk_tasks(session)
        assert task.bureau == rules.city.parties[third.party_id].authority
        assert task.text == notice_text(session, notice, rules)
        assert "30日内有3名举报人" in task.text
        assert ticket.number not in task.text


def test_the_notice_of_a_window_is_brought_up_to_date(storage, rules, file):
    with storage.write() as session:
        for day in range(5):
            file(session, MONDAY + day * DAY)
        (notice,) = notices(session)
        assert notice.reporters == 5
        assert len(risk_tasks(session)) == 1
        for day in (40, 41, 42):
            file(session, MONDAY + day * DAY)
        assert [each.reporters for each in notices(session)] == [5, 3]


def test_reports_that_lie_far_apart_are_no_risk(storage, rules, file):
    with storage.write() as session:
        for day in (0, 20, 40):
            file(session, MONDAY + day * DAY)
        assert notices(session) == []


def test_one_person_does_not_make_a_risk(storage, rules, file):
    with storage.write() as session:
        for _ in range(4):
            file(session, reporter_mark="the same")
        file(session, reporter_mark=None)
        file(session, reporter_mark=None)
        assert notices(session) == []


def test_the_same_telephone_counts_once(storage, rules, file):
    with storage.write() as session:
        tickets = [file(session) for _ in range(2)]
        for ticket, phone in zip(tickets, ("139 0000 1234", "13900001234"), strict=True):
            keep_field(session, "phone", phone, MONDAY, ticket_id=ticket.id)
        session.flush()
        assert independent_reporters(session, [ticket.id for ticket in tickets]) == 1


def test_what_was_taken_back_does_not_count(storage, rules, file):
    with storage.write() as session:
        file(session).state = State.WITHDRAWN
        file(session), file(session)
        assert notices(session) == []


def test_many_who_want_money_back_are_a_cluster(storage, rules, file):
    refund = {"kind": Kind.TRAINING_FEES_REFUND, "detail": "机构停课，预付的钱不退"}
    with storage.write() as session:
        for _ in range(3):
            file(session)
        (notice,) = notices(session)
        mark_read(notice, "xu", MONDAY)
        assert notices_to_read(session) == []
        for number in range(3):
            assert ("聚集性退费" in notice_text(session, notice, rules)) == (number > 2)
            file(session, **refund)
        assert "其中3人反映收费退费：聚集性退费预警" in notice_text(session, notice, rules)
        assert notices_to_read(session) == [notice]
        assert len(risk_tasks(session)) == 2


def test_an_office_that_is_barred_from_one_of_the_tickets_hears_nothing(storage, rules, file):
    with storage.write() as session:
        first = file(session)
        office = rules.city.parties[first.party_id].authority
        session.add(Barred(ticket_id=first.id, who=office, reason="reported"))
        file(session), file(session)
        assert len(notices(session)) == 1
        assert risk_tasks(session) == []


BLACK_CLASS = {"kind": Kind.UNLICENSED_TRAINING, "subject_party": "阳光小课堂", "place": "鹭鸣区"}


def test_a_party_that_is_not_registered_is_a_risk_in_its_district(storage, rules, file):
    with storage.write() as session:
        for name in ("阳光小课堂", "阳光小课堂培训班"):
            file(session, **{**BLACK_CLASS, "subject_party": name})
        file(session, **{**BLACK_CLASS, "place": "枕溪区"})
        assert notices(session) == []
        ticket = file(session, **{**BLACK_CLASS, "kind": Kind.TRAINING_FEES_REFUND})
        assert ticket.party_id is None
        (notice,) = notices(session)
        assert (notice.reporters, notice.refund_reporters) == (3, 1)
        text = notice_text(session, notice, rules)
        assert "3名举报人分别反映“阳光小课堂”（鹭鸣区，名册外）" in text
        (task,) = risk_tasks(session)
        assert (task.bureau, task.party_id, task.text) == ("luming-education", None, text)


def test_the_task_on_an_unregistered_sports_class_goes_where_the_rules_say(storage, rules, file):
    told = {"subject_party": "飞跃少年", "subject": "篮球", "place": "鹭鸣区"}
    with storage.write() as session:
        for _ in range(3):
            file(session, detail="教练没有证，周末给孩子上篮球课", **told)
        (task,) = risk_tasks(session)
        assert task.bureau == "luming-sports"


def test_one_reporter_on_an_unregistered_party_is_no_risk(storage, rules, file):
    with storage.write() as session:
        for _ in range(4):
            file(session, reporter_mark="the same", **BLACK_CLASS)
        file(session, **BLACK_CLASS).state = State.WITHDRAWN
        assert notices(session) == []


@pytest.mark.parametrize("name", ["王老师", "小区里的培训班", "不清楚", "补习班", None])
def test_who_may_be_anyone_is_no_party(storage, rules, file, name):
    with storage.write() as session:
        for _ in range(4):
            file(session, **{**BLACK_CLASS, "subject_party": name})
        assert notices(session) == []


def test_an_office_that_keeps_out_of_one_hears_nothing_of_an_unregistered_party(
    storage, rules, file
):
    with storage.write() as session:
        first = file(session, **BLACK_CLASS)
        session.add(Barred(ticket_id=first.id, who="luming-education", reason="reported"))
        file(session, **BLACK_CLASS), file(session, **BLACK_CLASS)
        assert len(notices(session)) == 1
        assert risk_tasks(session) == []


def test_a_notice_keeps_no_name_longer_than_the_tickets(storage, rules, file):
    with storage.write() as session:
        tickets = [file(session, **BLACK_CLASS) for _ in range(3)]
        (notice,) = notices(session)
        assert "阳光" not in f"{notice.party_id}{notice.tickets}"
        for ticket in tickets:
            ticket.subject_party = None
        assert "反映该对象" in notice_text(session, notice, rules)


def test_no_figure_below_the_least_number(storage, rules):
    notice = RiskNotice(party_id="x", reporters=2, refund_reporters=0)
    with storage.read() as session:
        assert notice_text(session, notice, rules) == ""


@pytest.mark.parametrize(("reporters", "offered"), [(1, False), (2, False), (3, True)])
def test_a_school_that_reports_itself_does_not_learn_of_a_single_reporter(
    storage, rules, file, reporters, offered
):
    with storage.write() as session:
        for _ in range(reporters):
            told = candidate_of(file(session))
        offer = offer_to_follow(session, replace(told, ticket_id=None), rules)
        assert (offer is not None) == offered


def test_what_is_said_tells_nothing_of_the_other_tickets(storage, rules, file):
    with storage.write() as session:
        tickets = [file(session) for _ in range(3)]
        told = replace(candidate_of(tickets[0]), ticket_id=None)
        offer = offer_to_follow(session, told, rules)
        assert offer.text == SAME_MATTER
        assert not any(char.isdigit() for char in offer.text)
        assert offer.ticket_id == tickets[0].id
        for ticket in tickets:
            ticket.state = State.ANSWERED
        assert offer_to_follow(session, told, rules) is None
