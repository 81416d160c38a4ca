"""The API is closed to everybody without a token, and tells nothing when it fails."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from aiohttp import web
from desk_world import LUMING, Bureau, Site, World
from sqlalchemy import text, update

from complaints.storage.tables import BureauToken
from desk.api import create_api
from desk.api import tickets as handlers


def routes(world: World) -> list[tuple[str, str]]:
    """Every method and path that the API knows, with a ticket's number filled in."""
    app = create_api(world.storage, world.rules)
    found = [(r.method, r.resource.canonical) for r in app.router.routes() if r.resource]
    return [(method, re.sub(r"\{\w+\}", "JS2026112000000001", path)) for method, path in found]


def test_every_route_refuses_who_has_no_token(site: Site, world: World) -> None:
    known = routes(world)
    assert len(known) >= 18
    for method, path in [*known, ("GET", "/nowhere"), ("DELETE", "/tickets"), ("GET", "/")]:
        refused = site.ask(method, f"/api/v1{path}")
        assert refused.status == 401, (method, path)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert method == "HEAD" or refused.code == "unauthorized"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer jb_", "Bearer jb_" + "x" * 43, "Basic abc", "jb_x", "钥匙"],
)
def test_a_wrong_token_is_refused(site: Site, header: str) -> None:
    refused = site.ask("GET", "/api/v1/tickets", headers={"Authorization": header})
    assert (refused.status, refused.code) == (401, "unauthorized")


def test_a_revoked_token_is_refused(site: Site, world: World, luming: Bureau) -> None:
    assert luming.get("/tickets").status == 200
    with world.storage.write() as session:
        session.execute(update(BureauToken).values(revoked_at=world.now()))
    assert luming.get("/tickets").status == 401


def test_unknown_paths_and_methods_are_told_in_json(site: Site, luming: Bureau) -> None:
    unknown = luming.get("/nowhere")
    assert (unknown.status, unknown.code) == (404, "not_found")
    assert luming.get("/tickets/JS1%00").status == 404
    assert luming.get("/tickets/" + "9" * 21).status == 404
    refused = site.ask("DELETE", "/api/v1/tickets", headers=luming.headers)
    assert (refused.status, refused.code) == (405, "method_not_allowed")
    assert "GET" in refused.headers["Allow"]


def test_answers_are_not_to_be_cached_or_guessed_at(luming: Bureau) -> None:
    for reply in (luming.get("/tickets"), luming.get("/nowhere")):
        assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_a_fault_tells_no_details(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from desk_world import open_site  # the handler must be broken before the routes are made

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("secret path")

    monkeypatch.setattr(handlers, "list_tickets", broken)
    with open_site(world) as site, caplog.at_level(logging.ERROR):
        failed = site.bureau(LUMING).get("/tickets")
    assert (failed.status, failed.code) == (500, "internal")
    assert "secret" not in failed.text
    assert "secret path" in caplog.text


def test_a_database_that_does_not_answer_asks_for_a_later_try_and_logs_no_words(
    world: World, luming: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    number = world.file()
    luming.post(f"/tickets/{number}/sign")
    with world.storage.write() as session:
        session.execute(text("ALTER TABLE event RENAME TO event_away"))
    with caplog.at_level(logging.DEBUG):
        failed = luming.post(f"/tickets/{number}/answer", {"text": "独一无二的答复"})
    assert (failed.status, failed.code) == (503, "unavailable")
    assert int(failed.headers["Retry-After"]) > 0
    assert "独一无二的答复" not in caplog.text


def test_no_fault_of_the_database_puts_words_into_the_log(world: World) -> None:
    with pytest.raises(Exception) as caught, world.storage.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "家长的话"})
    assert "家长的话" not in str(caught.value)


def test_the_scheme_may_be_written_in_any_case(site: Site, world: World) -> None:
    headers: dict[str, Any] = {"Authorization": f"bearer {world.token(LUMING)}"}
    assert site.ask("GET", "/api/v1/tickets", headers=headers).status == 200
