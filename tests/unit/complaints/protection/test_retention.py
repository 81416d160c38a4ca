"""What belongs to a closed ticket is erased on schedule; the statistics and a record of it stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from complaints.audit.check import check_storage
from complaints.delivery.due import run_due
from complaints.duplicates.search import candidate_of, find_duplicates
from complaints.filing import file_report
from complaints.lifecycle.act import Actor, NotAllowed, Role, State
from complaints.lifecycle.clockwork import handlers
from complaints.lifecycle.closing import close_ticket, reopen_ticket
from complaints.lifecycle.dispatching import reject_ticket, return_ticket
from complaints.lifecycle.handling import answer_ticket, sign_ticket
from complaints.lifecycle.merging import merge_ticket
from complaints.lifecycle.reporting import supplement_ticket, withdraw_ticket
from complaints.model import Kind
from complaints.protection.personal_fields import fields_of, keep_field
from complaints.protection.readings import note_reading, readings_of
from complaints.protection.rescheduling import reschedule_erasures
from complaints.protection.retention import CLEARED, due_erasures, erase, erase_due
from complaints.protection.retention_rules import RetentionRules, What, load_retention
from complaints.storage.tables import (
    Erasure,
    Event,
    EvidenceFile,
    LikenessBand,
    OutboxRow,
    PersonalField,
    Reading,
    Task,
    Ticket,
    Timer,
)
from datafiles import DataFileError
from tests.unit.complaints.conftest import MONDAY, ROOT

RULES = load_retention(ROOT / "data/routing")
CLERK, DAY = Actor("wang", Role.HOTLINE), timedelta(days=1)
PHONE, STORY = "139" + "00002222", "周六上午还在给五年级上数学课"


class Office:
    """Files tickets and takes them through their life, each step a transaction."""

    def __init__(self, storage, rules, report) -> None:
        self.storage, self.rules, self.report = storage, rules, report
        self.count = 0
        self.removed: list[str] = []  # files, by the worker

    def file(self, **changes) -> str:
        self.count += 1
        report = replace(self.report, intake_id=f"i-{self.count}", reporter_mark=f"m-{self.count}")
        report = replace(report, **changes)
        number = file_report(self.storage, self.rules, report, f"h-{self.count}", MONDAY).number
        with self.storage.write() as session:
            ticket = self.ticket(session, number)
            keep_field(session, "phone", PHONE, MONDAY, ticket_id=ticket.id)
            note_reading(session, [ticket.id], Role.HOTLINE, "wang", "page", MONDAY)
            session.add(
                EvidenceFile(
                    ref=f"{self.count:024x}", ticket_id=ticket.id, owner=f"m-{self.count}",
                    media_type="image/png", size=3, sha256="0" * 64, sealed_name=b"",
                    created_at=MONDAY,
                )
            )  # fmt: skip
        return number

    def ticket(self, session, number: str) -> Ticket:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def close(self, number: str, at=MONDAY) -> None:
        with self.storage.write() as session:
            ticket = self.ticket(session, number)
            lead = Actor(ticket.lead, Role.LEAD)
            if ticket.state == State.DISPATCHED:
                sign_ticket(session, ticket, lead, self.rules, at)
            if ticket.state == State.HANDLING:
                answer_ticket(session, ticket, lead, "已核实，已要求整改", self.rules, at)
            close_ticket(session, ticket, CLERK, None, self.rules, at)

    def withdraw(self, number: str, at=MONDAY) -> None:
        with self.storage.write() as session:
            withdraw_ticket(session, number, self.rules, at)

    def erase(self, number: str, what, rule: str = "test", at=MONDAY, **more) -> dict[str, int]:
        with self.storage.write() as session:
            return erase(session, self.ticket(session, number), what, rule, at, **more)

    def timers(self, number: str) -> dict[str, object]:
        """Rule → when, of the timers that wait."""
        with self.storage.read() as session:
            id_ = self.ticket(session, number).id
            rows = session.scalars(
                select(Timer).where(
                    Timer.ticket_id == id_, Timer.kind == "erase", Timer.done_at.is_(None)
                )
            )
            return {row.key.removeprefix(f"erase:{id_}:"): row.due_at for row in rows}

    def wake(self, at) -> None:
        """The worker's round at a time."""
        while run_due(self.storage, self.rules, handlers(self.removed.extend), at):
            pass

    def rows(self, table) -> int:
        with self.storage.read() as session:
            return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def office(storage, rules, report) -> Office:
    return Office(storage, rules, report)


