"""One message of a parent as the model understood it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from rasa_sdk import Tracker


@dataclass(frozen=True)
class Turn:
    """Text without what names a person, act, kinds (best first) and the words found in it.

    `told`: references of the sealed originals, where something was taken out of the text.
    """

    text: str
    act: str
    act_confidence: float = 1.0
    kinds: tuple[tuple[str, float], ...] = ()
    entities: tuple[tuple[str, str], ...] = ()
    choice: dict[str, Any] = field(default_factory=dict)
    is_button: bool = False
    contact_ref: str | None = None
    urgent: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    sender: str = ""
    told: tuple[str, ...] = ()
    pupil: bool = False

    @property
    def message_id(self) -> str | None:
        """The edge's id of this message; the same when it is sent again."""
        return self.metadata.get("message_id")

    @property
    def ticket(self) -> str | None:
        """The number of the ticket whose receipt came with this message."""
        return self.metadata.get("ticket")

    def first(self, entity: str) -> str | None:
        """The first entity of this sort."""
        return next((value for name, value in self.entities if name == entity), None)


def read_turn(tracker: Tracker) -> Turn:
    """The latest message of a conversation."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    text = str(message.get("text") or "")
    is_button = text.startswith("/")
    entities = message.get("entities") or []
    return Turn(
        text=str(metadata.get("said") or "") if is_button else text,
        act=str(message["intent"].get("name") or "nlu_fallback"),
        act_confidence=float(message["intent"].get("confidence") or 0.0),
        kinds=()
        if is_button
        else tuple((k["name"], float(k["confidence"])) for k in message.get("kind_ranking") or []),
        entities=() if is_button else tuple((e["entity"], str(e["value"])) for e in entities),
        choice={e["entity"]: e["value"] for e in entities} if is_button else {},
        is_button=is_button,
        contact_ref=metadata.get("contact_ref"),
        urgent=bool(metadata.get("urgent")),
        metadata=metadata,
        sender=tracker.sender_id,
        told=(metadata["told_ref"],) if metadata.get("told_ref") else (),
        pupil=bool(metadata.get("pupil")),
    )


def as_heard(turn: Turn) -> dict[str, Any]:
    """What was said, as plain values for a slot, to be taken up by a later button."""
    return {
        "text": turn.text,
        "kinds": [list(kind) for kind in turn.kinds],
        "entities": [list(entity) for entity in turn.entities],
        "urgent": turn.urgent,
        "told": list(turn.told),
        "pupil": turn.pupil,
    }


def restored(turn: Turn, heard: dict[str, Any]) -> Turn:
    """`turn`, a button, with what was said before it."""
    return replace(
        turn,
        text=heard["text"],
        kinds=tuple((name, confidence) for name, confidence in heard["kinds"]),
        entities=tuple((name, value) for name, value in heard["entities"]),
        urgent=turn.urgent or heard["urgent"],
        told=(*turn.told, *heard.get("told", ())),
        pupil=turn.pupil or heard.get("pupil", False),
    )
