"""The way to Rasa: anything but a finished turn is a failure, so that nothing is promised."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.edge.rasa_client import RasaClient, TurnFailed
from tests.unit.processes.conftest import free_port


def turn(answer: web.Response | None, seen: list[Any] | None = None) -> list[dict[str, Any]]:
    """One turn against a server that gives this answer; None never answers."""

    async def channel(request: web.Request) -> web.Response:
        if seen is not None:
            seen.append((request.headers["X-Jiesu-Token"], await request.json()))
        return answer or await asyncio.sleep(60)

    async def run() -> list[dict[str, Any]]:
        app = web.Application()
        app.router.add_post("/webhooks/jiesu/turn", channel)
        async with TestServer(app) as server:
            client = RasaClient(str(server.make_url("")).rstrip("/"), "token", 0.3)
            try:
                return await client.turn({"text": "你好"})
            finally:
                await client.close()

    return asyncio.run(run())


def test_the_bubbles_of_a_finished_turn():
    said, seen = {"text": "您好", "buttons": [], "custom": {}}, []
    assert turn(web.json_response({"messages": [said]}), seen) == [said]
    assert seen == [("token", {"text": "你好"})]


FAILURES = {
    "a crash": web.json_response({"error": "turn_failed"}, status=500),
    "nothing said": web.json_response({"messages": []}),
    "an action that failed": web.json_response(
        {"messages": [{"text": "…", "buttons": [], "custom": {"failed": True}}]}
    ),
    "no JSON": web.Response(text="hello"),
    "half a JSON": web.Response(text='{"messages": [', content_type="application/json"),
    "a list": web.json_response([]),
    "bubbles that are none": web.json_response({"messages": ["hello"]}),
    "bubbles without data": web.json_response({"messages": [{"text": "hello"}]}),
    "nothing in time": None,
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_anything_else_is_a_turn_that_failed(answer):
    with pytest.raises(TurnFailed):
        turn(answer)


def test_a_server_that_is_not_there():
    async def run() -> None:
        client = RasaClient(f"http://127.0.0.1:{free_port()}", "token", 1)
        try:
            await client.turn({"text": "你好"})
        finally:
            await client.close()

    with pytest.raises(TurnFailed):
        asyncio.run(run())
