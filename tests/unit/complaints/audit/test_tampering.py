"""Whoever changes, removes, adds or reorders what happened without the key is found out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from complaints.audit.chain import hash_event, hash_text, record
from complaints.audit.check import check_storage
from complaints.audit.faults import FaultKind, Faults
from complaints.audit.witness import HeadWentBack, read_heads, witness_head
from complaints.storage import Storage
from complaints.storage.tables import ChangeClock, Event, Ticket
from tests.keys import KEYS
from tests.unit.complaints.audit.conftest import HISTORY, HOUR, START, new_ticket

SHIFT = "UPDATE event SET seq = seq + {by} WHERE seq > {after}"


@pytest.fixture(autouse=True)
def history(chained: Storage) -> Storage:
    return chained


def test_what_nobody_touched_is_without_fault(storage, witness):
    report = check_storage(storage, witness)
    assert (report.checked, report.tickets, report.faults) == (len(HISTORY), 3, ())
    assert (report.adopted, report.witnessed, report.more) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("actor = 'somebody'", "changed"),
        ("role = 'lead'", "changed"),
        ("action = 'sign'", "changed"),
        ("state = 'closed'", "changed"),
        ("""facts = '{"finding": "unsubstantiated"}'""", "changed"),
        ("facts = '{}'", "changed"),
        ("at = '2026-11-20 02:00:00.000000'", "changed"),
        ("ticket_id = (SELECT id FROM ticket WHERE number = 'T2')", "changed"),
        ("hash = 'guessed'", "changed"),
        ("text = '没有退费'", "text_changed"),
        ("text_hash = 'guessed'", "text_changed"),
    ],
)
def test_a_changed_row_is_named(tamper, found, change, kind):
    tamper(f"UPDATE event SET {change} WHERE seq = 8")
    faults = found()
    assert kind in {what for what, _, _ in faults}
    assert {seq for what, seq, _ in faults if what == kind} == {8}


def test_only_the_changed_row_is_named(tamper, found):
    tamper("UPDATE event SET actor = 'somebody' WHERE seq = 2")
    assert found() == {("changed", 2, "T1")}


def test_a_text_that_was_made_to_vanish(tamper, found):
    tamper("UPDATE event SET text = NULL WHERE seq = 6")
    assert found() == {("text_missing", 6, "T2")}


def test_a_text_that_was_put_where_none_was(tamper, found):
    tamper("UPDATE event SET text = '他撤诉了' WHERE seq = 4")
    assert found() == {("text_changed", 4, "T1")}


@pytest.mark.parametrize("seq", range(1, len(HISTORY) + 1))
def test_a_row_that_was_removed(tamper, found, seq):
    tamper(f"DELETE FROM event WHERE seq = {seq}")
    kind = "end" if seq == len(HISTORY) else "missing"
    assert (kind, seq, None) in found()


def test_a_row_that_was_removed_and_the_hole_closed(tamper, found):
    tamper(
        "DELETE FROM event WHERE seq = 5",
        SHIFT.format(by=1000, after=5),
        "UPDATE event SET seq = seq - 1001 WHERE seq > 1000",
        "UPDATE change_clock SET event_seq = event_seq - 1",
    )
    assert {("changed", seq, n) for seq, n in ((5, "T2"), (9, "T3"))} <= found()


def test_two_rows_that_were_swapped(tamper, found):
    tamper(
        "UPDATE event SET seq = 1002 WHERE seq = 2",
        "UPDATE event SET seq = 2 WHERE seq = 4",
        "UPDATE event SET seq = 4 WHERE seq = 1002",
    )
    faults = found()
    assert {("changed", 2, "T1"), ("changed", 4, "T1")} <= faults
    assert "order" in {kind for kind, _, _ in faults}


def test_a_row_that_was_added_at_the_end(tamper, found):
    insert = (
        "INSERT INTO event (id, seq, ticket_id, at, action, role, actor, state, facts, hash)"
        " SELECT 999, 11, id, '2026-11-23 14:00:00.000000', 'withdraw', 'reporter', 'reporter',"
        " 'withdrawn', '{}', :hash FROM ticket WHERE number = 'T1'"
    )
    tamper(insert, hash="c" * 64)
    assert ("forged", 11, "T1") in found()
    tamper("UPDATE change_clock SET event_seq = 11, event_hash = :hash", hash="c" * 64)
    assert ("changed", 11, "T1") in found()
    at = "'2026-11-23 14:00:00.000000'"
    tamper(f"UPDATE ticket SET state = 'withdrawn', closed_at = {at} WHERE number = 'T1'")
    assert found() == {("changed", 11, "T1")}


def test_a_row_that_was_pushed_in_between(tamper, found):
    tamper(
        SHIFT.format(by=1000, after=4),
        "UPDATE event SET seq = seq - 999 WHERE seq > 1000",
        "INSERT INTO event (id, seq, ticket_id, at, action, role, actor, state, facts, hash)"
        " SELECT 999, 5, id, '2026-11-23 05:30:00.000000', 'sign', 'lead', 'b', 'handling', '{}',"
        " 'guessed' FROM ticket WHERE number = 'T1'",
        "UPDATE change_clock SET event_seq = 11",
    )
    faults = found()
    assert ("changed", 5, "T1") in faults and ("changed", 6, None) in faults


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("state = 'closed'", "state"),
        ("kind = 'venue_safety'", "ticket_kind"),
        ("detail = '收费都公示了'", "detail"),
        ("filed_at = '2026-11-25 02:00:00.000000'", "filed_at"),
    ],
)
def test_a_ticket_that_was_changed_past_its_events(tamper, found, change, kind):
    for number in ("T1", "T2"):
        tamper(f"UPDATE ticket SET {change} WHERE number = '{number}'")
        assert (kind, None, number) in found()


def test_a_ticket_that_was_removed_with_all_its_events(tamper, found):
    tamper(
        "DELETE FROM event WHERE ticket_id = (SELECT id FROM ticket WHERE number = 'T2')",
        "DELETE FROM ticket WHERE number = 'T2'",
    )
    faults = found()
    assert {("missing", 3, None), ("missing", 6, None)} <= faults


def test_a_ticket_that_was_removed_alone(tamper, found):
    tamper("DELETE FROM ticket WHERE number = 'T2'")
    assert found() == {("no_ticket", 3, None)}


def test_a_ticket_that_was_put_in_without_events(storage, found):
    with storage.write() as session:
        session.add(new_ticket("T9", START))
    assert found() == {("no_events", None, "T9")}


def test_the_noted_end_of_the_chain_is_held_against_the_rows(tamper, found):
    tamper("UPDATE change_clock SET event_seq = 12")
    assert ("end", 11, None) in found()
    tamper("DELETE FROM change_clock")
    assert ("end", 10, None) in found()


def test_a_clock_set_back_makes_the_last_rows_look_forged(tamper, found):
    tamper(
        "UPDATE change_clock SET event_seq = 8, event_hash = (SELECT hash FROM event WHERE seq = 8)"
    )
    assert {("forged", 9, "T3"), ("forged", 10, "T3")} <= found()


class TestWitness:
    """Noted ends of the chain find what the database alone can hide."""

    def cut_off(self, tamper) -> None:
        """Remove the last two events and everything that tells of them."""
        tamper(
            "DELETE FROM event WHERE seq > 8",
            "DELETE FROM ticket WHERE number = 'T3'",
            "UPDATE change_clock SET event_seq = 8,"
            " event_hash = (SELECT hash FROM event WHERE seq = 8)",
        )

    def test_an_end_that_was_cut_off_cleanly(self, storage, tamper, found, witness):
        assert witness_head(storage, witness, START)
        self.cut_off(tamper)
        assert found() == {("rolled_back", 10, None)}

    def test_without_a_witness_it_is_not_seen(self, tamper, found):
        """This is why there is one, and why it must lie elsewhere as well."""
        self.cut_off(tamper)
        assert found() == set()

    def test_a_chain_that_was_written_anew_with_the_key(self, storage, found, witness):
        witness_head(storage, witness, START)
        rewrite(storage, KEYS.audit)
        assert found() == {("rewritten", 10, None)}

    def test_heads_are_noted_only_when_they_moved(self, storage, witness):
        assert witness_head(storage, witness, START)
        assert not witness_head(storage, witness, START + HOUR)
        go_on(storage)
        assert witness_head(storage, witness, START + 2 * HOUR)
        assert [head.seq for head in read_heads(witness)] == [10, 11]
        assert witness.stat().st_mode & 0o077 == 0
        report = check_storage(storage, witness)
        assert (report.faults, report.witnessed) == ((), 2)

    def test_an_empty_chain_is_not_noted(self, storage, tamper, witness):
        tamper("UPDATE change_clock SET event_seq = 0, event_hash = ''")
        assert not witness_head(storage, witness, START)
        assert not witness.exists()

    def test_a_chain_that_went_back_is_not_noted_over(self, storage, tamper, witness):
        witness_head(storage, witness, START)
        noted = witness.read_bytes()
        self.cut_off(tamper)
        with pytest.raises(HeadWentBack):
            witness_head(storage, witness, START)
        assert witness.read_bytes() == noted

    def test_grown_again_after_a_rollback_it_still_differs(self, storage, tamper, found, witness):
        witness_head(storage, witness, START)
        self.cut_off(tamper)
        for _ in range(3):
            go_on(storage)
        assert witness_head(storage, witness, START)
        assert found() == {("rewritten", 10, None)}

    def test_a_line_that_a_crash_cut_off_is_passed_over(self, storage, witness):
        witness_head(storage, witness, START)
        with witness.open("a") as file:
            file.write('{"seq": 11, "ha')
        go_on(storage)
        assert witness_head(storage, witness, START)
        assert [head.seq for head in read_heads(witness)] == [10, 11]


def test_a_chain_made_anew_with_another_key_fits_nowhere(storage, found):
    rewrite(storage, b"x" * 32)
    assert len([kind for kind, _, _ in found() if kind == "changed"]) == len(HISTORY)


def test_the_list_of_faults_is_bounded():
    faults = Faults(most=3)
    for seq in range(5):
        faults.add(FaultKind.CHANGED, seq)
    assert (len(faults.kept), faults.total) == (3, 5)


def test_texts_erased_on_schedule_leave_the_chain_whole(storage, found):
    erase(storage, {"texts": 2})
    assert found() == set()


def test_an_erasure_of_something_else_excuses_no_lost_text(storage, found):
    erase(storage, {"fields": 1})
    assert ("text_missing", 6, "T2") in found()


def test_words_put_in_after_the_erasure(storage, tamper, found):
    erase(storage, {"texts": 2})
    tamper("UPDATE ticket SET detail = '从来没有收费' WHERE number = 'T2'")
    assert found() == {("detail", None, "T2")}


def test_a_corrected_text_is_the_one_that_counts(storage, tamper, found):
    with storage.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == "T1")).one()
        ticket.detail = "改正后的文字"
        facts = {"detail_hash": hash_text(ticket.detail, KEYS.audit)}
        record(
            session, ticket, action="redact", role="hotline", actor="clerk", at=START, facts=facts
        )
    assert found() == set()
    tamper("UPDATE ticket SET detail = 'T1：收费没有公示' WHERE number = 'T1'")
    assert found() == {("detail", None, "T1")}


def test_words_said_later_that_a_clerk_corrected_are_those_that_count(storage, tamper, found):
    with storage.write() as session:
        said = session.scalars(select(Event).where(Event.text.is_not(None)).limit(1)).one()
        ticket, said.text = session.get_one(Ticket, said.ticket_id), "改正后的话"
        facts = {"event": said.seq, "said_hash": hash_text(said.text, KEYS.audit)}
        record(
            session, ticket, action="redact", role="hotline", actor="clerk", at=START, facts=facts
        )
        seq, number = said.seq, ticket.number
    assert found() == set()
    tamper(f"UPDATE event SET text = '从来没有收费' WHERE seq = {seq}")
    assert found() == {("text_changed", seq, number)}


def test_faults_are_read_by_people(storage, tamper, witness):
    tamper("UPDATE event SET actor = 'x' WHERE seq = 8", "DELETE FROM event WHERE seq IN (5, 6)")
    said = [str(fault) for fault in check_storage(storage, witness).faults]
    assert said == [
        "第 5–6 条：记录缺失",
        "第 8 条，工单 T1：内容或散列被改动，或是伪造的",
    ]
    assert all(kind.label for kind in FaultKind)


def go_on(storage: Storage) -> None:
    """One more honest event."""
    with storage.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == "T1")).one()
        record(session, ticket, action="warn", role="system", actor="worker", at=START)


def erase(storage: Storage, counts: dict[str, int]) -> None:
    """What the schedule does with the texts of T2, recording these counts."""
    with storage.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == "T2")).one()
        session.execute(
            text("UPDATE event SET text = NULL WHERE ticket_id = :id"), {"id": ticket.id}
        )
        ticket.detail, ticket.subject_party = "（已按规定清除）", None
        record(
            session, ticket, action="erase", role="system", actor="worker",
            at=START + timedelta(days=900), facts={"rule": "r", "counts": counts},
        )  # fmt: skip


def rewrite(storage: Storage, key: bytes) -> None:
    """Change what the answer says, and compute the whole chain anew."""
    with storage.write() as session:
        before = ""
        for event in session.scalars(select(Event).order_by(Event.seq)):
            if event.action == "answer":
                event.facts = json.loads('{"finding": "unsubstantiated"}')
                session.get_one(Ticket, event.ticket_id).finding = "unsubstantiated"
            before = event.hash = hash_event(event, before, key)
        session.get_one(ChangeClock, 1).event_hash = before
