"""Events of an invented ticket, written as a story: what happened, and when in Shanghai."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from complaints.workdays import SHANGHAI


@dataclass(frozen=True)
class Happened:
    at: datetime
    action: str
    state: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def shanghai(text: str) -> datetime:
    """`2025-09-30 15:00` in Shanghai, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def story(*lines: str, **facts: Mapping[str, Any]) -> list[Happened]:
    """Events from lines `2025-09-30 15:00 file dispatched`; `facts` by action."""
    events = []
    for line in lines:
        day, hour, action, state = line.split()
        events.append(Happened(shanghai(f"{day} {hour}"), action, state, facts.get(action, {})))
    return events
