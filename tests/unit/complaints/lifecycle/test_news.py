"""News is written with its step: in the same transaction, to whom it concerns, without content."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Kind
from complaints.reporter.feedback import give_feedback
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET, STREET


@pytest.fixture
def told(life):
    """The education bureau and the street have systems that want to be told."""
    life.rules = replace(life.rules, webhooks=frozenset({EDUCATION, STREET}))
    return life


def test_a_step_that_is_undone_leaves_no_news(told):
    number = told.file()
    before = told.counted()
    with pytest.raises(RuntimeError), told.storage.write() as session:
        ticket = ticket_by_number(session, number)
        lead = told.lead(number)
        handling.sign_ticket(session, ticket, lead, told.rules, told.now)
        handling.answer_ticket(
            session, ticket, lead, "已停课", told.rules, told.now, "confirmed", ["stop"]
        )
        raise RuntimeError
    assert told.counted() == before
    assert told.ticket(number).state == "dispatched"


def test_the_systems_of_the_bureaus_that_have_it_hear_of_every_step(told):
    number = told.file()
    assert {row.target for row in told.outbox("webhook")} == {EDUCATION, STREET}
    told.sign(number)
    rows = told.outbox("webhook")
    assert len(rows) == 4 and len({row.key for row in rows}) == 4
    assert MARKET not in {row.target for row in rows}


def test_a_bureau_that_loses_a_ticket_hears_that_and_nothing_further(told):
    number = told.file()
    told.sign(number)
    for _ in range(2):  # handed over, and then signed there
        told.until(told.now + timedelta(hours=1))
        if told.lead(number).id == EDUCATION:
            told.do(dispatching.transfer_ticket, number, told.lead(number), "zhenxi", "已搬走")
        else:
            told.sign(number)
    heard = [row.payload["state"] for row in told.outbox("webhook") if row.target == EDUCATION]
    assert heard == ["dispatched", "handling", "left"]


def test_news_tells_that_and_never_what(told):
    number = told.file()
    told.answer(number, "confirmed")
    rows = told.outbox("webhook") + told.outbox("push") + told.outbox("notice")
    assert rows
    for row in rows:
        words = str(row.payload)
        assert told.report.detail not in words and told.report.subject_party not in words
        assert "已责令停课" not in words


def test_a_bureau_that_has_no_part_in_the_ticket_is_told_of_its_notice_alone(told):
    number = told.file()
    assert told.outbox("notice") == []  # a helper sees the ticket in its queue
    told.answer(number, "confirmed")
    (notice,) = told.tasks(number, TaskKind.NOTICE)
    (row,) = told.outbox("notice")
    assert (row.key, row.target) == (f"notice:{notice.id}", STREET)
    assert number not in str(row.payload)


def test_an_anonymous_reporter_without_a_chat_gets_no_news_and_nothing_fails(life):
    number = life.file(reporter_mark=None)
    life.answer(number)
    assert life.outbox("push") == []


def test_the_reporter_hears_what_matters_but_not_of_own_steps(life):
    number = life.unsure()
    life.say(number, "周日也上课")
    assert life.outbox("push") == []
    life.do(dispatching.dispatch_ticket, number, CLERK, EDUCATION)
    life.answer(number)
    told = [row.payload["text"] for row in life.outbox("push")]
    assert ["已转给承办单位" in told[0], "已有答复" in told[1]] == [True, True]
    assert all(number in text and "查进度" in text for text in told)
    assert {row.target for row in life.outbox("push")} == {"mark-0"}


def test_news_of_a_part_name_the_ticket_that_the_reporter_knows(life):
    number = life.file()
    kind = Kind.TRAINING_FEES_REFUND
    part = life.do(split_ticket, number, kind, "退费不给退", CLERK).number
    life.sign(part)
    life.do(handling.pause_ticket, part, life.lead(part), "交了多少钱")
    (push,) = life.outbox("push")
    named = f"您的工单 {number} 另立的工单 {part} 承办单位想请您补充情况"
    assert push.target == "mark-0" and push.payload["text"].startswith(named)


def test_that_a_reporter_has_the_case_taken_up_again_is_told_to_the_others(life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    life.answer(main)
    with life.storage.write() as session:
        give_feedback(session, main, True, False, False, life.rules, life.now)
    (told,) = [row for row in life.outbox("push") if "重新办理" in row.payload["text"]]
    assert told.target == "mark-1" and own in told.payload["text"]
