"""Three questions after the answer: once, in its days; 没解决 goes back to the bureau once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from complaints.deadlines.rules import Limit, Rule, Scope
from complaints.lifecycle import closing
from complaints.lifecycle.act import NotAllowed, Role, ticket_by_number
from complaints.lifecycle.merging import split_from_merge
from complaints.reporter.view import Can
from complaints.storage.tables import Delivery, Event
from tests.unit.complaints.reporter.conftest import CLERK, Life, close, said


def refusal(life: Life, number: str, **judgement: bool) -> str:
    with pytest.raises(NotAllowed) as refused:
        life.judge(number, **judgement)
    assert any("\u4e00" <= char <= "\u9fff" for char in str(refused.value))
    return refused.value.code


def queued(life: Life, number: str) -> Delivery:
    """The ticket in its lead's queue."""
    with life.storage.read() as session:
        ticket = ticket_by_number(session, number)
        return session.scalars(
            select(Delivery).where(
                Delivery.ticket_id == ticket.id,
                Delivery.bureau == ticket.lead,
                Delivery.role == Role.LEAD,
                Delivery.ended_at.is_(None),
            )
        ).one()


def test_a_solved_matter_is_noted(life: Life):
    number = life.file()
    assert refusal(life, number, solved=True) == "not_answered"
    life.answer(number)
    outcome = life.judge(number, solved=True)
    assert not outcome.reopened and "谢谢" in outcome.text
    ticket = life.ticket(number)
    assert (ticket.reached, ticket.solved, ticket.satisfied) == (True, True, True)
    assert said(life.look(number)).endswith("您的评价：已解决，满意")


def test_a_second_judgement_of_the_same_answer_is_refused(life: Life):
    number = life.file()
    life.answer(number)
    life.judge(number, solved=True)
    assert refusal(life, number, solved=False) == "feedback_given"


def test_the_hotlines_own_call_does_not_take_the_reporters_place(life: Life):
    number = life.file()
    life.answer(number)
    life.do(closing.call_back, number, (True, False, False), by=CLERK)
    assert life.judge(number, solved=False).reopened


@pytest.mark.parametrize("closed", [False, True])
def test_fourteen_days(life: Life, closed: bool):
    number, late = life.file(), life.file()
    life.answer(number)
    life.answer(late)
    if closed:
        close(life, number)
        close(life, late)
    life.wait(days=14)  # until the end of the day, as everywhere
    assert life.judge(number, solved=True).text
    life.wait(days=1)
    assert refusal(life, late, solved=True) == "feedback_over"
    assert Can.FEEDBACK not in life.look(late).can


def test_a_city_may_give_its_reporters_other_days(life: Life):
    limits = dict(life.rules.deadlines.limits)
    limits["call_back"] = (Rule(Scope(), Limit(3, "days", False, "本市约定")),)
    life.rules = replace(life.rules, deadlines=replace(life.rules.deadlines, limits=limits))
    number, late = life.file(), life.file()
    life.answer(number)
    life.answer(late)
    life.wait(days=3)
    assert life.judge(number, solved=True).text
    life.wait(days=1)
    assert refusal(life, late, solved=True) == "feedback_over"


def test_not_solved_reaches_the_bureau_again_with_the_reporters_words(life: Life):
    number = life.file()
    life.answer(number)
    before, was = life.ticket(number), queued(life, number)
    outcome = life.judge(number, solved=False, words="周六还在上课")
    after, again = life.ticket(number), queued(life, number)
    assert outcome.reopened and life.look(number).lead_name in outcome.text
    assert after.state == "dispatched" and after.reopened == 1
    assert after.version > before.version and after.changed_at > before.changed_at
    assert again.bureau == before.lead and again.changed_at > was.changed_at
    assert again.delivered_at is None
    with life.storage.read() as session:
        reopened = session.scalars(select(Event).where(Event.action == "reopen")).one()
        assert reopened.text == "周六还在上课"


def test_the_second_time_it_is_noted_for_the_hotline_and_not_reopened(life: Life):
    number = life.file()
    life.answer(number)
    life.judge(number, solved=False)
    life.answer(number, "又查了一次")
    outcome = life.judge(number, solved=False)
    ticket = life.ticket(number)
    assert not outcome.reopened and "热线" in outcome.text
    assert ticket.state == "answered" and ticket.solved is False and ticket.reopened == 1


def test_a_reopening_by_the_hotline_leaves_the_reporters_own(life: Life):
    number = life.file()
    life.answer(number)
    life.do(closing.reopen_ticket, number, "再查", by=CLERK)
    life.answer(number)
    assert life.judge(number, solved=False).reopened
    assert life.ticket(number).reopened == 2


def test_a_merged_one_judges_for_itself_and_parts(life: Life):
    main, own = life.file(), life.file()
    life.merge(own, main)
    assert refusal(life, own, solved=False) == "not_answered"
    life.answer(main)
    assert life.judge(main, solved=True).text
    assert life.judge(own, solved=False).reopened
    parted, other = life.ticket(own), life.ticket(main)
    assert parted.state == "dispatched" and parted.lead == other.lead and other.state == "answered"
    assert queued(life, own).bureau == other.lead


def test_words_that_name_the_reporter_are_masked_for_the_offices(life: Life):
    number = life.file()
    life.answer(number)
    life.judge(number, solved=False, words="我叫陈砚秋，我儿子在三年二班，还在上课")
    with life.storage.read() as session:
        texts = " ".join(filter(None, session.scalars(select(Event.text))))
    assert "砚秋" not in texts and "还在上课" in texts
    assert life.ticket(number).to_check


# 没解决 for the second time: it waits for the hotline until somebody has dealt with it


def still_unsolved(life: Life) -> str:
    """A ticket whose reporter said twice that nothing was solved."""
    number = life.file()
    for _ in range(2):
        life.answer(number)
        life.judge(number, solved=False)
    return number


def test_the_second_time_it_is_kept_since_when_the_reporter_waits(life: Life):
    number = still_unsolved(life)
    assert life.ticket(number).unsolved_at == life.now
    once, solved = life.file(), life.file()
    life.answer(once)
    life.judge(once, solved=False)
    life.answer(solved)
    life.judge(solved, solved=True)
    assert life.ticket(once).unsolved_at is life.ticket(solved).unsolved_at is None


@pytest.mark.parametrize(
    ("step", "given"),
    [
        (closing.call_back, [(True, False, False)]),
        (closing.redo_ticket, ["没有说清"]),
        (closing.reopen_ticket, ["再查"]),
        (closing.close_ticket, [None]),
    ],
)
def test_a_clerks_step_ends_the_waiting(life: Life, step: Callable[..., None], given: list[object]):
    number = still_unsolved(life)
    life.do(step, number, *given, by=CLERK)
    assert life.ticket(number).unsolved_at is None


def test_a_follower_who_says_so_again_waits_until_it_is_taken_out_of_the_case(life: Life):
    first, second, own = life.file(), life.file(), life.file()
    life.merge(own, first)
    life.answer(first)
    assert life.judge(own, solved=False).reopened
    life.merge(own, second)
    life.answer(second)
    assert "热线" in life.judge(own, solved=False).text
    assert life.ticket(own).state == "merged" and life.ticket(own).unsolved_at == life.now
    life.do(split_from_merge, own, by=CLERK)
    assert life.ticket(own).unsolved_at is None