def dump(storage) -> str:
    """Everything that stands in the database."""
    with storage.read() as session:
        names = storage.engine.dialect.get_table_names(session.connection())
        return "\n".join(
            str([bytes(v) if isinstance(v, memoryview) else v for v in row])
            for name in names
            for row in session.execute(text(f'SELECT * FROM "{name}"'))
        )


# When


def test_a_withdrawn_ticket_is_cleared_after_90_days_by_the_worker(office):
    number = office.file()
    office.withdraw(number)
    assert office.timers(number)["withdrawn"] == MONDAY + 90 * DAY
    office.wake(MONDAY + 89 * DAY)
    assert office.rows(PersonalField) >= 1
    office.wake(MONDAY + 90 * DAY)
    assert office.rows(PersonalField) == office.rows(EvidenceFile) == 0
    with office.storage.read() as session:
        ticket = office.ticket(session, number)
        assert ticket.detail == CLEARED and ticket.erased_at == MONDAY + 90 * DAY
        assert [(e.rule, e.ticket_id) for e in session.scalars(select(Erasure))] == [
            ("withdrawn", ticket.id)
        ]
    assert office.rows(Reading) == 1
    office.wake(MONDAY + 3000 * DAY)
    assert office.rows(Reading) == 0 and office.timers(number) == {}


def test_a_closed_one_loses_the_person_after_a_year_and_the_words_after_five(office):
    number = office.file()
    office.close(number)
    office.wake(MONDAY + 366 * DAY)
    with office.storage.read() as session:
        ticket = office.ticket(session, number)
        assert fields_of(session, ticket.id) == () and ticket.detail == STORY
    office.wake(MONDAY + 1826 * DAY)
    assert STORY not in dump(office.storage) and "已核实，已要求整改" not in dump(office.storage)


def test_each_kind_has_its_time(office):
    fees = office.file(kind=Kind.TRAINING_FEES_REFUND)
    for number in (fees, office.file()):
        office.close(number)
        personal = office.timers(number)
        assert ("refund_personal" in personal) == (number == fees)
        assert ("closed_personal" in personal) == (number != fees)


def test_a_rejected_one_is_kept_half_a_year(office, rules):
    number = office.file(kind_confidence=0.1)
    with office.storage.write() as session:
        reason = next(iter(rules.outcomes.rejections))
        reject_ticket(
            session, office.ticket(session, number), CLERK, reason, "请找别处", rules, MONDAY
        )
    assert office.timers(number)["rejected_personal"] == MONDAY + 180 * DAY


def test_nothing_is_due_of_an_open_ticket_and_nothing_can_be_erased(office):
    number = office.file()
    assert office.timers(number) == {}
    with pytest.raises(NotAllowed) as refusal:
        office.erase(number, list(What))
    assert refusal.value.code == "wrong_state"
    assert office.rows(PersonalField) >= 1 and office.rows(Erasure) == 0


def test_taken_up_again_its_timers_are_dropped_and_count_anew_from_the_next_closing(office, rules):
    number = office.file()
    office.close(number)
    with office.storage.write() as session:
        reopen_ticket(session, office.ticket(session, number), CLERK, "没有解决", rules, MONDAY)
    assert office.timers(number) == {}
    office.wake(MONDAY + 400 * DAY)
    assert office.rows(PersonalField) >= 1
    office.close(number, MONDAY + 400 * DAY)
    assert office.timers(number)["closed_personal"] == MONDAY + 765 * DAY


