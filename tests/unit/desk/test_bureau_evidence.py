"""A bureau opens the files that a clerk released, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from bureau_days import CLERK
from desk_world import LUMING, MARKET, Bureau, Site, World
from sqlalchemy import select

from complaints.reporter.evidence import SentFile, add_evidence
from complaints.reporter.evidence_access import release_evidence
from complaints.storage.tables import EvidenceFile, Reading
from desk.api import create_api

MARK = "m" * 64
WORDS = "群里说周六照常上课".encode()


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    """The API with the folder of files."""
    app = web.Application()
    api = create_api(world.storage, world.rules, world.now, world.evidence)
    app.add_subapp("/api/v1", api)

    async def start() -> TestClient[Any, Any]:
        client = TestClient(TestServer(app))
        await client.start_server()
        return client

    with asyncio.Runner() as runner:
        client = runner.run(start())
        yield Site(world, runner, client)
        runner.run(client.close())
        world.storage.engine.dispose()


@pytest.fixture
def luming(site: Site) -> Bureau:
    return site.bureau(LUMING)


def file_with_evidence(world: World, mark: str = MARK) -> tuple[str, str]:
    """A ticket's number and the reference of the file that came with it."""
    sent = SentFile(WORDS, "王小禾的聊天记录.txt")
    add_evidence(world.storage, world.evidence, mark, sent, world.rules, world.moment)
    number = world.file(reporter_mark=mark)
    with world.storage.read() as session:
        ref = session.scalar(select(EvidenceFile.ref).where(EvidenceFile.owner == mark))
    assert ref
    return number, ref


def release(world: World, ref: str) -> None:
    with world.storage.write() as session:
        release_evidence(session, ref, CLERK, world.moment)


def test_a_released_file_is_listed_and_opens_as_a_download(
    site: Site, world: World, luming: Bureau
) -> None:
    number, ref = file_with_evidence(world)
    release(world, ref)
    (note,) = luming.get(f"/tickets/{number}").json["evidence"]
    assert set(note) == {"ref", "name", "media_type", "size", "sent_at"}
    assert (note["ref"], note["name"], note["media_type"]) == (ref, "材料1.txt", "text/plain")
    opened = luming.get(f"/tickets/{number}/evidence/{ref}")
    assert (opened.status, opened.text) == (200, WORDS.decode())
    assert opened.headers["Content-Type"].startswith("text/plain")
    assert opened.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Cache-Control"] == "no-store"
    assert site.bureau(MARKET).get(f"/tickets/{number}/evidence/{ref}").status == 200


def test_a_file_that_nobody_released_is_not_there(world: World, luming: Bureau) -> None:
    number, ref = file_with_evidence(world)
    assert luming.get(f"/tickets/{number}").json["evidence"] == []
    hidden = luming.get(f"/tickets/{number}/evidence/{ref}")
    nobodys = luming.get(f"/tickets/{number}/evidence/{'0' * 24}")
    assert (hidden.status, hidden.code) == (404, "not_found")
    assert hidden.text == nobodys.text


def test_a_file_belongs_to_its_ticket_and_its_bureaus(
    site: Site, world: World, luming: Bureau
) -> None:
    number, ref = file_with_evidence(world)
    release(world, ref)
    assert luming.get(f"/tickets/{world.file()}/evidence/{ref}").status == 404
    assert site.bureau("zhenxi-education").get(f"/tickets/{number}/evidence/{ref}").status == 404


def test_every_opening_is_noted(world: World, luming: Bureau) -> None:
    number, ref = file_with_evidence(world)
    release(world, ref)
    luming.get(f"/tickets/{number}/evidence/{ref}")
    with world.storage.read() as session:
        looks = session.scalars(select(Reading).where(Reading.way == "evidence")).all()
    assert [(look.actor, look.at) for look in looks] == [(LUMING, world.moment)]


def test_a_file_that_is_lost_or_was_tampered_with_is_not_shown(
    world: World, luming: Bureau
) -> None:
    number, ref = file_with_evidence(world)
    release(world, ref)
    (world.evidence / ref).write_bytes(b"something else" * 10)
    assert luming.get(f"/tickets/{number}/evidence/{ref}").code == "not_found"
    (world.evidence / ref).unlink()
    lost = luming.get(f"/tickets/{number}/evidence/{ref}")
    assert (lost.status, lost.code) == (404, "not_found")
    assert "打不开" in lost.json["error"]["message"]
