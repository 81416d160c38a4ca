"""Desk and API as they are served: mounted in the chat's application, all behind one port."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from desk_world import LUMING, World, suspect

from bot.edge.app import Door, create_chat
from bot.edge.limits import RateLimit
from complaints.lifecycle.act import Actor, Role
from complaints.reporter.evidence import SentFile, add_evidence
from complaints.reporter.evidence_access import release_evidence
from desk.api import create_api
from desk.pages import create_pages

PATHS = [
    *("/", "/nowhere", "/static/chat.js", "/static/nothing"),
    *("/desk", "/desk/", "/desk/login", "/desk/nowhere", "/desk/static/desk.css"),
    *("/desk/tickets/JS1", "/api/v1/tickets", "/api/v1/nowhere", "/api"),
]


def asked(world: World, *requests: tuple[str, dict[str, str]]) -> list[Any]:
    """The headers with which these requests are answered."""
    limits = [RateLimit(100) for _ in range(3)]
    app = create_chat(Door(None, b"s" * 32, *limits))  # type: ignore[arg-type]
    app.add_subapp("/desk", create_pages(world.storage, world.rules, suspect, world.now))
    api = create_api(world.storage, world.rules, world.now, world.evidence)
    app.add_subapp("/api/v1", api)

    async def ask() -> list[Any]:
        found = []
        async with TestClient(TestServer(app)) as client:
            for path, headers in requests:
                async with client.get(path, headers=headers, allow_redirects=False) as reply:
                    found.append((reply.status, reply.headers))
        return found

    return asyncio.run(ask())


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_answered_may_not_be_framed_run_or_send_forms_away(
    world: World, path: str
) -> None:
    ((_, headers),) = asked(world, (path, {}))
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy, path
    assert "base-uri 'none'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_file_stays_in_its_sandbox(world: World) -> None:
    number = world.file()
    sent = SentFile(b"some words", "a.txt")
    ref = add_evidence(
        world.storage, world.evidence, "m", sent, world.rules, world.now(), number
    ).ref
    with world.storage.write() as session:
        release_evidence(session, ref, Actor("lin", Role.HOTLINE), world.now())
    bearer = {"Authorization": f"Bearer {world.token(LUMING)}"}
    ((status, headers),) = asked(world, (f"/api/v1/tickets/{number}/evidence/{ref}", bearer))
    assert status == 200
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Disposition"].startswith("attachment")
