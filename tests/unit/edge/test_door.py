"""The public address: bad input is a 4xx in Chinese, nothing works without a session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.edge.app import Door, create_chat
from bot.edge.limits import RateLimit
from bot.edge.turns import Conversations
from tests.unit.edge.conftest import FakeRasa

PUBLIC = {("GET", "/"), ("GET", "/static"), ("POST", "/chat/session")}


@pytest.fixture
def door(conversations: Conversations) -> Callable[..., Door]:
    def made(per_minute: int = 10_000, trust_proxy: bool = False) -> Door:
        limits = [RateLimit(n) for n in (per_minute, 2 * per_minute, 5)]
        return Door(conversations, b"s" * 32, *limits, trust_proxy)

    return made


class Page:
    """A browser with a conversation."""

    def __init__(self, client: TestClient, token: str = "") -> None:
        self.client, self.token = client, token
        self.count = 0

    async def open(self, **headers: str) -> int:
        async with self.client.post("/chat/session", headers=headers) as answer:
            self.token = (await answer.json()).get("session", "")
            return answer.status

    async def post(self, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        async with self.client.post("/chat/message", data=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def say(self, text: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        self.count += 1
        body = {"text": text, "message_id": f"m-{self.count}"}
        return await self.post(json.dumps(body).encode(), **headers)


def visit(door: Door, doing: Callable[[Page], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with TestClient(TestServer(create_chat(door))) as client:
            return await doing(Page(client))

    return asyncio.run(run())


def is_chinese(answer: dict[str, Any]) -> bool:
    said = answer.get("error", {}).get("message") or answer["replies"][-1]["text"]
    return any("\u4e00" <= char <= "\u9fff" for char in said)


def test_every_route_is_on_the_public_list_or_refused_without_a_session(door):
    async def walk(page: Page) -> None:
        routes = {
            (route.method, route.resource.canonical)
            for route in page.client.server.app.router.routes()
            if route.method != "HEAD" and route.resource
        }
        assert routes >= PUBLIC
        assert routes - PUBLIC == {("POST", "/chat/message")}  # extend knowingly
        for method, path in routes - PUBLIC:
            for token in ("", "Bearer ", "Bearer nonsense", "Basic eDp5"):
                headers = {"Authorization": token} if token else {}
                answer: ClientResponse
                async with page.client.request(method, path, headers=headers) as answer:
                    assert answer.status == 401 and is_chinese(await answer.json())

    visit(door(), walk)


BAD_BODIES = {
    "a number of 5,000 digits": b'{"text": ' + b"1" * 5000 + b', "message_id": "m"}',
    "an unknown charset": b"{}",
    "broken JSON": b'{"text": ',
    "a list": b"[]",
    "deep nesting": b"[" * 30_000,
    "NaN": b'{"text": NaN, "message_id": "m"}',
    "a button that is an object": b'{"button": {}, "message_id": "m"}',
    "a message id with a line break": b'{"text": "a", "message_id": "m\\n"}',
    "not UTF-8": b'{"text": "\xff", "message_id": "m"}',
    "a huge body": b'{"text": "' + b"x" * 200_000 + b'", "message_id": "m"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_broken_request_is_a_4xx(door, body):
    async def send(page: Page) -> tuple[int, dict[str, Any]]:
        await page.open()
        more = {"Content_Type": "application/json; charset=rot13"} if body == b"{}" else {}
        return await page.post(body, **more)

    status, answer = visit(door(), send)
    assert 400 <= status < 500 and is_chinese(answer)


def test_what_is_not_compressed_as_it_says_is_a_4xx(door):
    async def send(page: Page) -> int:
        await page.open()
        headers = {"Authorization": f"Bearer {page.token}", "Content-Encoding": "gzip"}
        async with page.client.post("/chat/message", data=b"no gzip", headers=headers) as answer:
            return answer.status

    assert 400 <= visit(door(), send) < 500


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
texts = st.text(st.characters() | st.sampled_from("\ud83d\udc4b\x00/{}😀重发１3"), max_size=60)
bodies = st.one_of(
    st.binary(max_size=200),
    anything.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"message_id": anything | st.sampled_from(["m-1", "m-2"])},
        optional={"text": texts | anything, "button": texts | anything, "more": anything},
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda text, number: json.dumps({"text": text, "message_id": f"t-{number}"}).encode(),
        texts,
        st.integers(0, 10**9),
    ),
)


def test_no_body_whatever_is_an_error_of_ours(door):
    """Each body gets a JSON answer in Chinese, and never a 5xx."""
    loop = asyncio.new_event_loop()

    async def begin() -> Page:
        page = Page(TestClient(TestServer(create_chat(door()))))
        await page.client.start_server()
        await page.open()
        return page

    page = loop.run_until_complete(begin())

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies)
    def check(body: bytes) -> None:
        status, answer = loop.run_until_complete(page.post(body))
        assert status < 500, answer
        assert is_chinese(answer)

    try:
        check()
    finally:
        loop.run_until_complete(page.client.close())
        loop.close()


def test_the_bot_never_hears_a_control_character_or_half_a_character(door, rasa: FakeRasa):
    async def send(page: Page) -> int:
        await page.open()
        body = (
            b'{"text": "\\ud83d\\u0000\\u202e\xe7\xa0\x9a\xe7\xa7\x8b \\ud83d", "message_id": "m"}'
        )
        return (await page.post(body))[0]

    assert visit(door(), send) == 200
    assert rasa.heard[0]["text"] == "砚秋"


# Limits


def test_one_sender_is_slowed_and_told_whom_to_call_in_danger(door):
    async def hurry(page: Page) -> list[tuple[int, dict[str, Any]]]:
        await page.open()
        return [await page.say("你好") for _ in range(4)]

    answers = visit(door(per_minute=3), hurry)
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert "110" in answers[-1][1]["error"]["message"]


def test_many_conversations_from_one_address_share_its_limit(door):
    async def hurry(page: Page) -> list[int]:
        statuses = []
        for _ in range(4):
            await page.open()
            statuses += [(await page.say("你好"))[0] for _ in range(2)]
        return statuses

    assert visit(door(per_minute=3), hurry) == [200] * 6 + [429] * 2


def test_too_many_new_conversations_from_one_address_are_refused(door):
    async def open_many(page: Page) -> list[int]:
        return [await page.open() for _ in range(6)]

    assert visit(door(), open_many) == [200] * 5 + [429]


@pytest.mark.parametrize(("trust", "last"), [(True, 200), (False, 429)])
def test_behind_a_trusted_proxy_each_client_has_its_own_limit(door, trust, last):
    async def open_many(page: Page) -> int:
        for n in range(6):
            status = await page.open(**{"X-Forwarded-For": f"1.1.1.1, 198.51.100.{n}"})
        return status

    assert visit(door(trust_proxy=trust), open_many) == last


def test_the_address_goes_on_as_a_keyed_hash_only(door):
    seen: list[str] = []

    async def look(page: Page) -> None:
        await page.open()
        await page.say("你好")

    made = door()
    real = made.conversations.answer

    async def answer(session: Any, incoming: Any) -> Any:
        seen.append(incoming.address)
        return await real(session, incoming)

    made.conversations.answer = answer
    visit(made, look)
    assert len(seen[0]) == 64 and "127.0.0.1" not in seen[0]
