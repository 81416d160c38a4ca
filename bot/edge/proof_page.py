"""Proof of filing: given out to who holds the receipt, checked by anybody at /proof.

The check needs the file and the public key, no database: it tells nothing of any other ticket. The
page works without a script.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.edge.app import Refused, body_of, door_of, session_of
from bot.edge.own_ticket import ticket_by_receipt
from bot.edge.uploads import Part, Traffic, read_form
from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.table import NotAllowed
from complaints.reporter.evidence import LARGEST_FILE
from complaints.reporter.proof import (
    LARGEST_PROOF,
    Proof,
    ProvenFile,
    hash_text,
    make_proof,
    public_key,
    sign,
    verify,
)
from complaints.storage import Storage
from complaints.workdays import SHANGHAI

LONGEST_TEXT = 64 * 1024  # bytes of a text to compare
_LIMITS = {
    "proof": 4 * LARGEST_PROOF,
    "proof_file": 4 * LARGEST_PROOF,
    "text": LONGEST_TEXT,
    "file": LARGEST_FILE,
}


def _in_shanghai(at: datetime) -> str:
    there = at.astimezone(SHANGHAI)
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M:%S}（北京时间）"


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["in_shanghai"] = _in_shanghai


@dataclass(frozen=True)
class _Checked:
    """What the page says of a proof. `text_fits`: None when not compared; `file`: the one that a
    compared file is."""

    proof: Proof | None
    text_fits: bool | None = None
    file: ProvenFile | None = None
    file_compared: bool = False


def add_proof_page(
    app: web.Application,
    storage: Storage,
    issuer: str,
    may_check: Callable[[web.Request], bool] = lambda request: True,
) -> None:
    """Add GET and POST /proof and POST /chat/proof to the chat application.

    `issuer` is named in proofs. `may_check`: whether a client has checks left.
    """
    key = public_key(storage.keys)
    traffic = Traffic()

    async def show(request: web.Request) -> web.Response:
        return _page(key)

    async def check(request: web.Request) -> web.Response:
        try:
            if not may_check(request):
                raise Refused(429, "too_many_checks", "查得太频繁了，请一分钟后再试。")
            with traffic.admit(door_of(request).address_of(request)):
                checked = _checked(await read_form(request, _LIMITS), key)
        except Refused as refused:
            return _page(key, problem=refused.message, status=refused.status)
        return _page(key, checked=checked)

    async def give(request: web.Request) -> web.Response:
        session, door = session_of(request), door_of(request)
        if not door.messages_per_sender.allows(session.sender):
            raise Refused(429, "too_many_requests", "点得太快了，请一分钟后再试。")
        receipt = (await body_of(request)).get("receipt")
        number = await ticket_by_receipt(request, session, storage, receipt)
        try:
            signed = await asyncio.to_thread(_signed, storage, number, issuer)
        except NotAllowed as refused:
            raise Refused(409, refused.code, str(refused)) from refused
        return web.Response(
            text=signed,
            content_type="application/json",
            headers={
                "Content-Disposition": f'attachment; filename="{number}.json"',
                "Cache-Control": "no-store",
            },
        )

    app.router.add_get("/proof", show)
    app.router.add_post("/proof", check)
    app.router.add_post("/chat/proof", give)


def _signed(storage: Storage, number: str, issuer: str) -> str:
    with storage.read() as session:
        proof = make_proof(session, ticket_by_number(session, number), issuer)
    return sign(proof, storage.keys)


def _checked(form: dict[str, Part], key: bytes) -> _Checked:
    """Raises Refused when no proof was given."""
    given = [form[name].text.strip() for name in ("proof_file", "proof") if name in form]
    given = [text for text in given if text]
    if not given:
        raise Refused(400, "no_proof", "请选择凭证文件，或者把凭证的内容粘贴进来。")
    proof = verify(given[0].removeprefix("\ufeff"), key).proof
    text, file = form.get("text"), form.get("file")
    if proof is None:
        return _Checked(None)
    text_fits = None
    if text and text.text.strip():
        text_fits = hash_text(text.text.replace("\r\n", "\n")) == proof.text_sha256
    if not (file and file.content):
        return _Checked(proof, text_fits)
    digest = hashlib.sha256(file.content).hexdigest()
    known = next((one for one in proof.files if one.sha256 == digest), None)
    return _Checked(proof, text_fits, known, file_compared=True)


def _page(
    key: bytes, *, checked: _Checked | None = None, problem: str = "", status: int = 200
) -> web.Response:
    html = _TEMPLATES.get_template("proof.html").render(
        checked=checked,
        problem=problem,
        key=base64.b64encode(key).decode(),
        longest=LONGEST_TEXT // 4,
    )
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=html, content_type="text/html", status=status, headers=headers)
