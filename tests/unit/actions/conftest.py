"""The report form without Rasa: messages in, bubbles out, slots kept between them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.report.form import ValidateReportForm
from actions.services import services
from complaints.storage.tables import Base, Event, Ticket


@dataclass
class Talk:
    """One parent and the form; `understood` plays the model."""

    slots: dict[str, Any] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def say(self, text: str, act: str = "report", **understood: Any) -> str:
        """A message as the model understood it; `kinds` and `entities` as pairs."""
        kinds = understood.get("kinds", [("over_hours_training", 0.95)])
        message = {
            "text": text,
            "intent": {"name": act, "confidence": understood.get("confidence", 0.95)},
            "entities": [{"entity": e, "value": v} for e, v in understood.get("entities", [])],
            "kind_ranking": [{"name": n, "confidence": c} for n, c in kinds],
            "metadata": {
                "message_id": understood.get("message_id", f"m{self.count}"),
                "receipt_hash": f"{self.count:064x}",
                **understood.get("metadata", {}),
            },
        }
        self.count += 1
        dispatcher = CollectingDispatcher()
        tracker = Tracker("s", dict(self.slots), message, [], False, None, {}, "action_listen")
        for event in ValidateReportForm().answer(dispatcher, tracker):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.heard = dispatcher.messages
        return "\n".join(bubble["text"] for bubble in self.heard)

    def press(self, title: str) -> str:
        """Press a button of the last bubbles."""
        buttons = [b for bubble in self.heard for b in bubble["buttons"]]
        payload = next(b["payload"] for b in buttons if b["title"] == title)
        name, brace, rest = payload.removeprefix("/").partition("{")
        choice = json.loads(brace + rest) if brace else {}
        return self.say(payload, name, entities=list(choice.items()), kinds=[], confidence=1.0)

    @property
    def asks(self) -> str | None:
        return self.slots.get("requested_slot")

    @property
    def tickets(self) -> list[Ticket]:
        with services().storage.read() as session:
            return list(session.query(Ticket).all())

    def filing_facts(self, ticket: Ticket) -> dict[str, Any]:
        """What the first step of a ticket's history keeps."""
        with services().storage.read() as session:
            return dict(session.query(Event).filter_by(ticket_id=ticket.id).first().facts)

    def to_read_back(self) -> str:
        """A report that is ready to be confirmed."""
        self.say(
            "砚秋语文每周六上午给五年级上数学课",
            entities=[
                ("org", "砚秋语文"), ("when", "每周六上午"), ("grade", "五年级"), ("subject", "数学"),
            ],
        )  # fmt: skip
        return self.press("匿名")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One database for all conversations: reading the data files takes longer than a test."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JIESU_VAR", str(var))
        environment.delenv("JIESU_DATABASE_URL", raising=False)
        services.cache_clear()
        yield var
    services.cache_clear()


@pytest.fixture
def talk(installation: Path) -> Talk:
    """A conversation with an empty database."""
    storage = services().storage
    Base.metadata.drop_all(storage.engine)
    storage.create()
    return Talk()
