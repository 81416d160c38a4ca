"""A ticket finds its office: sent, given back, decided upon, handed over, one level up."""

from __future__ import annotations

import pytest

from complaints.lifecycle import dispatching, handling
from complaints.lifecycle.act import Actor
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Kind
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET, STREET

HARD = {"kind": Kind.TRAINING_FEES_REFUND, "detail": "机构突然关门，负责人卷款跑路，人也失联了"}


def send(life, number, bureau, reason="机构登记在那边"):
    life.do(dispatching.dispatch_ticket, number, CLERK, bureau, reason=reason)


def not_returned(life, number):
    give = (life.lead(number), "不归我局", "属地不符")
    return life.refused(dispatching.return_ticket, number, *give)


def test_what_the_tables_are_sure_of_is_with_its_bureau_at_once(life):
    number = life.file()
    assert life.state(number) == State.DISPATCHED
    assert life.holders(number)[EDUCATION] == Role.LEAD
    assert life.holders(number)[MARKET] == Role.CO_HANDLER
    co = life.tasks(number, TaskKind.CO_HANDLING)
    assert {task.bureau for task in co} == set(life.holders(number)) - {EDUCATION}
    assert {str(task.due_on) for task in co} == {"2026-11-26"}


def test_what_is_unsure_waits_for_the_hotline(life):
    number = life.unsure()
    assert life.state(number) == State.PENDING
    assert list(life.holders(number)) == ["tinglan-hotline"]


def test_a_bureau_that_stays_silent_for_a_workday_has_accepted(life):
    number = life.file()
    life.until("11-24 23:59")
    assert life.state(number) == State.DISPATCHED
    life.until("11-25 00:00")
    assert life.state(number) == State.HANDLING
    (signed,) = life.events(number, Action.SIGN)
    assert (signed.role, signed.facts) == ("system", {"silent": True})
    assert not_returned(life, number) == "return_window_over"


def test_a_hard_case_has_two_workdays_and_the_weekend_does_not_count(life):
    life.until("11-26 16:00")  # Thursday
    easy, hard = life.file(), life.file(**HARD)
    life.until("11-30 09:00")  # Monday
    assert (life.state(easy), life.state(hard)) == (State.HANDLING, State.DISPATCHED)
    life.give_back(hard)
    assert life.state(hard) == State.RETURN_PENDING


def test_a_signed_ticket_can_still_be_given_back_in_the_window(life):
    number = life.file()
    life.sign(number)
    life.until("11-24 17:00")
    life.give_back(number)
    assert life.state(number) == State.RETURN_PENDING


@pytest.mark.parametrize(("reason", "basis"), [("", "属地"), ("不归我局", ""), ("不归我局", " \n")])
def test_giving_back_needs_a_reason_and_its_basis(life, reason, basis):
    number = life.file()
    lead = life.lead(number)
    code = life.refused(dispatching.return_ticket, number, lead, reason, basis)
    assert code in ("text_required", "fact_required")


def test_a_ticket_given_back_waits_for_the_hotline_and_goes_on_to_another(life):
    number = life.file()
    life.give_back(number)
    assert life.ticket(number).lead == "tinglan-hotline"
    assert number not in life.queue(EDUCATION)
    send(life, number, "zhenxi-education")
    assert life.state(number) == State.DISPATCHED
    assert number in life.queue("zhenxi-education") and number not in life.queue(EDUCATION)
    decided = life.events(number, Action.ARBITRATE)
    assert [event.facts for event in decided] == [{"decision": "agreed"}]


def test_co_handlers_keep_the_ticket_when_it_is_sent_on_in_their_district(life):
    number = life.file()
    before = {b for b, role in life.holders(number).items() if role == Role.CO_HANDLER}
    life.give_back(number)
    send(life, number, "luming-sports")
    after = {b for b, role in life.holders(number).items() if role == Role.CO_HANDLER}
    assert before and after == before


def test_the_third_dispatch_designates_and_cannot_be_given_back(life):
    number = life.file()
    life.give_back(number)
    send(life, number, "zhenxi-education")
    life.give_back(number)
    send(life, number, EDUCATION)
    assert life.events(number)[-1].action == Action.DESIGNATE
    assert life.ticket(number).designated
    assert not_returned(life, number) == "designated"
    life.until("11-25 09:00")
    assert life.state(number) == State.HANDLING


