"""A parent at the edge: the real inbox and intake on SQLite; only the bot behind them is scripted."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.edge.inbox import Inbox
from bot.edge.intake import Intake
from bot.edge.rasa_client import TurnFailed
from bot.edge.sessions import ChatSession
from bot.edge.turns import Conversations, Incoming
from complaints.danger import load_danger
from complaints.protection.identifying_words import load_identifying
from complaints.storage import Storage
from tests.keys import KEYS
from tests.unit.edge.reporter_world import World, fresh_world

ROOT = Path(__file__).resolve().parents[3]
WORDS = load_identifying(ROOT / "data/routing")


def bubble(text: str, *buttons: tuple[str, str], **custom: Any) -> dict[str, Any]:
    """One bubble as Rasa's channel sends it."""
    shown = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"text": text, "buttons": shown, "custom": custom}


READ_BACK = bubble("请核对一下", ("确认提交", "/affirm"), ("不提交了", "/cancel"), asks="confirm")
FILED = bubble("已登记。查询码：{receipt}", filed=True)
ASK_WHEN = bubble("什么时候的事？", asks="when")


class FakeRasa:
    """Says what it was told to say, and 好的 after that; None is a turn that does not finish."""

    def __init__(self) -> None:
        self.script: list[dict[str, Any] | None] = []
        self.heard: list[dict[str, Any]] = []

    async def turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        self.heard.append(body)
        answer = self.script.pop(0) if self.script else bubble("好的")
        if answer is None:
            raise TurnFailed("down")
        return [answer]


@dataclass
class Talk:
    """One parent, who says things and presses buttons."""

    conversations: Conversations
    rasa: FakeRasa
    session: ChatSession
    replies: list[dict[str, Any]] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def send(self, message_id: str | None = None, **content: Any) -> list[dict[str, Any]]:
        incoming = Incoming(message_id or f"m-{next(self.ids)}", address="somewhere", **content)
        self.replies = asyncio.run(self.conversations.answer(self.session, incoming))
        return self.replies

    def say(self, text: str, message_id: str | None = None) -> str:
        self.send(message_id, text=text)
        return self.heard

    def press(self, title: str, message_id: str | None = None) -> str:
        self.send(message_id, button=self.button(title))
        return self.heard

    def button(self, title: str) -> str:
        return next(b["button"] for r in self.replies for b in r["buttons"] if b["title"] == title)

    @property
    def heard(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def titles(self) -> list[str]:
        return [b["title"] for r in self.replies for b in r["buttons"]]

    @property
    def receipt(self) -> str | None:
        return next((r["receipt"] for r in self.replies if r["receipt"]), None)

    @property
    def asks(self) -> str | None:
        return next((r["asks"] for r in reversed(self.replies) if r["asks"]), None)


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    inbox = Inbox(f"sqlite:///{tmp_path}/inbox.db", KEYS.field)
    inbox.create()
    return inbox


@pytest.fixture
def conversations(tmp_path: Path, inbox: Inbox, rasa: FakeRasa) -> Conversations:
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    storage.create()
    intake = Intake(storage, load_danger(ROOT / "data/routing"), WORDS)
    return Conversations(inbox, intake, rasa)


@pytest.fixture
def talk(conversations: Conversations, rasa: FakeRasa) -> Talk:
    return Talk(conversations, rasa, ChatSession("web-1", b"secret of the reporter"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """What reporters use beside the conversation, over HTTP."""
    return fresh_world(tmp_path)
