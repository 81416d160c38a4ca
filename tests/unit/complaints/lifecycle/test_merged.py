"""One case for several reporters: nothing of one shows to another, and nobody barred gets in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from complaints.lifecycle import closing, dispatching, handling, redacting, reporting
from complaints.lifecycle.act import is_barred, ticket_by_number
from complaints.lifecycle.merging import split_from_merge
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Kind
from complaints.protection.retention import erase
from complaints.protection.retention_rules import What
from complaints.reporter.feedback import give_feedback
from complaints.reporter.view import progress
from complaints.storage.tables import Barred, Delivery, Ticket
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION, MARKET

AGAINST_THE_BUREAU = {
    "kind": Kind.OTHER_EDUCATION,
    "subject_party": "鹭鸣区教育局",
    "place": "鹭鸣区",
    "detail": "周六上午还在上课，报给鹭鸣区教育局也没人管",
}


def pair(life, **change):
    main, own = life.file(), life.file(detail="六楼也在上课，楼下听得见", **change)
    life.merge(own, main)
    return main, own


def look(life, number):
    with life.storage.read() as session:
        return "\n".join(progress(session, number, life.rules, life.now).history)


def withdraw(life, number):
    with life.storage.write() as session:
        reporting.withdraw_ticket(session, number, life.rules, life.now)
    life.check()


def test_what_one_reporter_does_and_is_asked_shows_to_no_other(life):
    main, own = pair(life)
    life.sign(main)
    life.say(main, "老师姓欧阳，在二楼")
    life.do(handling.pause_ticket, main, life.lead(main), "您家是哪一栋？")
    life.say(own, "六楼的门牌是六零二")
    assert "二楼" not in look(life, own) and "哪一栋" not in look(life, own)
    assert "六零二" not in look(life, main) and main not in look(life, own)
    assert own not in look(life, main)


def test_only_who_is_asked_is_told_to_write(life):
    main, _ = pair(life)
    life.sign(main)
    life.do(handling.pause_ticket, main, life.lead(main), "您家是哪一栋？")
    (push,) = [row for row in life.outbox("push") if "补充" in row.payload["text"]]
    assert main in push.payload["text"] and push.target == "mark-0"
    life.say(main, "三栋")
    life.answer(main)
    told = {row.target for row in life.outbox("push") if "已有答复" in row.payload["text"]}
    assert told == {"mark-0", "mark-1"}


def test_a_merged_case_keeps_out_whoever_is_barred_from_one_of_its_tickets(life):
    main = life.unsure()
    own = life.unsure(**AGAINST_THE_BUREAU)
    life.merge(own, main)
    code = life.refused(dispatching.dispatch_ticket, main, CLERK, EDUCATION)
    assert code == "reported_unit"
    with life.storage.read() as session:
        assert is_barred(session, session.get_one(Ticket, 1), EDUCATION)


def test_a_follower_that_goes_its_own_way_does_not_get_to_a_barred_bureau(life):
    main, own = pair(life)
    with life.storage.write() as session:  # as an older program left it
        session.add(Barred(ticket_id=2, who=EDUCATION, reason="reported"))
    life.answer(main)
    with life.storage.write() as session:
        give_feedback(session, own, True, False, False, life.rules, life.now)
    assert EDUCATION not in life.holders(own)
    assert life.ticket(own).lead == "tinglan-education"


def test_a_withdrawn_main_ticket_leaves_the_case_to_the_others_with_their_helpers(life):
    main, own = pair(life)
    helpers = set(life.holders(main)) - {EDUCATION}
    withdraw(life, main)
    assert (life.state(main), life.state(own)) == (State.WITHDRAWN, State.DISPATCHED)
    assert life.holders(own)[EDUCATION] == Role.LEAD
    assert set(life.holders(own)) == helpers | {EDUCATION}
    owed = {t.bureau for t in life.tasks(own, TaskKind.CO_HANDLING) if t.done_at is None}
    assert owed == helpers


def test_a_risk_goes_on_at_the_heir(life):
    tickets = [life.file(detail=f"周六上午第{n}教室在上课") for n in range(3)]
    bearer = next(n for n in tickets if life.tasks(n, TaskKind.RISK))
    other = next(n for n in tickets if n != bearer)
    life.merge(other, bearer)
    withdraw(life, bearer)
    (risk,) = life.tasks(other, TaskKind.RISK)
    assert risk.done_at is None


def erase_words(life, number):
    with life.storage.write() as session:
        erase(session, ticket_by_number(session, number), {What.TEXTS}, "texts", life.now)
    life.check()


def test_what_is_erased_cannot_be_taken_out_of_its_case(life):
    """A bureau would get a ticket without a word in it."""
    main, own = pair(life)
    life.answer(main)
    life.close(main)
    erase_words(life, own)
    assert life.refused(split_from_merge, own, CLERK) == "erased"


def test_the_heir_of_a_case_is_one_whose_words_are_still_kept(life):
    main, gone = pair(life)
    kept = life.file()
    life.merge(kept, main)
    erase_words(life, gone)
    withdraw(life, main)
    assert (life.state(kept), life.state(gone)) == (State.DISPATCHED, State.MERGED)
    assert life.ticket(gone).merged_into == life.ticket(kept).id


def test_a_wrong_merger_undone_gives_the_helpers_their_tasks_back(life):
    _, own = pair(life)
    before = {t.bureau for t in life.tasks(own)}
    life.do(split_from_merge, own, CLERK)
    life.do(dispatching.dispatch_ticket, own, CLERK, EDUCATION, reason="不是同一件事")
    owed = {t.bureau for t in life.tasks(own) if t.done_at is None}
    assert before and owed == before
    assert set(life.holders(own)) == before | {EDUCATION}


def test_a_follower_that_is_withdrawn_is_no_longer_read_and_the_bureau_sees_that(life):
    main, own = pair(life)
    before = life.ticket(main).changed_at
    withdraw(life, own)
    assert life.state(own) == State.WITHDRAWN and life.state(main) == State.DISPATCHED
    assert life.ticket(main).changed_at > before
    with life.storage.read() as session:
        changed = session.scalars(select(Delivery.changed_at).where(Delivery.ticket_id == 1)).all()
    assert set(changed) == {life.ticket(main).changed_at}


def test_what_is_corrected_in_a_followers_words_reaches_the_bureau(life):
    main, own = pair(life)
    before = life.ticket(main).changed_at
    life.do(redacting.redact_ticket, own, CLERK, "六楼也在上课")
    assert life.ticket(main).changed_at > before


def test_the_hotlines_redo_is_told_to_all(life):
    main, _ = pair(life)
    life.answer(main)
    life.do(closing.redo_ticket, main, CLERK, "没有说明")
    told = [row for row in life.outbox("push") if "重新办理" in row.payload["text"]]
    assert {row.target for row in told} == {"mark-0", "mark-1"}


@pytest.mark.parametrize("kind", [Kind.TRAINING_ADS, Kind.TRAINING_FEES_REFUND])
def test_a_split_part_is_found_by_the_parents_reporter(life, kind):
    number = life.file()
    part = life.do(split_ticket, number, kind, "另外退费也不给退，还贴广告", CLERK)
    assert life.state(part.number) == State.DISPATCHED
    assert life.ticket(part.number).anonymous == life.ticket(number).anonymous
    assert life.events(number, Action.SPLIT)[0].facts == {"into": part.number}
    with life.storage.read() as session:
        parts = progress(session, number, life.rules, life.now).parts
    assert [each.number for each in parts] == [part.number]
    assert MARKET in life.holders(part.number)
