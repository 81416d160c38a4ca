"""POST /chat/files: to the right ticket, within the limits, with kind words when not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable

import pytest
from aiohttp import FormData
from PIL import Image
from sqlalchemy import select

from bot.edge import evidence_door
from bot.edge.sessions import open_session
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.handling import answer_ticket, pause_ticket, sign_ticket
from complaints.lifecycle.splitting import split_ticket
from complaints.lifecycle.states import Role, State
from complaints.model import Kind
from complaints.reporter.evidence import LARGEST_FILE
from complaints.storage.tables import EvidenceFile, Ticket
from complaints.workdays import utc_now
from tests.unit.edge.reporter_world import SESSION_KEY, World, form


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "JPEG")
    return out.getvalue()


def send(world: World, content: bytes | None = None, **fields: str) -> tuple[int, dict]:
    status, body = world.post("/chat/files", data=form(**fields, file=content or photo()))
    return status, json.loads(body)


def owner_of_all(world: World) -> list[str | None]:
    """The numbers of the tickets to which the kept files belong."""
    with world.storage.read() as session:
        numbers = dict(session.execute(select(Ticket.id, Ticket.number)).all())
        files = session.scalars(select(EvidenceFile).order_by(EvidenceFile.created_at)).all()
    return [numbers.get(file.ticket_id) for file in files]


def test_before_filing_a_file_waits_and_is_joined(world: World):
    status, body = send(world)
    assert status == 200 and body["ticket"] is None
    assert "提交举报时会一起交" in body["text"] and "1 个" in body["text"]
    number, _ = world.file()
    assert owner_of_all(world) == [number]


def test_after_filing_it_is_added_to_the_conversations_own_ticket(world: World):
    number, _ = world.file()
    status, body = send(world)
    assert (status, body["ticket"]) == (200, number)
    assert number in body["text"]
    assert owner_of_all(world) == [number]


def test_with_a_receipt_it_is_added_to_that_ticket(world: World):
    other, receipt = world.file(own=False)
    world.file()
    assert send(world, receipt=receipt)[1]["ticket"] == other


def test_while_a_second_report_is_told_it_belongs_to_that(world: World):
    first, receipt = world.file()
    world.is_asked("when")
    assert send(world, receipt=receipt)[1]["ticket"] is None
    second, _ = world.file()
    assert owner_of_all(world) == [second] != [first]


def test_a_question_about_policy_is_no_report(world: World):
    number, _ = world.file()
    world.is_asked("stage")
    assert send(world)[1]["ticket"] == number


def test_a_wrong_receipt_opens_nothing_and_is_slowed(world: World):
    world.file()
    answers = [send(world, receipt="0000 0000 0000 0000") for _ in range(4)]
    assert [status for status, _ in answers] == [403, 403, 403, 429]
    assert "再试" in answers[-1][1]["error"]["message"]
    assert owner_of_all(world) == []


@pytest.mark.parametrize(
    ("content", "status", "word"),
    [(b"PK\x03\x04 docx", 415, "PDF"), (b"\0\0\0\x18ftypheic", 415, "HEIC"), (b"MZ\0", 415, "收不了"),
     (b"\xff\xd8\xff broken", 415, "打不开")],
)  # fmt: skip
def test_what_is_not_taken_is_refused_with_a_way_out(world: World, content, status, word):
    got, body = send(world, content)
    assert got == status and word in body["error"]["message"]
    assert list(world.folder.glob("*")) == []


def test_ten_megabytes_are_the_limit_wherever_the_length_is_told(world: World):
    status, body = send(world, b"x" * (LARGEST_FILE + 1))
    assert status == 413 and "10 MB" in body["error"]["message"]

    async def pieces():
        boundary = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        yield boundary
        for _ in range(11):
            yield b"x" * 1024 * 1024
        yield b"\r\n--b--\r\n"

    async def stream(client):
        headers = {**world.bearer, "Content-Type": "multipart/form-data; boundary=b"}
        try:
            async with client.post("/chat/files", data=pieces(), headers=headers) as answer:
                return answer.status
        except ConnectionError:  # it stopped listening
            return 413

    assert world.visit(stream) == 413


def test_six_files_are_one_too_many(world: World):
    colours = ["red", "green", "blue", "white", "black"]
    assert [send(world, photo(colour))[0] for colour in colours] == [200] * 5
    status, body = send(world, photo("yellow"))
    assert status == 409 and "5" in body["error"]["message"]
    assert send(world, photo("red"))[0] == 200  # the same again, after an answer was lost


@pytest.mark.parametrize(
    "body",
    [b"", b"--b\r\n", b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf',
     b"--b\r\n\r\n\r\n--b--", b"--b\r\nContent-Disposition: x\r\n\r\n1\r\n--b--\r\n", b"\0" * 99],
)  # fmt: skip
def test_a_broken_form_is_a_4xx_in_chinese(world: World, body: bytes):
    async def sending(client):
        headers = {**world.bearer, "Content-Type": "multipart/form-data; boundary=b"}
        async with client.post("/chat/files", data=body, headers=headers) as answer:
            return answer.status, (await answer.json())["error"]["message"]

    status, message = world.visit(sending)
    assert 400 <= status < 500 and any("\u4e00" <= char <= "\u9fff" for char in message)


def test_no_form_and_no_session(world: World):
    assert world.post("/chat/files", json={})[0] == 400
    assert world.post("/chat/files", data=form(other="x"))[0] == 400
    assert world.post("/chat/files", bearer=False, data=form(file=photo()))[0] == 401


def test_too_many_files_a_minute(world: World):
    async def hurry(client):
        statuses = []
        for _ in range(12):
            data = FormData(default_to_multipart=True)
            data.add_field("other", "x")
            async with client.post("/chat/files", data=data, headers=world.bearer) as answer:
                statuses.append(answer.status)
        return statuses

    assert world.visit(hurry) == [400] * 10 + [429] * 2


def test_one_address_cannot_fill_the_waiting_room(world: World, monkeypatch):
    monkeypatch.setattr(evidence_door, "_WAITING_OF_ADDRESS", 2500)

    async def sending(client):
        statuses = []
        for n in range(4):
            data, fresh = form(file=bytes([65 + n]) * 1000), open_session(SESSION_KEY, utc_now())
            headers = {"Authorization": f"Bearer {fresh}"}
            async with client.post("/chat/files", data=data, headers=headers) as answer:
                statuses.append((answer.status, (await answer.json()).get("error", {}).get("code")))
        world.file()
        data = form(file=b"z" * 1000)  # for a ticket: it does not wait
        async with client.post("/chat/files", data=data, headers=world.bearer) as answer:
            statuses.append((answer.status, None))
        return statuses

    assert world.visit(sending) == [(200, None)] * 2 + [(429, "too_much")] * 2 + [(200, None)]


def test_a_file_name_in_another_encoding_is_no_fault(world: World):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xd5\xd5\xc6\xac.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nsome words\r\n--b--\r\n"
    )

    async def sending(client):
        headers = {**world.bearer, "Content-Type": "multipart/form-data; boundary=b"}
        async with client.post("/chat/files", data=body, headers=headers) as answer:
            return answer.status

    assert world.visit(sending) == 200


def test_neither_name_nor_content_nor_receipt_is_logged(world: World, caplog):
    _, receipt = world.file()
    with caplog.at_level(logging.DEBUG):
        send(world, "陈砚秋的证词".encode(), receipt=receipt)
        send(world, b"MZ\0")
    for secret in ("照片", "陈砚秋", receipt, receipt.replace(" ", "")):
        assert secret not in caplog.text


# 拆单: files for a part come with the parent's receipt


def split_off(world: World, number: str) -> str:
    """A part of a ticket, in the hands of its bureau."""
    clerk, now = Actor("xu", Role.HOTLINE), utc_now()
    with world.storage.write() as session:
        ticket, kind = ticket_by_number(session, number), Kind.TRAINING_FEES_REFUND
        part = split_ticket(session, ticket, kind, "退费不给退", clerk, world.rules, now)
        sign_ticket(session, part, Actor(part.lead, Role.LEAD), world.rules, now)
        return part.number


def lead_does(world: World, number: str, step: Callable[..., None], text: str) -> None:
    with world.storage.write() as session:
        ticket = ticket_by_number(session, number)
        if ticket.state == State.DISPATCHED:
            sign_ticket(session, ticket, Actor(ticket.lead, Role.LEAD), world.rules, utc_now())
        step(session, ticket, Actor(ticket.lead, Role.LEAD), text, world.rules, utc_now())


@pytest.mark.parametrize("with_receipt", [True, False])
def test_where_a_part_asks_for_a_file_it_gets_it_even_when_the_parent_is_answered(
    world: World, with_receipt: bool
):
    number, receipt = world.file()
    part = split_off(world, number)
    lead_does(world, part, pause_ticket, "请发收据")
    lead_does(world, number, answer_ticket, "已停课")
    fields = {"receipt": receipt} if with_receipt else {}
    status, body = send(world, **fields)
    assert (status, body["ticket"]) == (200, part) and part in body["text"]
    assert owner_of_all(world) == [part]


def test_a_file_after_the_button_of_a_ticket_is_for_that_ticket(world: World):
    number, receipt = world.file()
    part = split_off(world, number)
    for each in (number, part):
        lead_does(world, each, pause_ticket, "请发照片")
    world.is_asked("supplement", f'/supplement{{"ticket": "{part}"}}')
    assert send(world, receipt=receipt)[1]["ticket"] == part
    world.is_asked(None)
    assert send(world, photo("blue"), receipt=receipt)[1]["ticket"] == number