def test_a_return_that_was_refused_is_settled(life):
    """Else a bureau could give the same ticket back day after day while the reporter waits."""
    number = life.file()
    life.give_back(number)
    life.do(dispatching.refuse_return, number, CLERK, "机构就登记在你区")
    assert life.state(number) == State.DISPATCHED
    assert life.holders(number)[EDUCATION] == Role.LEAD
    assert not_returned(life, number) == "designated"


def test_to_send_a_ticket_back_to_who_gave_it_back_is_to_refuse_the_return(life):
    number = life.file()
    life.give_back(number)
    send(life, number, EDUCATION)
    (decided,) = life.events(number, Action.ARBITRATE)
    assert decided.facts["decision"] == "refused"
    assert life.state(number) == State.DISPATCHED


def test_to_move_a_ticket_elsewhere_needs_a_reason_to_send_it_first_does_not(life):
    """Else nobody could tell afterwards why a ticket was taken from a bureau (D41)."""
    sent, first = life.file(), life.unsure()
    assert life.refused(dispatching.dispatch_ticket, sent, CLERK, MARKET) == "text_required"
    life.give_back(sent)
    for bureau in (MARKET, EDUCATION):
        assert life.refused(dispatching.dispatch_ticket, sent, CLERK, bureau) == "text_required"
    life.do(dispatching.dispatch_ticket, first, CLERK, MARKET)
    send(life, sent, MARKET, "归市场监管")
    assert life.events(sent, Action.DISPATCH)[-1].text == "归市场监管"


def test_a_return_that_nobody_decides_on_reminds_the_hotline_once(life):
    number = life.file()
    life.give_back(number)
    life.until("11-24 23:00")
    assert life.events(number, Action.WARN) == []
    life.until("11-26 09:00")
    reminded = [e for e in life.events(number, Action.WARN) if e.facts.get("step") == "arbitrate"]
    assert len(reminded) == 1
    assert life.state(number) == State.RETURN_PENDING


def test_a_ticket_that_nobody_takes_on_reminds_the_hotline_once(life):
    number, taken = life.unsure(), life.unsure()
    life.do(dispatching.accept_ticket, taken, CLERK)
    life.until("11-26 00:00")
    reminded = [e for e in life.events(number, Action.WARN) if e.facts.get("step") == "accept"]
    assert len(reminded) == 1
    assert not [e for e in life.events(taken, Action.WARN) if e.facts.get("step") == "accept"]


def test_a_refusal_needs_a_known_reason_and_tells_the_right_door(life, rules):
    number = life.unsure()
    assert life.refused(dispatching.reject_ticket, number, CLERK, "no idea", "") == "unknown_reason"
    life.do(dispatching.reject_ticket, number, CLERK, "labour", "")
    assert life.state(number) == State.REJECTED
    (said,) = life.events(number, Action.REJECT)
    assert said.text == rules.outcomes.rejections["labour"].door
    assert life.holders(number) == {}
    assert life.timers(number) == {"erase"}


def test_nobody_owes_anything_in_a_refused_ticket(life):
    number = life.file()
    life.give_back(number)
    life.do(dispatching.reject_ticket, number, CLERK, "labour", "")
    assert all(task.done_at for task in life.tasks(number))


def test_only_offices_can_be_chosen(life):
    number = life.unsure()
    for wrong in ("", "nobody", "tinglan-hotline"):
        assert life.refused(dispatching.dispatch_ticket, number, CLERK, wrong) == "unknown_bureau"
    send(life, number, EDUCATION)
    assert life.refused(dispatching.dispatch_ticket, number, CLERK, EDUCATION) == "same_bureau"


def test_a_bureau_cannot_do_what_the_hotline_does(life):
    number = life.file()
    give = (life.lead(number), MARKET)
    code = life.refused(dispatching.dispatch_ticket, number, *give, reason="归市场监管")
    assert code == "wrong_role"


# --- to another district, one level up ------------------------------------------------------------


def hand_over(life, number, district, actor=None):
    by = actor or life.lead(number)
    life.do(dispatching.transfer_ticket, number, by, district, "机构已搬走")


