"""Whoever takes the place of a withdrawn main ticket (并单) is not made to wait longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from complaints.deadlines.tickets import begun_to_be_due, ticket_deadline
from complaints.rules import load_rules
from complaints.workdays import midnight

ROOT = Path(__file__).parents[4]
RULES = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
TODAY = date(2026, 11, 25)
NOW = midnight(TODAY)


@dataclass
class Told:
    """An event as the clock reads it."""

    action: str
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    at: datetime = NOW


@given(
    days=st.integers(-40, 60),
    matter=st.sampled_from(["J01", "J12", "J13", "J43", None]),
    urgent=st.booleans(),
)
def test_the_heir_is_due_no_later_than_the_main_ticket_nor_than_a_new_one(days, matter, urgent):
    due_on = TODAY + timedelta(days=days)
    begun = begun_to_be_due(due_on, matter, RULES.deadlines, TODAY, urgent=urgent)
    about = matter, urgent, RULES.deadlines, TODAY
    anew = ticket_deadline([Told("split", "accepted")], *about)
    facts = {"since": begun.isoformat()}
    heir = ticket_deadline([Told("split", "accepted", facts)], *about)
    assert anew and heir
    assert heir.due_on <= min(due_on, anew.due_on)
    if begun == TODAY:
        assert heir == anew
