"""The proof of filing over HTTP: who holds the receipt gets it, anybody checks it."""

from __future__ import annotations

import hashlib
import html
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from complaints.reporter.proof import Proof, ProvenFile, hash_text, public_key, sign, verify
from complaints.workdays import utc_now
from tests.keys import KEYS
from tests.unit.edge.reporter_world import World, form

PROOF = Proof(
    "汀澜市", "JS2026112300000001", utc_now().replace(microsecond=0), hash_text("周六上课"), ()
)


def ask(world: World, receipt: object) -> tuple[int, dict]:
    status, body = world.post("/chat/proof", json={"receipt": receipt})
    return status, json.loads(body)


def check(world: World, **fields: object) -> str:
    status, page = world.post("/proof", bearer=False, data=form(**fields))
    assert status == 200
    return html.unescape(page)


def test_the_holder_of_the_receipt_gets_a_proof_that_holds(world: World):
    number, receipt = world.file(detail="周六上午还在上课")

    async def download(client):
        async with client.post(
            "/chat/proof", json={"receipt": receipt}, headers=world.bearer
        ) as answer:
            return await answer.text(), answer.headers

    text, headers = world.visit(download)
    assert headers["Content-Disposition"] == f'attachment; filename="{number}.json"'
    assert headers["Cache-Control"] == "no-store"
    proof = verify(text, public_key(KEYS)).proof
    assert proof and proof.number == number and proof.issuer == world.rules.city.name
    assert proof.text_sha256 == hash_text("周六上午还在上课")
    assert "周六" not in text and receipt not in text


def test_wrong_receipts_are_slowed_as_everywhere(world: World):
    world.file()
    answers = [ask(world, "1111222233334444") for _ in range(4)]
    assert [status for status, _ in answers] == [403, 403, 403, 429]


@pytest.mark.parametrize(
    "receipt", [None, 7, "", "JS2026112300000001", "1" * 15, "1" * 500, ["1" * 16]]
)
def test_what_is_no_receipt_is_a_400(world: World, receipt: object):
    status, body = ask(world, receipt)
    assert status == 400 and "16 位" in body["error"]["message"]


def test_without_a_session_nobody_gets_one(world: World):
    _, receipt = world.file()
    assert world.post("/chat/proof", bearer=False, json={"receipt": receipt})[0] == 401


# The public page


def test_the_page_can_be_read_without_a_session_and_a_script(world: World):
    status, page = world.get("/proof", bearer=False)
    assert status == 200 and "<script" not in page
    assert 'action="/proof"' in page and 'enctype="multipart/form-data"' in page


def test_a_genuine_proof_is_told_with_number_time_and_hashes(world: World):
    page = check(world, proof=sign(PROOF, KEYS))
    assert "凭证有效" in page and PROOF.number in page and PROOF.text_sha256 in page
    assert "北京时间" in page and "汀澜市" in page


def test_as_a_file_it_is_the_same(world: World):
    assert "凭证有效" in check(world, proof_file=sign(PROOF, KEYS).encode(), proof="")
    assert "凭证有效" in check(world, proof_file=b"\xef\xbb\xbf" + sign(PROOF, KEYS).encode())


@pytest.mark.parametrize(
    "text",
    [
        sign(PROOF, KEYS).replace("00000001", "00000002"),
        sign(PROOF, replace(KEYS, proof=b"x" * 32)),
        "{}",
        "<script>alert(1)</script>",
    ],
    ids=["another number", "another key", "nothing", "markup"],
)
def test_a_forged_one_is_invalid_and_nothing_of_it_is_shown(world: World, text: str):
    page = check(world, proof=text)
    assert "凭证无效" in page and "凭证有效" not in page
    assert "JS2026" not in page and "alert(1)" not in page


def test_the_page_knows_no_tickets(world: World):
    """A real number in a forged proof is answered as an invented one."""
    number, _ = world.file()
    texts = [
        json.dumps(json.loads(sign(PROOF, KEYS)) | {"number": n})
        for n in (number, "JS2026112399999999")
    ]
    assert check(world, proof=texts[0]) == check(world, proof=texts[1])


def test_a_text_and_a_file_can_be_compared(world: World):
    photo, film = b"a photo", b"a film"
    files = tuple(
        ProvenFile(hashlib.sha256(content).hexdigest(), PROOF.filed_at + later)
        for content, later in ((photo, -timedelta(minutes=1)), (film, timedelta(days=3)))
    )
    text = sign(replace(PROOF, text_sha256=hash_text("周六\n上课"), files=files), KEYS)
    page = check(world, proof=text, text=" 周六\r\n上课 ", file=photo)
    assert "与登记时的一致" in page and "登记时就有" in page
    assert "登记后补的" in check(world, proof=text, text="", file=film)
    page = check(world, proof=text, text="周日上课", file=b"another")
    assert "不一致" in page and "不在凭证里" in page
    page = check(world, proof=text, text="", file=b"")
    assert "一致" not in page.split("<form")[0] and "这个文件" not in page
    assert "周日" not in page


def test_nothing_given_too_much_given_too_often(world: World):
    status, page = world.post("/proof", bearer=False, data=form(proof=""))
    assert status == 400 and "请选择凭证文件" in page
    status, page = world.post("/proof", bearer=False, data=form(proof="x" * 100_000))
    assert status == 413 and "<form" in page
    world.per_minute = 0
    status, page = world.post("/proof", bearer=False, data=form(proof="x"))
    assert status == 429 and "一分钟" in page


def test_the_headers_are_those_of_all_public_pages(world: World):
    async def look(client):
        async with client.get("/proof") as answer:
            return answer.headers

    headers = world.visit(look)
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
