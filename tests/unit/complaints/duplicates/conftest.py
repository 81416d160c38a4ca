"""Tickets as they are filed, and people who report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest
from sqlalchemy.orm import Session

from complaints.filing import file_ticket
from complaints.lifecycle.act import Actor
from complaints.lifecycle.states import Role
from complaints.model import Report
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from tests.unit.complaints.conftest import MONDAY

CLERK = Actor("xu", Role.HOTLINE)
File = Callable[..., Ticket]


@pytest.fixture
def file(rules: Rules, report: Report) -> File:
    """Files the weekend class at the demo body once more, each time by somebody else."""
    numbers = count(1)

    def filed(session: Session, now: datetime = MONDAY, **changes: object) -> Ticket:
        number = next(numbers)
        told = {"intake_id": f"intake-{number}", "reporter_mark": f"mark-{number}", **changes}
        return file_ticket(session, rules, replace(report, **told), f"receipt-{number}", now)

    return filed
