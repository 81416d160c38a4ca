"""Rasa's only door: who may use it, what becomes an intent, when a turn counts as answered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic import Sanic
from sanic.server import AsyncioServer

from bot.channels.jiesu import JiesuInput, _user_message
from tests.unit.processes.conftest import free_port

TOKEN = "t" * 32
TURN = {"sender": "web-1", "message_id": "m-1", "text": "你好"}


class Bot:
    """Takes the place of Rasa's processor."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.says: list[dict[str, Any]] = [{"text": "您好"}]
        self.failure: Exception | None = None

    async def __call__(self, message: Any) -> None:
        self.heard.append(message)
        for said in self.says:
            await message.output_channel.send_response(message.sender_id, said)
        if self.failure:
            raise self.failure


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[asyncio.AbstractEventLoop, str, list[Bot]]]:
    """The channel on a real server; the last bot in the list is the one that hears."""
    bots: list[Bot] = []

    async def hear(message: Any) -> None:
        await bots[-1](message)

    async def start() -> AsyncioServer:
        app = Sanic("channel", configure_logging=False)
        app.config.USE_UVLOOP = False  # would change the event loops of all other tests
        app.blueprint(JiesuInput(TOKEN).blueprint(hear), url_prefix="/webhooks/jiesu")
        started = await app.create_server(
            "127.0.0.1", port, return_asyncio_server=True, access_log=False
        )
        await started.startup()
        await started.start_serving()
        return started

    loop, port = asyncio.new_event_loop(), free_port()
    running = loop.run_until_complete(start())
    yield loop, f"http://127.0.0.1:{port}/webhooks/jiesu/turn", bots
    running.close()
    loop.run_until_complete(running.wait_closed())
    loop.close()


@pytest.fixture
def ask(server):
    """One request to the channel: status and JSON."""
    loop, url, bots = server

    async def post(token: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"X-Jiesu-Token": token}
        async with aiohttp.ClientSession(headers=headers) as http, http.post(url, **content) as got:
            return got.status, await got.json()

    def ask(bot: Bot, body: Any = TURN, token: str = TOKEN, raw: bytes | None = None):
        bots.append(bot)
        content = {"json": body} if raw is None else {"data": raw}
        return loop.run_until_complete(post(token, content))

    return ask


def text(**body: Any) -> str:
    return _user_message({"sender": "web-1", "message_id": "m-1", **body})[0].text


def test_a_finished_turn_is_answered_whole(ask):
    bot = Bot()
    buttons = [{"title": "确认提交", "payload": "/affirm"}]
    bot.says = [{"text": "请核对", "buttons": buttons, "custom": {"asks": "confirm"}}, {}]
    status, answer = ask(bot, {**TURN, "metadata": {"urgent": True}})
    assert status == 200
    assert answer["messages"] == [
        {"text": "请核对", "buttons": buttons, "custom": {"asks": "confirm"}},
        {"text": "", "buttons": [], "custom": {}},
    ]
    heard = bot.heard[0]
    assert (heard.sender_id, heard.text, heard.input_channel) == ("web-1", "你好", "jiesu")
    assert heard.metadata == {"urgent": True, "message_id": "m-1"}


@pytest.mark.parametrize("token", ["", "t" * 31, "T" * 32, "t" * 33])
def test_without_the_token_nothing_is_heard(ask, token):
    bot = Bot()
    assert ask(bot, token=token)[0] == 401
    assert bot.heard == []


def test_a_turn_in_which_nothing_was_said_is_a_failure(ask):
    bot = Bot()
    bot.says = []
    assert ask(bot) == (500, {"error": "no_answer"})


def test_a_turn_that_breaks_is_a_failure_even_when_something_was_said(ask, caplog):
    bot = Bot()
    bot.failure = RuntimeError("13712345678 said something")
    status, answer = ask(bot)
    assert status == 500 and answer["error"] == "turn_failed" and answer["incident"]
    assert "RuntimeError" in caplog.text and "said something" not in caplog.text


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"5", b'{"sender": "x"}', b'{"sender": "x", "message_id": "m"}',
     b'{"sender": "x", "message_id": "m", "text": "a", "metadata": []}',
     b'{"sender": "x", "message_id": "m", "intent": "affirm{}"}', b"\xff"],
)  # fmt: skip
def test_a_broken_request_is_a_400_and_is_not_heard(ask, raw):
    bot = Bot()
    assert ask(bot, raw=raw) == (400, {"error": "bad_request"})
    assert bot.heard == []


@given(st.text())
def test_no_text_is_ever_an_intent(said):
    assert not text(text=said).startswith("/")
    assert not text(text=f"/{said}").startswith("/")
    assert not text(text=f" \t/{said}").startswith("/")


def test_a_button_becomes_an_intent_with_its_entities():
    assert text(intent="affirm") == "/affirm"
    assert text(intent="affirm", entities={}) == "/affirm"
    assert text(intent="choose", entities={"kind": "校内"}) == '/choose{"kind": "校内"}'


@pytest.mark.parametrize("token", [None, "", "short"])
def test_a_missing_secret_stops_the_start(token):
    with pytest.raises(ValueError, match="token"):
        JiesuInput.from_credentials({"token": token})
