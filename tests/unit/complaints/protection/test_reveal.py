"""Personal data are shown for a reason, after a second person's yes, for a day, and it is noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from complaints.audit.check import check_storage
from complaints.filing import file_report
from complaints.lifecycle.act import (
    Actor,
    NotAllowed,
    NotFound,
    Role,
    put_in_queue,
    take_from_queues,
)
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.protection.personal_fields import keep_field
from complaints.protection.readings import readings_of
from complaints.protection.retention import erase
from complaints.protection.retention_rules import What
from complaints.protection.reveal import (
    ask_reveal,
    decide_reveal,
    read_revealed,
    reveals_of,
)
from complaints.storage.tables import Barred, Delivery, Event, Ticket
from tests.unit.complaints.conftest import MONDAY

PHONE, TOLD = "139" + "00002222", "我儿子是三年二班的林小满"
WHY = "需要到场取证，先与举报人约时间"
WANG, ZHAO = Actor("wang", Role.HOTLINE), Actor("zhao", Role.HOTLINE)
HOUR = timedelta(hours=1)


class Case:
    """A ticket with personal data, and what is done about it, each step a transaction."""

    def __init__(self, storage, number: str) -> None:
        self.storage, self.number = storage, number
        with storage.read() as session:
            self.bureau = Actor(self._ticket(session).lead, Role.LEAD)

    def _ticket(self, session) -> Ticket:
        return session.scalars(select(Ticket).where(Ticket.number == self.number)).one()

    def ask(self, who: Actor, why: str = WHY, at=MONDAY) -> int:
        with self.storage.write() as session:
            return ask_reveal(session, self._ticket(session), who, why, at).id

    def decide(self, reveal: int, who: Actor, yes: bool = True, at=MONDAY) -> None:
        with self.storage.write() as session:
            decide_reveal(session, reveal, who, yes, at)

    def read(self, who: Actor, at=MONDAY) -> dict[str, str]:
        with self.storage.write() as session:
            shown = read_revealed(session, self._ticket(session), who, at)
            assert PHONE not in str(shown)
            return {one.kind.value: one.value for one in shown}

    def refused(self, step, *args, **given) -> str:
        with pytest.raises(NotAllowed) as refusal:
            step(*args, **given)
        return refusal.value.code

    def change(self, **values) -> None:
        with self.storage.write() as session:
            ticket = self._ticket(session)
            for name, value in values.items():
                setattr(ticket, name, value)

    def erase(self) -> None:
        """The ticket is closed, and what it holds of a person erased."""
        self.change(state="closed", closed_at=MONDAY)
        with self.storage.write() as session:
            erase(session, self._ticket(session), [What.PERSONAL], "test", MONDAY)

    def bar(self, who: str) -> None:
        with self.storage.write() as session:
            session.add(Barred(ticket_id=self._ticket(session).id, who=who, reason="registered"))


@pytest.fixture
def case(storage, rules, report) -> Case:
    number = file_report(storage, rules, report, "h", MONDAY).number
    case = Case(storage, number)
    with storage.write() as session:
        ticket = case._ticket(session)
        put_in_queue(session, ticket, case.bureau.id, Role.LEAD, MONDAY)
        for kind, value in (("phone", PHONE), ("told", TOLD), ("push", "web-17")):
            keep_field(session, kind, value, MONDAY, ticket_id=ticket.id)
    return case


@pytest.mark.parametrize("asker", ["clerk", "bureau"])
def test_asked_approved_read_and_all_of_it_noted(case, rules, asker):
    who = WANG if asker == "clerk" else case.bureau
    reveal = case.ask(who)
    case.decide(reveal, ZHAO)
    assert case.read(who) == {"phone": PHONE, "told": TOLD}  # where news is pushed is no reading
    with case.storage.read() as session:
        id_ = case._ticket(session).id
        events = session.scalars(select(Event).order_by(Event.seq.desc()).limit(3)).all()
        assert [event.action for event in events] == ["revealed", "reveal_decided", "reveal_asked"]
        assert [event.actor for event in events] == [who.id, "zhao", who.id]
        noted = str([(event.text, event.facts) for event in events])
        assert not any(content in noted for content in (PHONE, TOLD, WHY))
        assert [(look.actor, look.way) for look in readings_of(session, id_)] == [
            (who.id, "reveal")
        ]
        assert [row.reason for row in reveals_of(session, id_)] == [WHY]


def test_the_chain_of_events_holds_after_it(case, tmp_path):
    case.decide(case.ask(WANG), ZHAO)
    case.read(WANG)
    assert check_storage(case.storage, tmp_path / "none").faults == ()


def test_nothing_is_shown_without_a_reason_and_a_second_person(case):
    assert case.refused(case.ask, WANG, "  ") == "reason_required"
    assert case.refused(case.read, WANG) == "not_approved"
    reveal = case.ask(WANG)
    assert case.refused(case.read, WANG) == "not_approved"
    assert case.refused(case.decide, reveal, WANG) == "own_request"
    assert case.refused(case.decide, reveal, case.bureau) == "wrong_role"
    assert case.refused(case.ask, WANG) == "already_asked"
    case.decide(reveal, ZHAO, yes=False)
    assert case.refused(case.read, WANG) == "not_approved"
    assert case.refused(case.decide, reveal, ZHAO) == "already_decided"


def test_an_approval_is_for_who_asked_and_ends_after_a_day(case):
    case.decide(case.ask(WANG), ZHAO, at=MONDAY + HOUR)
    assert case.refused(case.read, ZHAO) == "not_approved"
    assert case.refused(case.read, case.bureau) == "not_approved"
    assert case.read(WANG, at=MONDAY + 24 * HOUR)
    assert case.refused(case.read, WANG, at=MONDAY + 25 * HOUR) == "expired"
    assert case.ask(WANG, at=MONDAY + 26 * HOUR)


def test_a_clerk_called_like_a_bureau_is_not_that_bureau(case):
    namesake = Actor(case.bureau.id, Role.HOTLINE)
    case.decide(case.ask(case.bureau), ZHAO)
    assert case.refused(case.read, namesake) == "not_approved"


def test_who_is_barred_may_neither_ask_nor_decide_nor_read(case):
    reveal, bureaus = case.ask(WANG), case.ask(case.bureau)
    case.bar("staff:zhao")
    with pytest.raises(NotFound) as unknown:
        case.decide(4711, ZHAO)
    with pytest.raises(NotFound) as kept_from:
        case.decide(reveal, ZHAO)
    assert str(kept_from.value) == str(unknown.value)
    assert case.refused(case.ask, ZHAO) == "barred"
    case.decide(bureaus, WANG)
    case.bar(case.bureau.id)
    assert case.refused(case.read, case.bureau) == "barred"


def test_only_offices_that_have_the_ticket_may_see_it(case):
    assert case.refused(case.ask, Actor("elsewhere", Role.LEAD)) == "not_yours"
    for role in (Role.REPORTER, Role.SYSTEM):
        assert case.refused(case.ask, Actor("x", role)) == "wrong_role"
    case.decide(case.ask(case.bureau), ZHAO)
    with case.storage.write() as session:
        session.query(Delivery).update({"ended_at": MONDAY})
    assert case.refused(case.read, case.bureau) == "not_yours"


def test_an_approval_does_not_come_back_with_the_ticket(case):
    case.decide(case.ask(case.bureau), ZHAO)
    case.decide(case.ask(WANG), ZHAO)
    with case.storage.write() as session:
        take_from_queues(session, case._ticket(session), MONDAY + HOUR)
    with case.storage.write() as session:
        put_in_queue(session, case._ticket(session), case.bureau.id, Role.LEAD, MONDAY + HOUR)
    assert case.refused(case.read, case.bureau, at=MONDAY + HOUR) == "expired"
    assert case.read(WANG, at=MONDAY + HOUR)  # the hotline always had it
    case.decide(case.ask(case.bureau, at=MONDAY + HOUR), ZHAO, at=MONDAY + HOUR)
    assert case.read(case.bureau, at=MONDAY + 2 * HOUR)


def test_a_bureau_that_stays_keeps_its_approval_when_another_one_leaves(case):
    case.decide(case.ask(case.bureau), ZHAO)
    with case.storage.write() as session:
        take_from_queues(session, case._ticket(session), MONDAY, keep=[case.bureau.id])
    assert case.read(case.bureau)


def test_nothing_is_allowed_to_a_bureau_that_no_longer_has_the_ticket(case):
    reveal = case.ask(case.bureau)
    with case.storage.write() as session:
        take_from_queues(session, case._ticket(session), MONDAY)
    assert case.refused(case.decide, reveal, ZHAO) == "not_yours"
    case.decide(reveal, ZHAO, yes=False)


def test_a_withdrawn_or_erased_ticket_shows_nothing(case, rules):
    reveal = case.ask(case.bureau)
    case.decide(case.ask(WANG), ZHAO)
    with case.storage.write() as session:
        withdraw_ticket(session, case.number, rules, MONDAY)
    assert case.refused(case.read, WANG) == "gone"
    assert case.refused(case.decide, reveal, ZHAO) == "gone"
    case.decide(reveal, ZHAO, yes=False)
    case.erase()
    assert case.refused(case.read, WANG) == case.refused(case.ask, ZHAO) == "gone"


def test_what_is_told_after_an_erasure_can_be_asked_for_again(case):
    """A closed ticket lost the person on schedule, and is taken up again: the reporter writes anew."""
    case.erase()
    case.change(state="handling", closed_at=None)
    assert case.refused(case.ask, WANG) == "gone"
    with case.storage.write() as session:
        id_ = case._ticket(session).id
        keep_field(session, "told", "请打李小红的新电话", MONDAY, ticket_id=id_)
    case.decide(case.ask(WANG), ZHAO)
    assert case.read(WANG) == {"told": "请打李小红的新电话"}


def test_there_is_nothing_to_ask_for_where_nothing_is_kept(case):
    with case.storage.write() as session:
        session.execute(text("DELETE FROM personal_field WHERE kind <> 'push'"))
    assert case.refused(case.ask, WANG) == "nothing_kept"


def test_what_nobody_asked_cannot_be_decided(case):
    with pytest.raises(NotFound):
        case.decide(4711, ZHAO)