def test_taken_up_again_after_the_person_was_erased_it_is_found_as_the_same_matter(office, rules):
    number = office.file()
    office.close(number)
    office.wake(MONDAY + 366 * DAY)
    later = MONDAY + 367 * DAY
    with office.storage.write() as session:
        reopen_ticket(session, office.ticket(session, number), CLERK, "没有解决", rules, later)
    with office.storage.read() as session:
        ticket = office.ticket(session, number)
        told = replace(candidate_of(ticket), ticket_id=None)
        assert ticket.erased_at is not None
        assert [one.number for one in find_duplicates(session, told, rules)] == [number]


def test_a_merged_ticket_waits_for_the_one_it_went_into(office, rules):
    main, merged = office.file(), office.file()
    with office.storage.write() as session:
        one, other = office.ticket(session, merged), office.ticket(session, main)
        merge_ticket(session, one, other, CLERK, rules, MONDAY)
    assert office.timers(merged) == {}
    later = MONDAY + 30 * DAY
    office.close(main, later)
    assert office.timers(merged)["closed_personal"] == later + 365 * DAY
    with office.storage.write() as session:
        reopen_ticket(session, office.ticket(session, main), CLERK, "没有解决", rules, later)
    with office.storage.write() as session:
        gone = erase_due(
            session, office.ticket(session, merged), "closed_personal", RULES, later + 999 * DAY
        )
    assert gone == {}


def test_rules_that_changed_meanwhile_are_heeded(office):
    number = office.file()
    office.close(number)
    longer = {
        key: replace(rule, keep=rule.keep + 100 * DAY) if rule.id == "closed_personal" else rule
        for key, rule in RULES.rules.items()
    }
    renamed = {
        key: replace(rule, id="person") if rule.id == "closed_personal" else rule
        for key, rule in RULES.rules.items()
    }
    for rules, rule, due in (
        (longer, "closed_personal", MONDAY + 465 * DAY),
        (renamed, "person", MONDAY + 365 * DAY),
    ):
        with office.storage.write() as session:
            ticket = office.ticket(session, number)
            now = MONDAY + 365 * DAY
            gone = erase_due(session, ticket, "closed_personal", RetentionRules("", rules), now)
        assert gone == {} and office.timers(number)[rule] == due
    assert office.rows(Erasure) == 0


def with_days(days: int, id_: str = "closed_personal") -> RetentionRules:
    """The rules with another time, perhaps under another name, for persons of closed tickets."""
    changed = {
        key: replace(rule, keep=days * DAY, id=id_) if rule.id == "closed_personal" else rule
        for key, rule in RULES.rules.items()
    }
    return RetentionRules("", changed)


def test_a_shorter_time_reaches_tickets_that_were_closed_before(office, rules):
    closed, merged, still_open = office.file(), office.file(), office.file()
    with office.storage.write() as session:
        one, main = office.ticket(session, merged), office.ticket(session, closed)
        merge_ticket(session, one, main, CLERK, rules, MONDAY)
    office.close(closed)
    now = MONDAY + 10 * DAY
    assert reschedule_erasures(office.storage, RULES, now) == 0
    assert reschedule_erasures(office.storage, with_days(400), now) == 0
    assert office.timers(closed)["closed_personal"] == MONDAY + 365 * DAY
    assert reschedule_erasures(office.storage, with_days(30), now) == 2
    for number in (closed, merged):
        assert office.timers(number)["closed_personal"] == MONDAY + 30 * DAY
    assert office.timers(still_open) == {}
    assert reschedule_erasures(office.storage, with_days(30), now) == 0


def test_a_rule_of_another_name_takes_the_place_of_the_old_one(office):
    number = office.file()
    office.close(number)
    assert reschedule_erasures(office.storage, with_days(30, "persons"), MONDAY) == 1
    assert "closed_personal" not in office.timers(number)
    assert office.timers(number)["persons"] == MONDAY + 30 * DAY
    assert reschedule_erasures(office.storage, with_days(30, "persons"), MONDAY) == 0