def test_a_ticket_goes_to_another_district_and_the_signature_there_is_the_receipt(life):
    number = life.file()
    life.sign(number)
    hand_over(life, number, "zhenxi")
    assert life.state(number) == State.DISPATCHED
    assert life.holders(number)["zhenxi-education"] == Role.LEAD
    assert EDUCATION not in life.holders(number)
    moved = life.events(number, Action.TRANSFER)[-1]
    assert (moved.facts["from"], moved.facts["to"]) == (EDUCATION, "zhenxi-education")
    assert (moved.facts["district"], moved.facts["street"]) == ("zhenxi", None)
    life.sign(number)
    receipt = life.events(number, Action.SIGN)[-1]
    assert (receipt.actor, receipt.role) == ("zhenxi-education", "lead")


def test_the_clock_of_the_reporter_goes_on_when_a_ticket_is_handed_over(life):
    number = life.file()
    promised = life.ticket(number).promised_on
    life.until("11-24 15:00")
    hand_over(life, number, "zhenxi")
    assert life.ticket(number).promised_on == promised


def test_the_receiver_may_give_it_back_but_not_hand_it_back(life):
    """推诿: two districts must not push a ticket to and fro while nobody decides."""
    number = life.file()
    hand_over(life, number, "zhenxi")
    there = life.lead(number)
    back = (there, "luming", "还是你区的")
    assert life.refused(dispatching.transfer_ticket, number, *back) == "came_from_there"
    life.give_back(number)
    assert life.state(number) == State.RETURN_PENDING


def test_there_must_be_such_an_office(life):
    number = life.file()
    for district in ("luming", "nowhere", ""):
        give = (life.lead(number), district, "机构已搬走")
        assert life.refused(dispatching.transfer_ticket, number, *give) == "no_such_office"


def test_a_handing_over_that_is_refused_leaves_the_district(life):
    number = life.file()
    give = (life.lead(number), "zhenxi", " ")
    assert life.refused(dispatching.transfer_ticket, number, *give) == "text_required"
    assert life.ticket(number).district == "luming"


def test_a_designated_bureau_cannot_pass_it_on_but_the_hotline_can(life):
    number = life.unsure()
    life.do(dispatching.designate_ticket, number, CLERK, EDUCATION, "市里已商定")
    give = (life.lead(number), "zhenxi", "机构已搬走")
    assert life.refused(dispatching.transfer_ticket, number, *give) == "designated"
    hand_over(life, number, "zhenxi", CLERK)
    assert life.holders(number)["zhenxi-education"] == Role.LEAD


def test_one_level_up_and_no_further_than_the_citys_own_bureau(life):
    number = life.file()
    life.do(dispatching.escalate_ticket, number, life.lead(number), "涉及两区")
    assert life.ticket(number).lead == "tinglan-education"
    up = (life.lead(number), "太难")
    assert life.refused(dispatching.escalate_ticket, number, *up) == "no_such_office"


def test_a_designated_bureau_cannot_pass_it_up_but_the_hotline_can(life):
    """Else its superior, which nobody designated, gives back what the hotline had settled."""
    number = life.unsure()
    life.do(dispatching.designate_ticket, number, CLERK, EDUCATION, "市里已商定")
    give = (life.lead(number), "涉及两区")
    assert life.refused(dispatching.escalate_ticket, number, *give) == "designated"
    life.do(dispatching.escalate_ticket, number, CLERK, "涉及两区")
    life.give_back(number)
    assert life.state(number) == State.RETURN_PENDING


def test_the_hotline_never_becomes_the_one_that_handles(life):
    number = life.unsure()
    life.do(dispatching.designate_ticket, number, CLERK, "tinglan-discipline-inspection", "商定")
    assert life.refused(dispatching.escalate_ticket, number, CLERK, "太难") == "no_such_office"


def test_a_co_handler_cannot_decide_for_the_lead(life):
    number = life.file()
    helper = Actor(STREET, Role.CO_HANDLER)
    for step, given in (
        (handling.sign_ticket, ()),
        (dispatching.return_ticket, ("不归我", "属地")),
        (dispatching.escalate_ticket, ("太难",)),
    ):
        assert life.refused(step, number, helper, *given) == "wrong_role"
