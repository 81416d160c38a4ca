"""What the events of a ticket say that its row must hold, event by event.

A column of which no event says anything is not in `says`, so it is not held against anything: that
of a ticket from before the chain, or of an event from before such facts were noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from complaints.audit.filed import PLAIN
from complaints.audit.rows import as_facts, as_time
from complaints.lifecycle.states import Action

OUTCOME = ("finding", "result", "reached", "solved", "satisfied", "answered_at", "closed_at")
_HASHES = ("words_hash", "filed_hash", "receipt_hash", "detail_hash")
_NOTHING_YET = dict.fromkeys(OUTCOME)

Says = dict[str, Any]
_Effect = Callable[[datetime | None, Mapping[str, Any]], Says]


@dataclass
class History:
    """What is known after some events. `adopted`: up to this number they are of an older program.

    `sealed`: references of the personal fields that must be there. `lost_text`: the first event
    whose text is gone, unless the schedule erased it.
    """

    adopted: int = 0
    state: str = ""
    kind: str | None = None
    filed_at: datetime | None = None
    says: Says = field(default_factory=dict)
    detail_cleared: bool = False
    words_cleared: bool = False
    sealed: set[str] = field(default_factory=set)
    lost_text: int | None = None

    def add(self, event: Row[Any]) -> None:
        """Go on by one event."""
        facts, at = as_facts(event.facts) or {}, as_time(event.at)
        self.state = event.state
        if event.has_hash and not event.has_text:
            self.lost_text = self.lost_text or event.seq
        if event.action == "file":
            self.kind, self.filed_at = facts.get("kind"), at
        elif event.action == Action.RECLASSIFY:
            self.kind = facts.get("to")
        elif event.action == Action.ERASE:
            self._erase(facts.get("counts"))
        is_adopted = isinstance(event.seq, int) and event.seq <= self.adopted
        if event.action == "file" or not is_adopted:
            self._note(facts)
        if not is_adopted and event.action in _EFFECTS:
            self._have_effect(event.action, at, facts)

    def _note(self, facts: Mapping[str, Any]) -> None:
        """What a step notes of columns that it filled or corrected."""
        self.says |= {name: facts[name] for name in _HASHES if name in facts}
        self.says |= {column: facts[name] for name, column in PLAIN.items() if name in facts}
        if "detail_hash" in facts:
            self.detail_cleared = False
        if "words_hash" in facts:
            self.words_cleared = False
        if isinstance(refs := facts.get("sealed"), list):
            self.sealed |= {str(ref) for ref in refs}

    def _have_effect(self, action: str, at: datetime | None, facts: Mapping[str, Any]) -> None:
        try:
            self.says |= _EFFECTS[action](at, facts)
        except (LookupError, TypeError, AttributeError):  # not as any step writes them
            self.says |= {name: _UNREADABLE for name in OUTCOME}

    def _erase(self, counts: object) -> None:
        if not isinstance(counts, dict):
            return
        if counts.get("texts"):
            self.lost_text, self.detail_cleared, self.words_cleared = None, True, True
        if counts.get("fields"):
            self.sealed.clear()


_UNREADABLE = object()


def _answered(at: datetime | None, facts: Mapping[str, Any]) -> Says:
    results = facts.get("results") or [None]
    return {"finding": facts.get("finding"), "result": results[0], "answered_at": at}


def _split(at: datetime | None, facts: Mapping[str, Any]) -> Says:
    return {"merged_into": None} if "from" in facts else {}


_EFFECTS: Mapping[str, _Effect] = {
    "file": lambda at, facts: {**_NOTHING_YET, "merged_into": None},
    Action.ANSWER: _answered,
    Action.CALL_BACK: lambda at, facts: {
        name: facts.get(name) for name in ("reached", "solved", "satisfied")
    },
    Action.CLOSE: lambda at, facts: {"result": facts.get("result"), "closed_at": at},
    Action.REJECT: lambda at, facts: {"closed_at": at},
    Action.WITHDRAW: lambda at, facts: {"closed_at": at},
    Action.REDO: lambda at, facts: _NOTHING_YET,
    Action.REOPEN: lambda at, facts: {**_NOTHING_YET, "merged_into": None},
    Action.MERGE: lambda at, facts: {"merged_into": facts.get("into")},
    Action.SPLIT: _split,
}
"""What each step sets. The number of the main ticket stands for `merged_into`."""