def test_what_is_over_by_the_shorter_time_is_erased_at_once(office):
    number = office.file()
    office.close(number)
    now = MONDAY + 40 * DAY
    shorter = with_days(30)
    assert reschedule_erasures(office.storage, shorter, now) == 1
    office.rules = replace(office.rules, retention=shorter)
    office.wake(now)
    assert office.rows(PersonalField) == 0
    assert reschedule_erasures(office.storage, shorter, now) == 0


@given(
    st.sampled_from(State),
    st.sampled_from(Kind),
    st.integers(0, 3650).map(lambda days: MONDAY + days * DAY),
)
def test_all_that_is_kept_has_an_end_once_a_ticket_is_closed_and_none_before(state, kind, closed):
    due = due_erasures(RULES, Ticket(state=state, kind=kind, closed_at=closed))
    ends = [what for one in due for what in one.what]
    assert sorted(ends) == ([] if state.is_open else sorted(What))
    assert all(closed + 30 * DAY <= one.at <= closed + 3650 * DAY for one in due)
    assert [one.at for one in due] == sorted(one.at for one in due)


# What


def test_what_is_erased_is_nowhere_and_the_statistics_stay(office, rules, tmp_path):
    number = office.file(kind_confidence=0.95)
    words = "孩子说老师周日也叫他们去补课"
    with office.storage.write() as session:
        supplement_ticket(session, number, words, rules, MONDAY)
        id_ = office.ticket(session, number).id
        session.add(Task(ticket_id=id_, kind="co_handling", bureau="b", asked_by="x", asked_at=MONDAY,
                         text=words, answer=words))  # fmt: skip
    office.close(number)
    with office.storage.read() as session:
        before = dict(session.execute(select(Ticket.__table__)).mappings().one())
    removed: list[str] = []
    office.erase(number, list(What), at=MONDAY + DAY, remove_files=removed.extend)

    left = dump(office.storage)
    for said in (PHONE, words, STORY, before["subject_party"], before["reporter_mark"]):
        assert said not in left
    assert removed == [f"{1:024x}"]
    for table in (PersonalField, EvidenceFile, Reading, LikenessBand):
        assert office.rows(table) == 0
    with office.storage.read() as session:
        after = dict(session.execute(select(Ticket.__table__)).mappings().one())
        assert session.query(OutboxRow).filter_by(kind="push").count() == 0
        texts = session.execute(select(Event.text, Event.text_hash)).all()
        record = session.scalars(select(Erasure)).one()
        last = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
    kept = ("number", "state", "kind", "matter_code", "party_id", "district", "filed_at",
            "promised_on", "answered_at", "closed_at", "result", "finding", "solved",
            "satisfied", "reached", "dispatches", "reopened", "channel")  # fmt: skip
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert not any(text for text, _ in texts) and any(hashed for _, hashed in texts)
    assert record.counts == last.facts["counts"] and last.facts["rule"] == record.rule == "test"
    assert record.counts["fields"] >= 1 and record.counts["files"] == 1
    assert (last.action, last.role, last.state) == ("erase", "system", "closed")
    assert check_storage(office.storage, tmp_path / "none").faults == ()


def test_why_a_ticket_was_given_back_is_erased_with_the_other_words(office, rules, tmp_path):
    """Reason and basis are words of an official: they may name the reporter."""
    number = office.file(amount="王小明妈妈交的三千元")
    with office.storage.write() as session:
        ticket = office.ticket(session, number)
        lead, basis = Actor(ticket.lead, Role.LEAD), "王小明母亲在外区登记，手机" + PHONE
        return_ticket(session, ticket, lead, "不归我局", basis, rules, MONDAY)
        given_back = session.scalars(select(Event).where(Event.action == "return")).one()
        assert given_back.text == f"不归我局\n依据：{basis}"
        reason = next(iter(rules.outcomes.rejections))
        reject_ticket(session, ticket, CLERK, reason, "请找王小明的班主任", rules, MONDAY)
    office.erase(number, list(What))
    with office.storage.read() as session:
        facts = session.scalars(select(Event.facts)).all()
    assert "王小明" not in dump(office.storage) + str(facts)
    assert check_storage(office.storage, tmp_path / "none").faults == ()


