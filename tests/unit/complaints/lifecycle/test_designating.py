"""The hotline takes a ticket from the wrong bureau, whatever silence or a pause has made of it."""

from __future__ import annotations

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.states import Role, State
from complaints.lifecycle.tasks import TaskKind
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET


def not_returned(life, number):
    give = (life.lead(number), "不归我局", "属地不符")
    return life.refused(dispatching.return_ticket, number, *give)


def designate(life, number, bureau, reason="法定归市场监管"):
    life.do(dispatching.designate_ticket, number, CLERK, bureau, reason)


def test_what_silence_gave_to_the_wrong_bureau_the_hotline_gives_to_the_right_one(life):
    number = life.file()
    promised = life.ticket(number).promised_on
    life.until("11-26 09:00")
    assert life.state(number) == State.HANDLING
    assert not_returned(life, number) == "return_window_over"
    no_reason = (CLERK, MARKET, " ")
    assert life.refused(dispatching.designate_ticket, number, *no_reason) == "text_required"
    designate(life, number, MARKET)
    assert (life.state(number), life.ticket(number).promised_on) == (State.DISPATCHED, promised)
    assert life.holders(number)[MARKET] == Role.LEAD and EDUCATION not in life.holders(number)
    assert "已由热线指定承办单位" in life.outbox("push")[-1].payload["text"]
    assert not_returned(life, number) == "designated"
    life.until("11-28 09:00")
    assert life.state(number) == State.HANDLING


def test_a_pause_ends_when_the_hotline_gives_the_ticket_to_another(life):
    number = life.file()
    life.sign(number)
    life.until("11-24 10:00")
    life.do(handling.pause_ticket, number, life.lead(number), "是哪一天？")
    life.until("11-26 10:00")
    designate(life, number, MARKET)
    ticket = life.ticket(number)
    assert (ticket.state, str(ticket.promised_on)) == (State.DISPATCHED, "2026-12-02")
    assert {"sign", "deadline"} <= life.timers(number) and "resume" not in life.timers(number)
    life.until("12-01 09:00")
    assert ticket.promised_on == life.ticket(number).promised_on


def test_who_handles_a_ticket_is_not_sent_it_again(life):
    number = life.file()
    life.sign(number)
    give = (CLERK, EDUCATION, "还是你们")
    assert life.refused(dispatching.designate_ticket, number, *give) == "same_bureau"


def test_a_late_ticket_stays_late_at_the_next_bureau_and_its_supervision_goes_along(life):
    number = life.file()
    life.until("12-02 09:00")
    designate(life, number, MARKET)
    assert life.ticket(number).overdue
    owed = [t.bureau for t in life.tasks(number, TaskKind.SUPERVISION) if t.done_at is None]
    assert owed == [MARKET]


def test_that_one_bureau_was_designated_says_nothing_of_the_next(life):
    refused, moved = life.file(), life.file()
    life.give_back(refused)
    life.do(dispatching.refuse_return, refused, CLERK, "机构就登记在你区")
    life.do(dispatching.dispatch_ticket, refused, CLERK, MARKET, reason="归市场监管")
    designate(life, moved, "zhenxi-education")
    life.do(dispatching.transfer_ticket, moved, CLERK, "luming", "机构已搬走")
    for number in (refused, moved):
        assert not life.ticket(number).designated
        life.give_back(number)
