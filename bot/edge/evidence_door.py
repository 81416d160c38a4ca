"""POST /chat/files: one file from a conversation, for the report being told or for a filed ticket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bot.edge import replies as say
from bot.edge.app import Refused, door_of, json_answer, session_of
from bot.edge.inbox import Inbox
from bot.edge.limits import ByteBudget, RateLimit
from bot.edge.own_ticket import ticket_by_receipt
from bot.edge.sessions import ChatSession
from bot.edge.uploads import Traffic, read_form
from complaints.lifecycle.table import NotAllowed
from complaints.reporter.evidence import (
    LARGEST_FILE,
    LONGEST_WAIT,
    Kept,
    SentFile,
    add_evidence,
    own_ticket,
    ticket_for_file,
)
from complaints.reporter.file_kinds import FileRefused
from complaints.reporter.mark import reporter_mark
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.workdays import utc_now

_LIMITS = {"receipt": 200, "file": LARGEST_FILE}  # bytes
_AT_ONCE = 2  # files that are looked into: drawing a picture anew takes memory and time
_WAITING_OF_ADDRESS = 150 * 1024 * 1024  # bytes: three of the largest reports, a thirteenth of all
_STATUS = {"too_large": 413, "too_many_files": 409, "too_much": 429, "no_room": 503}
_MUCH_FROM_THERE = "从您的网络发来的文件太多了，请先提交举报，之后再补充材料。"
_CLOSED = "这件举报已经答复或结束，不能再加材料；有新情况可以重新举报。"
_TELLING = frozenset(
    {"kind", "org", "place", "when", "detail", "subject", "grade", "amount",
     "anonymous", "contact", "evidence", "confirm"}
)  # fmt: skip
"""What is asked while a report is told: a file sent then belongs to it."""


@dataclass(frozen=True)
class EvidenceDoor:
    """What taking files needs. `folder` keeps them, sealed."""

    storage: Storage
    folder: Path
    rules: Rules
    inbox: Inbox
    files_per_address: RateLimit
    files_per_sender: RateLimit = field(default_factory=lambda: RateLimit(10))
    waiting_of_address: ByteBudget = field(
        default_factory=lambda: ByteBudget(_WAITING_OF_ADDRESS, LONGEST_WAIT.total_seconds())
    )
    traffic: Traffic = field(default_factory=Traffic)
    looked_into: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))


def add_evidence_door(app: web.Application, evidence: EvidenceDoor) -> None:
    """Add POST /chat/files to the chat application.

    The form has `file`, and `receipt` when the file is for that ticket.
    """

    async def take(request: web.Request) -> web.Response:
        session, address = session_of(request), door_of(request).address_of(request)
        if not (
            evidence.files_per_sender.allows(session.sender)
            and evidence.files_per_address.allows(address)
        ):
            raise Refused(429, "too_many_files", "文件发得太快了，请一分钟后再试。")
        with evidence.traffic.admit(address):
            form = await read_form(request, _LIMITS)
            if "file" not in form:
                raise Refused(400, "no_file", "没有收到文件，请再选一次。")
            number = await _meant_ticket(evidence, request, session, form.get("receipt"))
            size = len(form["file"].content)
            if number is None and not evidence.waiting_of_address.has_room(address, size):
                raise Refused(429, "too_much", _MUCH_FROM_THERE)
            sent = SentFile(form["file"].content, form["file"].name or "")
            kept = await _keep(evidence, session, sent, number)
        return json_answer({"text": _words(kept), "ticket": kept.number})

    app.router.add_post("/chat/files", take)


async def _meant_ticket(
    evidence: EvidenceDoor, request: web.Request, session: ChatSession, receipt: object
) -> str | None:
    """The ticket that a file is for; None while a report is told, or where there is none."""
    last = await asyncio.to_thread(evidence.inbox.last_answered, session.sender)
    if say.last_asks(last) in _TELLING:
        return None
    if pressed := say.asked_to_add(last):
        return pressed
    given = getattr(receipt, "text", "")
    if given:
        number = await ticket_by_receipt(request, session, evidence.storage, given)
        return await asyncio.to_thread(_for_file, evidence.storage, number)
    return await asyncio.to_thread(_own_ticket, evidence.storage, session.sender)


async def _keep(
    evidence: EvidenceDoor, session: ChatSession, sent: SentFile, number: str | None
) -> Kept:
    owner = reporter_mark(evidence.storage.keys, session.sender)
    try:
        async with evidence.looked_into:
            return await asyncio.to_thread(
                add_evidence,
                evidence.storage, evidence.folder, owner, sent, evidence.rules, utc_now(), number,
            )  # fmt: skip
    except FileRefused as refused:
        status = _STATUS.get(refused.code, 415)
        raise Refused(status, refused.code, str(refused)) from refused
    except NotAllowed as closed:
        raise Refused(409, "closed", _CLOSED) from closed


def _own_ticket(storage: Storage, sender: str) -> str | None:
    with storage.read() as session:
        return own_ticket(session, reporter_mark(storage.keys, sender))


def _for_file(storage: Storage, number: str) -> str:
    with storage.read() as session:
        return ticket_for_file(session, number)


def _words(kept: Kept) -> str:
    if kept.number:
        return f"材料已加到工单 {kept.number}，共 {kept.files} 个文件。"
    return f"材料收到了（共 {kept.files} 个），提交举报时会一起交上去；两小时内没有提交就删除。"
