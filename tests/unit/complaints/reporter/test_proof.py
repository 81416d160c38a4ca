"""The proof of filing: anybody can check it, nobody can forge it, and it tells nothing."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from complaints.lifecycle import redacting
from complaints.lifecycle.act import NotAllowed, ticket_by_number
from complaints.protection.receipts import derive_receipt
from complaints.reporter.proof import (
    Proof,
    ProvenFile,
    hash_text,
    make_proof,
    public_key,
    sign,
    verify,
)
from complaints.storage.tables import EvidenceFile, Ticket
from tests.keys import KEYS
from tests.unit.complaints.reporter.conftest import CLERK, Life

KEY = public_key(KEYS)
PROOF = Proof(
    issuer="汀澜市",
    number="JS2026112300000001",
    filed_at=datetime(2026, 11, 23, 2, tzinfo=UTC),
    text_sha256=hash_text("周六上课"),
    files=(ProvenFile(hashlib.sha256(b"photo").hexdigest(), datetime(2026, 11, 23, tzinfo=UTC)),),
)


def made(life: Life, number: str) -> str:
    with life.storage.read() as session:
        return sign(make_proof(session, ticket_by_number(session, number), "汀澜市"), KEYS)


def test_a_parent_can_check_every_word_of_it(life: Life):
    number = life.file(detail="周六上午还在上课")
    proof = verify(made(life, number), KEY).proof
    assert proof and proof.number == number and proof.issuer == "汀澜市"
    assert proof.text_sha256 == hashlib.sha256("周六上午还在上课".encode()).hexdigest()
    assert proof.filed_at == life.ticket(number).filed_at.replace(microsecond=0)


def test_the_text_hashed_is_the_reporters_own_also_after_a_clerks_correction(life: Life):
    told = "我叫陈砚秋，我儿子在三年二班，周六上课"
    number = life.file(detail=told)
    assert "砚秋" not in life.ticket(number).detail
    life.do(redacting.redact_ticket, number, "有人反映周六上课", by=CLERK)
    proof = verify(made(life, number), KEY).proof
    assert proof and proof.text_sha256 == hash_text(told)


def test_words_in_which_nothing_was_masked_are_kept_too_when_a_clerk_corrects_them(life: Life):
    told = "周六还在上课，老师是我楼上的"
    number = life.file(detail=told)
    for words in ("周六还在上课，老师住得近", "周六还在上课"):
        life.do(redacting.redact_ticket, number, words, by=CLERK)
    proof = verify(made(life, number), KEY).proof
    assert proof and proof.text_sha256 == hash_text(told)


def test_blanks_around_and_ways_of_composing_do_not_matter():
    assert hash_text("  café 上课\n") == hash_text(unicodedata.normalize("NFD", "café 上课"))
    assert hash_text("上课。") != hash_text("上课")


def test_files_are_named_by_their_hash_and_when_they_came(life: Life):
    number = life.file()
    filed_at = life.ticket(number).filed_at.replace(microsecond=0)
    life.wait(days=3)
    with life.storage.write() as session:
        session.add(
            EvidenceFile(
                ref="a" * 24, ticket_id=ticket_by_number(session, number).id, owner="o",
                media_type="image/jpeg", size=1, sha256="c" * 64, sealed_name=b"", created_at=life.now,
            )
        )  # fmt: skip
    proof = verify(made(life, number), KEY).proof
    sent_at = life.now.replace(microsecond=0)
    assert proof and proof.files == (ProvenFile("c" * 64, sent_at),)
    assert proof.filed_at == filed_at < sent_at


def test_it_holds_no_content_no_party_and_no_receipt(life: Life):
    number = life.file(detail="周六上午还在上数学")
    text, ticket = made(life, number), life.ticket(number)
    receipt = derive_receipt(b"s" * 32, "m").replace(" ", "")
    for secret in (ticket.detail, ticket.subject_party, ticket.place, ticket.receipt_hash, receipt,
                   ticket.reporter_mark, ticket.lead):  # fmt: skip
        assert not secret or secret not in text


def test_an_old_proof_still_holds_when_the_words_are_erased(life: Life):
    number = life.file()
    kept = made(life, number)
    with life.storage.write() as session:
        session.execute(
            update(Ticket).where(Ticket.number == number).values(erased_at=life.now, detail="")
        )
    assert verify(kept, KEY).valid
    with pytest.raises(NotAllowed) as refused:
        made(life, number)
    assert refused.value.code == "erased"


@pytest.mark.parametrize("field", ["number", "filed_at", "text_sha256", "issuer", "version", "how"])
def test_any_change_makes_it_invalid(field: str):
    content = json.loads(sign(PROOF, KEYS))
    content[field] = content[field] + 1 if field == "version" else content[field][:-1] + "0x"
    assert not verify(json.dumps(content), KEY).valid


def test_what_was_taken_out_or_put_in_makes_it_invalid():
    for change in ({"files": []}, {"more": 1}, {"signature": ""}):
        assert not verify(json.dumps(json.loads(sign(PROOF, KEYS)) | change), KEY).valid
    without = json.loads(sign(PROOF, KEYS))
    del without["signature"]
    assert not verify(json.dumps(without), KEY).valid


def test_another_installations_signature_is_not_ours():
    other = replace(KEYS, proof=b"x" * 32)
    assert not verify(sign(PROOF, other), KEY).valid


def test_it_may_be_written_anew_with_other_blanks_and_order():
    content = json.loads(sign(PROOF, KEYS))
    turned = dict(reversed(list(content.items())))
    assert verify(json.dumps(turned, ensure_ascii=True), KEY).proof == PROOF


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.text() | anything.map(json.dumps)
       | st.dictionaries(st.sampled_from(["signature", "version", "number"]), anything).map(json.dumps))  # fmt: skip
def test_no_file_whatever_is_an_error(text: str):
    assert not verify(text, KEY).valid


@given(
    st.text(max_size=200),
    st.lists(
        st.tuples(
            st.text("0123456789abcdef", min_size=64, max_size=64),
            st.integers(0, 2**31).map(lambda at: datetime.fromtimestamp(at, UTC)),
        ),
        max_size=5,
    ),
)
@settings(max_examples=100, deadline=None)
def test_what_is_signed_is_read_back(text: str, files: list[tuple[str, datetime]]):
    proven = tuple(ProvenFile(sha256, at) for sha256, at in files)
    proof = replace(PROOF, text_sha256=hash_text(text), files=proven)
    assert verify(sign(proof, KEYS), KEY).proof == proof


def test_deep_nesting_is_no_error():
    assert not verify("[" * 10_000, KEY).valid
    assert not verify(json.dumps({"signature": "AA=="}) + " " * 20_000, KEY).valid
