"""When the answer to a ticket is due, told as what happened to it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from complaints.deadlines.clock import Mark, state_on
from complaints.deadlines.pauses import PauseLimits, pause_ends_on
from complaints.deadlines.tickets import last_return_day, step_deadline, ticket_deadline
from tests.unit.complaints.deadlines.history import shanghai, story

FILED = "2026-03-02 10:00 file dispatched"  # a Monday
SIGNED = "2026-03-02 15:00 sign handling"


@pytest.fixture
def due(deadlines):
    """The last day for the answer, by matter and day of looking."""

    def of(events, today, matter="J01", urgent=False):
        found = ticket_deadline(events, matter, urgent, deadlines, date.fromisoformat(today))
        return found and found.due_on.isoformat()

    return of


def test_filed_on_the_eve_of_national_day(due):
    eve = story("2025-09-30 16:00 file dispatched")
    # Five workdays: 9, 10, 11 (a Saturday that is worked), 13 and 14 October.
    assert due(eve, "2025-09-30") == "2025-10-14"
    assert due(eve, "2025-09-30", urgent=True) == "2025-10-09"


def test_filed_before_the_spring_festival_with_its_two_saturdays_worked(due):
    # 13 February 2026 is a Friday, 14 a worked Saturday, 15 to 23 the festival, 28 worked.
    filed = story("2026-02-13 09:00 file dispatched")
    assert due(filed, "2026-02-13") == "2026-02-27"
    assert due(filed, "2026-02-13", matter="J13") == "2026-03-02"


def test_the_day_ends_at_midnight_in_shanghai(due):
    assert due(story("2026-03-02 23:59 file pending"), "2026-03-02") == "2026-03-09"
    assert due(story("2026-03-03 00:01 file pending"), "2026-03-03") == "2026-03-10"


def test_what_was_promised_on_filing_is_what_the_events_say(deadlines, due):
    for matter in ("J01", "J12", "J13", "J43", "J46", None):
        for urgent in (False, True):
            promised = deadlines.promised_on(shanghai("2026-03-02 10:00"), matter, urgent=urgent)
            assert due(story(FILED), "2026-03-02", matter, urgent) == promised.isoformat()


def test_nothing_of_the_way_to_the_right_office_moves_the_day(due):
    events = story(
        "2026-03-02 10:00 file pending",
        "2026-03-02 11:00 accept accepted",
        "2026-03-02 12:00 dispatch dispatched",
        "2026-03-03 09:00 return return_pending",
        "2026-03-04 09:00 arbitrate accepted",
        "2026-03-04 10:00 dispatch dispatched",
        "2026-03-05 10:00 sign handling",
        "2026-03-05 11:00 transfer dispatched",
        "2026-03-06 11:00 supervise dispatched",
        "2026-03-06 12:00 supplement dispatched",
    )
    assert due(events, "2026-03-06") == "2026-03-09"


def test_while_the_reporter_is_asked_the_clock_stands_still(deadlines, due):
    events = story(FILED, SIGNED, "2026-03-04 10:00 pause paused")
    seen = ticket_deadline(events, "J01", False, deadlines, date(2026, 3, 10))
    assert state_on(seen, date(2026, 3, 10)) == "frozen"
    # Tuesday is used; Wednesday, Thursday, Friday and Monday are frozen; four are left.
    assert (seen.paused, seen.due_on) == (4, date(2026, 3, 13))
    assert due(events, "2026-03-11") == "2026-03-16"


def test_what_the_reporter_adds_sets_the_clock_going(deadlines, due):
    events = story(
        FILED, SIGNED, "2026-03-04 10:00 pause paused", "2026-03-06 20:00 supplement handling"
    )
    assert due(events, "2026-03-06") == "2026-03-11"  # Wednesday and Thursday were frozen
    assert due(events, "2026-04-30") == "2026-03-11"


def test_a_question_and_its_answer_on_one_day_cost_nothing(due):
    events = story(
        FILED, SIGNED, "2026-03-04 10:00 pause paused", "2026-03-04 15:00 supplement handling"
    )
    assert due(events, "2026-03-04") == "2026-03-09"


def test_a_pause_that_nobody_ends_ends_by_itself(deadlines, due):
    events = story(FILED, SIGNED, "2026-03-04 10:00 pause paused")
    # Ten workdays after Wednesday 4 March: until Wednesday 18; then four workdays are left.
    limits = PauseLimits(deadlines, "J01", urgent=False)
    assert pause_ends_on(events, limits) == date(2026, 3, 18)
    assert due(events, "2026-03-18") == "2026-03-23"
    assert due(events, "2026-03-19") == due(events, "2026-12-01") == "2026-03-24"
    late = [*events, *story("2026-04-20 10:00 resume handling")]
    assert due(late, "2026-04-20") == "2026-03-24"  # the worker was down for a month
    assert pause_ends_on(late, limits) is None


def test_an_extension_meanwhile_does_not_make_the_pause_longer(due):
    events = story(
        FILED,
        SIGNED,
        "2026-03-04 10:00 pause paused",
        "2026-03-05 10:00 extend paused",
        extend={"workdays": 2},
    )
    assert due(events, "2026-12-01") == "2026-03-26"


def test_what_is_added_without_ending_the_pause_leaves_the_clock_frozen(deadlines):
    events = story(
        FILED, SIGNED, "2026-03-04 10:00 pause paused", "2026-03-05 10:00 supplement paused"
    )
    assert ticket_deadline(events, "J01", False, deadlines, date(2026, 3, 6)).frozen


def test_who_is_late_stays_late_in_a_pause(deadlines):
    events = story(FILED, SIGNED, "2026-03-10 10:00 pause paused")  # due on the 9th
    seen = ticket_deadline(events, "J01", False, deadlines, date(2026, 3, 12))
    assert (seen.due_on, seen.paused, seen.frozen) == (date(2026, 3, 9), 0, False)
    assert state_on(seen, date(2026, 3, 12)) == "overdue"


def test_an_extension_shows(deadlines):
    events = story(FILED, SIGNED, "2026-03-06 10:00 extend handling", extend={"workdays": 5})
    seen = ticket_deadline(events, "J01", False, deadlines, date(2026, 3, 6))
    assert (seen.extended_by, seen.due_on) == (5, date(2026, 3, 16))
    assert seen.warn_on == (date(2026, 3, 12), date(2026, 3, 13))


def test_an_extension_is_in_workdays_also_where_the_limit_is_in_calendar_days(city_says):
    text = "limits: [{codes: [J11], answer_days: 15, statutory: false, source: 本市约定}]"
    days = city_says(f"{text}\nextensions: []\n")
    filed, extend = "2026-09-15 09:00 file dispatched", "2026-09-29 09:00 extend handling"
    events = story(filed, extend, extend={"workdays": 5})
    found = ticket_deadline(events, "J11", False, days, date(2026, 9, 29))
    # Fifteen days end on 30 September; the first five workdays after the holidays follow.
    assert found.due_on == date(2026, 10, 13)
    assert found.extended_by == 5


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-03-04", "running"),
        ("2026-03-05", "warn_2"),
        ("2026-03-06", "warn_1"),
        ("2026-03-08", "warn_1"),
        ("2026-03-09", "warn_1"),
        ("2026-03-10", "overdue"),
    ],
)
def test_warned_two_workdays_and_one_workday_before(deadlines, day, state):
    on = date.fromisoformat(day)
    assert state_on(ticket_deadline(story(FILED), "J01", False, deadlines, on), on) == state


@pytest.mark.parametrize(
    "end",
    ["answer answered", "withdraw withdrawn", "reject rejected", "merge merged", "close closed"],
)
def test_an_ended_ticket_owes_nothing(due, end):
    assert due(story(FILED, SIGNED, f"2026-03-04 10:00 {end}"), "2026-05-01") is None


def test_not_solved_begins_anew(due):
    answered = [FILED, SIGNED, "2026-03-06 10:00 answer answered"]
    reopened = story(*answered, "2026-03-12 10:00 reopen dispatched")
    assert due(reopened, "2026-03-12") == "2026-03-19"
    redone = story(*answered, "2026-03-10 10:00 redo handling")
    assert due(redone, "2026-03-10") == "2026-03-17"


def test_taken_out_of_a_merge_begins_anew_but_a_matter_split_off_does_not(due):
    merged = story(
        FILED, "2026-03-03 10:00 merge merged", "2026-03-09 10:00 split accepted",
    )  # fmt: skip
    assert due(merged, "2026-03-09") == "2026-03-16"
    split = story(FILED, SIGNED, "2026-03-04 10:00 split handling")
    assert due(split, "2026-03-04") == "2026-03-09"


def test_a_corrected_matter_is_another_day(due):
    assert due(story(FILED), "2026-03-02", matter="J01") == "2026-03-09"
    assert due(story(FILED), "2026-03-02", matter="J12") == "2026-03-23"


def test_no_event_no_deadline(due):
    assert due([], "2026-03-02") is None


def test_an_office_signs_within_a_workday_of_what_it_is_sent(deadlines):
    def sign_by(*lines, **facts):
        events = story(*lines, **facts)
        found = step_deadline("sign", events, "J01", False, deadlines, date(2026, 3, 2))
        return found and found.due_on.isoformat()

    assert sign_by(FILED) == "2026-03-03"
    assert sign_by("2026-03-02 10:00 file pending") is None
    assert sign_by(FILED, SIGNED) is None
    back = "2026-03-03 10:00 return return_pending"
    assert sign_by(FILED, back) is None
    ruled = "2026-03-04 10:00 arbitrate dispatched"
    assert sign_by(FILED, back, ruled, arbitrate={"decision": "refused"}) == "2026-03-05"
    ruled = "2026-03-04 10:00 arbitrate accepted"
    assert sign_by(FILED, back, ruled, arbitrate={"decision": "agreed"}) is None
    for sent in ("dispatch", "designate", "transfer", "escalate"):
        assert sign_by(FILED, SIGNED, f"2026-03-06 10:00 {sent} dispatched") == "2026-03-09"


def test_the_hotline_has_a_day_to_accept_and_a_day_to_rule_on_a_return(deadlines):
    def due_on(step, *lines):
        found = step_deadline(step, story(*lines), "J01", False, deadlines, date(2026, 3, 2))
        return found and found.due_on.isoformat()

    assert due_on("accept", "2026-03-06 10:00 file pending") == "2026-03-09"
    assert due_on("accept", FILED) is None
    back = "2026-03-03 10:00 return return_pending"
    assert due_on("arbitrate", FILED, back) == "2026-03-04"
    assert due_on("arbitrate", FILED, back, "2026-03-04 10:00 arbitrate accepted") is None


def test_the_reporter_judges_the_answer_for_fourteen_days_weekends_included(deadlines):
    events = story(FILED, SIGNED, "2026-03-06 10:00 answer answered")
    found = step_deadline("call_back", events, "J01", False, deadlines, date(2026, 3, 6))
    assert found.due_on == date(2026, 3, 20)


def test_a_ticket_is_given_back_within_a_workday_a_hard_case_within_two(deadlines):
    friday = shanghai("2025-09-26 10:00")  # the Sunday after it is worked
    assert last_return_day(friday, "J01", deadlines) == date(2025, 9, 28)
    assert last_return_day(friday, "J12", deadlines) == date(2025, 9, 29)


def test_the_whistle_and_the_other_steps_that_know_no_pause(deadlines):
    saturday = shanghai("2026-03-07 10:00")
    assert deadlines.last_day("report_in", saturday, "J03") == date(2026, 3, 9)
    assert deadlines.last_day("report_in", saturday, "J28", urgent=True) == date(2026, 3, 8)
    assert deadlines.last_day("co_answer", saturday, "J03") == date(2026, 3, 11)
    assert deadlines.last_day("supervise", saturday, "J03") == date(2026, 3, 11)


def test_a_time_without_its_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        Mark(datetime(2026, 3, 2), "start")
    with pytest.raises(ValueError, match="shorten"):
        Mark(shanghai("2026-03-02 10:00"), "extend", -1)