@pytest.mark.parametrize("what", list(What))
def test_each_part_is_erased_by_itself(office, what):
    number, other = office.file(), office.file()
    for one in (number, other):
        office.close(one)
    office.erase(number, [what])
    with office.storage.read() as session:
        for one in (number, other):
            ticket = office.ticket(session, one)
            there = {
                What.PERSONAL: bool(fields_of(session, ticket.id)),
                What.EVIDENCE: session.query(EvidenceFile).filter_by(ticket_id=ticket.id).count(),
                What.TEXTS: ticket.detail != CLEARED,
                What.READINGS: bool(readings_of(session, ticket.id)),
            }
            gone = {part for part, is_there in there.items() if not is_there}
            assert gone == ({what} if one == number else set())


def test_what_is_gone_already_is_not_recorded_again(office):
    number = office.file()
    office.withdraw(number)
    assert office.erase(number, [What.PERSONAL])
    assert office.erase(number, [What.PERSONAL]) == {}
    assert office.rows(Erasure) == 1


def test_a_crash_after_the_files_are_gone_leaves_the_rest_to_the_next_round(office):
    number = office.file()
    office.withdraw(number)

    def crash(refs) -> None:
        raise OSError("the machine stops")

    with pytest.raises(OSError):
        office.erase(number, list(What), remove_files=crash)
    assert office.rows(EvidenceFile) == 1 and office.rows(Erasure) == 0
    assert office.erase(number, list(What), remove_files=lambda refs: None)["files"] == 1


# The file

ENTRY = """
- id: {id}
  states: [{states}]
  what: [{what}]
  days: {days}
  source: "系统默认，非法定"
  statutory: false
"""


def written(folder: Path, *extra: str) -> Path:
    (folder / "schema").mkdir(exist_ok=True)
    source = ROOT / "data/routing"
    for name in ("retention.yml", "schema/retention.json"):
        (folder / name).write_text((source / name).read_text(encoding="utf-8"), encoding="utf-8")
    with (folder / "retention.yml").open("a", encoding="utf-8") as file:
        file.write("".join(extra))
    return folder


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"id": "withdrawn"}, "is there twice"),
        ({"id": "again"}, "ruled by closed_texts already"),
        ({"id": "open", "states": "handling"}, "states"),
        ({"id": "short", "days": 7}, "days"),
        ({"id": "all", "what": "everything"}, "what"),
        ({"id": "kinds", "days": "90\n  kinds: [cooking]"}, "cooking"),
    ],
)
def test_a_mistake_in_the_file_names_line_and_field(tmp_path, entry, said):
    fields = {"states": "closed", "what": "texts", "days": 90} | entry
    lines = len((ROOT / "data/routing/retention.yml").read_text(encoding="utf-8").splitlines())
    with pytest.raises(DataFileError, match=said) as mistake:
        load_retention(written(tmp_path, ENTRY.format(**fields)))
    line = int(str(mistake.value).split("retention.yml:")[1].split(":")[0])
    assert line > lines


def test_a_state_without_a_rule_is_named(tmp_path):
    path = written(tmp_path) / "retention.yml"
    content = path.read_text(encoding="utf-8")
    path.write_text(
        content.replace("[closed, merged, rejected, withdrawn]", "[closed]"), encoding="utf-8"
    )
    with pytest.raises(DataFileError, match="readings of rejected"):
        load_retention(tmp_path)


def test_every_rule_says_where_its_number_comes_from():
    for (state, what), rule in product(product(State, What), RULES.rules.values()):
        assert rule.source and ("非法定" in rule.source) == (not rule.statutory), (state, what)
