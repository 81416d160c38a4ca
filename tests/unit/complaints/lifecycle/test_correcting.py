"""A clerk corrects the kind and the words: what follows from them changes too."""

from __future__ import annotations

from datetime import date

from complaints.lifecycle import correcting, handling, redacting
from complaints.lifecycle.act import is_barred
from complaints.lifecycle.dispatching import dispatch_ticket
from complaints.lifecycle.states import Action, State
from complaints.model import Kind
from complaints.offices.ticket_lists import Tab, list_tickets
from complaints.offices.triage import row_of
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date
from tests.unit.complaints.lifecycle.conftest import CLERK, EDUCATION


def test_a_corrected_kind_brings_its_own_matter_and_limit(life):
    number = life.unsure(detail="电梯里贴着保证提分的广告")
    assert life.ticket(number).matter_code == "J01"
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.TRAINING_ADS)
    ticket = life.ticket(number)
    assert (ticket.kind, ticket.matter_code) == ("training_ads", "J13")
    assert ticket.promised_on == date(2026, 12, 2)  # seven workdays, not five
    facts = life.events(number, Action.RECLASSIFY)[0].facts
    assert (facts["from"], facts["to"]) == ("over_hours_training", "training_ads")
    assert ticket.routing["facts"]["kind"] == "over_hours_training"


def test_the_kind_is_corrected_too_where_a_bureau_handles_it_or_waits_for_the_reporter(life):
    """Silence accepts: a wrong kind is often seen only then, and its limits hold from filing on."""
    handled = life.file(detail="电梯里贴着保证提分的广告")
    waiting = life.file(detail="门口贴着保证提分的广告")
    life.sign(handled)
    life.sign(waiting)
    life.do(handling.pause_ticket, waiting, life.lead(waiting), "在哪个门？")
    for number, state in ((handled, State.HANDLING), (waiting, State.PAUSED)):
        life.do(correcting.reclassify_ticket, number, CLERK, Kind.TRAINING_ADS)
        ticket = life.ticket(number)
        assert (ticket.state, ticket.matter_code) == (state, "J13")
        assert ticket.promised_on == date(2026, 12, 2)
    assert "resume" in life.timers(waiting)


def test_an_answer_is_late_at_once_where_the_corrected_matter_has_fewer_days(life):
    """That stays to be seen while the reporter is asked."""
    number = life.file(detail="周六上课的地方消防通道堵死了，灭火器也过期")
    life.sign(number)
    life.until("11-26 10:00")
    life.do(handling.pause_ticket, number, life.lead(number), "在几楼？")
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.VENUE_SAFETY)
    life.work()
    ticket = life.ticket(number)
    assert (ticket.state, ticket.urgent, ticket.overdue) == (State.PAUSED, True, True)
    seen = row_of(ticket, life.rules, shanghai_date(life.now))
    assert (seen.overdue, seen.promised_on) == (True, date(2026, 11, 24))
    for tab in (Tab.DUE, Tab.PAUSED):
        about = "xu", tab, 1, 10, shanghai_date(life.now)
        listed = list_tickets(life.storage, life.rules, *about)
        assert [row.number for row in listed.rows] == [number]


def test_the_same_kind_is_no_correction(life):
    number = life.unsure()
    same = (CLERK, Kind.OVER_HOURS_TRAINING)
    assert life.refused(correcting.reclassify_ticket, number, *same) == "same_kind"


def test_a_matter_that_turns_out_to_be_urgent_is_urgent(life):
    number = life.unsure(detail="周六上课的地方消防通道堵死了，灭火器也过期")
    assert not life.ticket(number).urgent
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.VENUE_SAFETY)
    ticket = life.ticket(number)
    assert (ticket.matter_code, ticket.urgent) == ("J23", True)
    assert ticket.promised_on == date(2026, 11, 24)


def test_who_turns_out_to_be_complained_of_loses_the_ticket(life):
    """Where a party knows who reported it (J39), its own supervisor is passed over."""
    told = "周六上课的机构知道是我举报的，打电话骂我"
    number = life.file(kind=Kind.NOT_EDUCATION, detail=told)
    life.do(dispatch_ticket, number, CLERK, EDUCATION)
    life.do(correcting.reclassify_ticket, number, CLERK, Kind.OVER_HOURS_TRAINING)
    ticket = life.ticket(number)
    assert (ticket.matter_code, ticket.lead) == ("J39", "tinglan-education")
    assert EDUCATION not in life.holders(number)
    with life.storage.read() as session:
        assert is_barred(session, session.get_one(Ticket, ticket.id), EDUCATION)


def test_corrected_words_are_what_the_bureau_reads_and_are_checked(life):
    number = life.file(detail="我叫陈砚秋，我儿子三年二班，周六还在上课")
    assert life.ticket(number).to_check
    assert life.refused(redacting.redact_ticket, number, CLERK, " ") == "text_required"
    life.do(redacting.redact_ticket, number, CLERK, "周六还在上课")
    ticket = life.ticket(number)
    assert (ticket.detail, ticket.to_check) == ("周六还在上课", False)
