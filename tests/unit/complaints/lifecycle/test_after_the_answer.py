"""After the answer: called back, done again, closed, taken up again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from complaints.lifecycle import closing, dispatching
from complaints.lifecycle.act import REPORTER
from complaints.lifecycle.states import Action, Role, State
from complaints.protection.retention import CLEARED
from complaints.reporter.feedback import give_feedback
from complaints.storage.tables import Ticket
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION


def judge(life, number, *, solved, words=None):
    with life.storage.write() as session:
        given = give_feedback(session, number, True, solved, solved, life.rules, life.now, words)
    life.check()
    return given


def answered(life, **more):
    number = life.file()
    life.answer(number, **more)
    return number


def call(life, number, *answers):
    life.do(closing.call_back, number, CLERK, answers)


def test_an_answer_that_nobody_judges_is_closed_with_its_result(life):
    number = answered(life, finding="confirmed", results=["stop"])
    life.until("12-07 23:59")
    assert life.state(number) == State.ANSWERED
    life.until("12-08 00:00")
    ticket = life.ticket(number)
    assert (ticket.state, ticket.result, ticket.closed_at) == (State.CLOSED, "stop", life.now)
    assert life.timers(number) == {"erase"}


def test_a_solved_matter_is_closed_too_when_its_time_is_over(life):
    """Else a ticket that was judged well waited forever, and its personal data with it."""
    number = answered(life)
    judge(life, number, solved=True)
    life.until("12-08 00:00")
    assert life.state(number) == State.CLOSED


def test_who_was_not_reached_has_not_said_that_it_is_unsolved(life):
    number = answered(life)
    call(life, number, False, False, False)
    life.until("12-08 00:00")
    assert life.state(number) == State.CLOSED


def test_what_the_reporter_calls_unsolved_is_never_closed_by_itself(life):
    number = answered(life)
    call(life, number, True, False, False)
    life.until("12-20 00:00")
    assert life.state(number) == State.ANSWERED
    call(life, number, True, True, True)
    life.work()
    assert life.state(number) == State.CLOSED


def test_an_answer_not_good_enough_is_done_again_with_new_days(life):
    number = answered(life)
    life.until("11-25 09:00")
    version = life.ticket(number).version
    life.do(closing.redo_ticket, number, CLERK, "没有说明退费")
    ticket = life.ticket(number)
    assert (ticket.state, ticket.promised_on) == (State.HANDLING, date(2026, 12, 2))
    assert ticket.version > version and ticket.answered_at is None
    code = life.refused(dispatching.return_ticket, number, life.lead(number), "不归我", "属地")
    assert code == "return_window_over"


def test_a_ticket_is_closed_with_a_fixed_result_only(life):
    number = answered(life)
    assert life.refused(closing.close_ticket, number, CLERK, "whatever") == "unknown_result"
    life.do(closing.close_ticket, number, CLERK, None)
    assert life.ticket(number).result == life.rules.outcomes.default_result


def test_only_what_was_answered_is_closed(life):
    assert life.refused(closing.close_ticket, life.file(), CLERK, "stop") == "wrong_state"


@pytest.mark.parametrize("closed", [False, True])
def test_not_solved_puts_it_at_the_end_of_the_bureaus_queue_with_a_new_day(life, closed):
    number = answered(life)
    if closed:
        life.close(number)
    life.until("11-26 15:00")
    other = life.file()
    before = life.ticket(number)
    assert life.queue(EDUCATION) == [number, other]
    assert judge(life, number, solved=False, words="周六还在上课").reopened
    after = life.ticket(number)
    assert life.queue(EDUCATION) == [other, number]
    assert after.version > before.version
    assert (after.state, after.promised_on) == (State.DISPATCHED, date(2026, 12, 3))
    assert {"sign", "deadline"} <= life.timers(number)
    assert not {"call_back", "erase"} & life.timers(number)


def test_a_new_answer_has_not_been_judged_yet(life):
    number = answered(life, finding="confirmed", results=["stop"])
    judge(life, number, solved=False)
    ticket = life.ticket(number)
    assert (ticket.solved, ticket.satisfied, ticket.finding, ticket.result) == (None,) * 4
    life.answer(number)
    assert life.ticket(number).solved is None
    life.until("12-10 00:00")
    assert life.state(number) == State.CLOSED


def test_a_reopened_ticket_may_be_given_back_again_in_its_window(life):
    number = answered(life)
    life.until("11-27 09:00")
    judge(life, number, solved=False)
    life.give_back(number)
    assert life.state(number) == State.RETURN_PENDING


def test_a_refused_ticket_goes_back_to_the_hotlines_list(life):
    number = life.unsure()
    life.do(dispatching.reject_ticket, number, CLERK, "labour", "")
    life.do(closing.reopen_ticket, number, CLERK, "有新的情况")
    assert life.state(number) == State.PENDING
    assert life.holders(number) == {"tinglan-hotline": Role.LEAD}
    assert "erase" not in life.timers(number)


def test_what_is_erased_cannot_be_taken_up_again(life):
    number = answered(life)
    life.close(number)
    with life.storage.write() as session:
        session.execute(update(Ticket).values(detail=CLEARED))
    with life.storage.write() as session, pytest.raises(closing.NotAllowed) as why:
        ticket = session.get_one(Ticket, 1)
        closing.reopen_ticket(session, ticket, REPORTER, "还在上课", life.rules, life.now)
    assert why.value.code == "erased"


def test_late_tasks_of_helpers_do_not_hold_an_answer_up(life):
    number = answered(life)
    assert any(task.done_at is None for task in life.tasks(number))
    life.until("12-01 09:00")
    assert life.events(number, Action.WARN) == []
