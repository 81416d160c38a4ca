"""One case for many reporters, while each stays on an own ticket (并单不并人)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from complaints.audit.chain import record
from complaints.duplicates.following import also_reported, followers_of, main_of
from complaints.lifecycle.act import SYSTEM, Actor, NotAllowed
from complaints.lifecycle.inheriting import hand_on
from complaints.lifecycle.merging import (
    follow_case,
    merge_ticket,
    reporters_to_tell,
    split_from_merge,
)
from complaints.lifecycle.reporting import supplement_ticket
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import Role, State
from complaints.lifecycle.tasks import TaskKind, add_task
from complaints.model import Kind
from complaints.storage.tables import Barred, Delivery, Event, Task
from tests.unit.complaints.conftest import MONDAY
from tests.unit.complaints.duplicates.conftest import CLERK

LATER = MONDAY + timedelta(hours=3)


def queues(session, ticket):
    rows = session.scalars(
        select(Delivery).where(Delivery.ticket_id == ticket.id, Delivery.ended_at.is_(None))
    )
    return {row.bureau: row.changed_at for row in rows}


def test_a_merged_ticket_leaves_the_queues_and_keeps_number_and_receipt(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        number, receipt = other.number, other.receipt_hash
        merge_ticket(session, other, main, CLERK, rules, LATER)
        assert other.state == State.MERGED
        assert (other.number, other.receipt_hash) == (number, receipt)
        assert queues(session, other) == {}
        assert main_of(session, other) is main
        assert main_of(session, main) is main
        assert other.events[-1].facts == {"into": main.number}


def test_the_bureau_finds_the_main_ticket_changed_and_its_reporter_sees_no_step(
    storage, rules, file
):
    with storage.write() as session:
        main, other = file(session), file(session, detail="六楼还有一个班，也在周六上课")
        before, steps = dict(queues(session, main)), len(main.events)
        merge_ticket(session, other, main, CLERK, rules, LATER)
        session.expire(main, ["events"])
        assert all(at > before[bureau] for bureau, at in queues(session, main).items())
        assert len(main.events) == steps
        also = also_reported(session, main)
        assert also.reporters == 1
        assert "另有1人反映同一事项" in also.text
        assert any("六楼还有一个班" in words for words in also.added)
        assert other.number not in also.text + "".join(also.added)


def test_what_a_follower_adds_reaches_the_office_of_the_main_ticket(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        merge_ticket(session, other, main, CLERK, rules, LATER)
        supplement_ticket(session, other.number, "这周日又上课了", rules, LATER)
        assert "这周日又上课了" in also_reported(session, main).added
        assert main.state != State.MERGED


def test_the_same_reporter_twice_is_one(storage, rules, file):
    with storage.write() as session:
        main, other = file(session, reporter_mark="m"), file(session, reporter_mark="m")
        merge_ticket(session, other, main, CLERK, rules, LATER)
        assert also_reported(session, main).reporters == 0
        assert also_reported(session, main).text == "同一举报人又反映过这件事。"


def test_chains_are_flattened(storage, rules, file):
    with storage.write() as session:
        first, second, third = file(session), file(session), file(session)
        merge_ticket(session, third, second, CLERK, rules, LATER)
        merge_ticket(session, second, first, CLERK, rules, LATER)
        assert followers_of(session, first) == [second, third]
        assert followers_of(session, second) == []
        assert reporters_to_tell(session, first) == [first, second, third]


def refused(session, ticket, main, rules, actor=CLERK):
    with pytest.raises(NotAllowed) as why:
        merge_ticket(session, ticket, main, actor, rules, LATER)
    assert ticket.merged_into is None
    return why.value.code


def test_it_is_refused_into_itself_or_into_what_is_over(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        assert refused(session, other, other, rules) == "same_ticket"
        for state in State:
            if not state.is_owed:
                main.state = state
                assert refused(session, other, main, rules) == "main_not_open"


def test_it_is_refused_at_another_registered_party(storage, rules, file):
    bodies = [p for p in rules.city.parties.values() if p.party_class == "subject"]
    with storage.write() as session:
        main = file(session, subject_party=bodies[0].name)
        other = file(session, subject_party=bodies[-1].name)
        assert refused(session, other, main, rules) == "other_party"


def test_an_urgent_ticket_is_not_hidden_in_another(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session, urgent=True)
        assert refused(session, other, main, rules) == "urgent"
        merge_ticket(session, main, other, CLERK, rules, LATER)


@pytest.mark.parametrize("of_main", [True, False])
def test_a_barred_clerk_cannot_merge(storage, rules, file, of_main):
    with storage.write() as session:
        main, other = file(session), file(session)
        barred = main if of_main else other
        session.add(Barred(ticket_id=barred.id, who="staff:xu", reason="interest"))
        session.flush()
        assert refused(session, other, main, rules) == "barred"


def test_an_office_never_gets_by_merging_what_it_is_barred_from(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        session.add(Barred(ticket_id=other.id, who=main.lead, reason="reported"))
        session.flush()
        assert refused(session, other, main, rules) == "barred"


def test_a_bureau_cannot_merge(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        assert refused(session, other, main, rules, Actor(main.lead, Role.LEAD)) == "wrong_role"


def test_tasks_end_with_the_merger_but_a_risk_goes_on_at_the_main_ticket(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        helper = next(b.id for b in rules.city.bureaus.values() if b.function == "fire")
        for kind in (TaskKind.CO_HANDLING, TaskKind.RISK):
            add_task(session, other, kind, helper, "worker", rules, MONDAY)
        merge_ticket(session, other, main, CLERK, rules, LATER)
        open_tasks = session.scalars(select(Task).where(Task.done_at.is_(None))).all()
        assert [(t.kind, t.ticket_id) for t in open_tasks if t.bureau == helper] == [
            ("risk", main.id)
        ]


def test_who_follows_a_case_is_merged_by_the_system(storage, rules, file):
    with storage.write() as session:
        main, own = file(session), file(session)
        assert follow_case(session, own, main, rules, LATER)
        assert (own.state, own.events[-1].role) == (State.MERGED, Role.SYSTEM)


def test_who_follows_a_case_that_was_answered_meanwhile_keeps_a_ticket(storage, rules, file):
    with storage.write() as session:
        main, own = file(session), file(session)
        main.state = State.ANSWERED
        before = own.state
        assert not follow_case(session, own, main, rules, LATER)
        assert own.state == before
        assert queues(session, own)


def test_a_wrong_merger_is_undone(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        merge_ticket(session, other, main, CLERK, rules, LATER)
        split_from_merge(session, other, CLERK, rules, LATER)
        assert (other.state, other.merged_into) == (State.ACCEPTED, None)
        assert set(queues(session, other)) == {rules.city.hotline.id}
        assert followers_of(session, main) == []
        with pytest.raises(NotAllowed):
            split_from_merge(session, main, CLERK, rules, LATER)


def test_a_withdrawn_main_ticket_leaves_its_case_to_the_next_reporter(storage, rules, file):
    with storage.write() as session:
        main, second, third = file(session), file(session), file(session)
        for other in (second, third):
            merge_ticket(session, other, main, CLERK, rules, LATER)
        assert hand_on(session, main, None, CLERK, rules, LATER) is second
        assert (second.state, second.lead) == (State.DISPATCHED, main.lead)
        assert main.lead in queues(session, second)
        assert main_of(session, third) is second
        assert followers_of(session, main) == []
        assert hand_on(session, third, None, CLERK, rules, LATER) is None


def test_a_second_matter_becomes_a_ticket_of_its_own(storage, rules, file):
    with storage.write() as session:
        parent = file(session, detail="周六上课，另外退费也不给退")
        part = split_ticket(
            session, parent, Kind.TRAINING_FEES_REFUND, "退费一直不给退", CLERK, rules, LATER
        )
        assert (part.split_from, part.receipt_hash) == (parent.id, None)
        assert (part.kind, part.party_id) == ("training_fees_refund", parent.party_id)
        assert part.matter_code != parent.matter_code
        first = session.scalars(
            select(Event).where(Event.ticket_id == part.id).order_by(Event.seq).limit(1)
        ).one()
        assert (first.action, first.role) == ("file", Role.HOTLINE)
        last = session.scalars(
            select(Event).where(Event.ticket_id == parent.id).order_by(Event.seq.desc()).limit(1)
        ).one()
        assert (last.action, last.facts) == ("split", {"into": part.number})
        assert queues(session, part)


def test_who_is_barred_from_a_ticket_is_barred_from_its_part(storage, rules, file):
    with storage.write() as session:
        parent = file(session)
        session.add(Barred(ticket_id=parent.id, who="luming-education", reason="reported"))
        session.flush()
        part = split_ticket(
            session, parent, Kind.OVER_HOURS_TRAINING, "晚上九点半还在上课", CLERK, rules, LATER
        )
        assert session.get(Barred, (part.id, "luming-education"))
        assert part.lead != "luming-education"
        assert "luming-education" not in queues(session, part)


def test_a_part_needs_words(storage, rules, file):
    with storage.write() as session:
        parent = file(session)
        with pytest.raises(NotAllowed):
            split_ticket(session, parent, Kind.TRAINING_ADS, "  ", CLERK, rules, LATER)


def test_only_hotline_and_system_merge_and_the_chain_says_who(storage, rules, file):
    with storage.write() as session:
        main, other = file(session), file(session)
        merge_ticket(session, other, main, SYSTEM, rules, LATER)
        record(session, other, action="read", role="hotline", actor="xu", at=LATER)
        merged = next(event for event in other.events if event.action == "merge")
        assert merged.actor == "worker"
