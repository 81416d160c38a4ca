"""Files from a reporter: kept sealed, joined to the right ticket, seen by release only."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from complaints.keys import KeyRing, sealed_under
from complaints.lifecycle.act import Actor, NotAllowed, NotFound, Role, ticket_by_number
from complaints.lifecycle.reporting import withdraw_ticket
from complaints.reporter import evidence as rules_of_evidence
from complaints.reporter.evidence import (
    Kept,
    SentFile,
    add_evidence,
    forget_waiting,
    name_purpose,
    own_ticket,
)
from complaints.reporter.evidence_access import (
    Evidence,
    evidence_of,
    read_evidence,
    release_evidence,
)
from complaints.reporter.evidence_folder import erase_evidence, get_sealed, put_sealed, reseal
from complaints.reporter.file_kinds import FileRefused
from complaints.reporter.mark import reporter_mark
from complaints.storage.tables import Barred, Event, EvidenceFile, Reading
from tests.keys import KEYS
from tests.unit.complaints.reporter.conftest import CLERK, Life, said
from tests.unit.complaints.reporter.recordings import SONG, SOUND, VOICE_NOTE, film
from tests.unit.complaints.reporter.test_clean_files import SECRET, photo

MINE, OTHERS = reporter_mark(KEYS, "web-1"), reporter_mark(KEYS, "web-2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def sends(life: Life, folder: Path):
    def send(content: bytes = b"some words", number: str | None = None, owner: str = MINE) -> Kept:
        sent = SentFile(content, "王先生家的照片.jpg")
        return add_evidence(life.storage, folder, owner, sent, life.rules, life.now, number)

    return send


def rows(life: Life) -> list[EvidenceFile]:
    with life.storage.read() as session:
        return list(session.scalars(select(EvidenceFile).order_by(EvidenceFile.created_at)))


def opened(life: Life, folder: Path, ref: str, reader: Actor) -> Evidence:
    with life.storage.write() as session:
        return read_evidence(session, folder, ref, reader, life.now)


def test_two_senders_have_two_marks_and_a_mark_names_nobody():
    assert MINE == reporter_mark(KEYS, "web-1") != OTHERS
    assert "web" not in MINE and len(MINE) == 64
    assert reporter_mark(replace(KEYS, blind=b"x" * 32), "web-1") != MINE


def test_what_lies_in_the_folder_says_nothing(life: Life, folder: Path, sends):
    content = photo()
    kept = sends(content)
    (row,) = rows(life)
    stored = (folder / kept.ref).read_bytes()
    assert b"JFIF" not in stored and SECRET.encode() not in stored
    assert (folder / kept.ref).stat().st_mode & 0o777 == 0o600
    assert "王先生" not in str(vars(row)) and "王先生".encode() not in row.sealed_name
    assert KEYS.field.unseal_text(row.sealed_name, name_purpose(kept.ref)) == "王先生家的照片.jpg"
    assert SECRET.encode() not in get_sealed(folder, kept.ref, KEYS.field)


def test_the_hash_is_of_what_was_sent(life: Life, sends):
    content = photo()
    sends(content)
    assert rows(life)[0].sha256 == hashlib.sha256(content).hexdigest()


def test_files_wait_for_the_filing_of_the_same_reporter(life: Life, sends):
    assert sends(b"one").files == 1
    assert sends(b"two") == replace(sends(b"two"), files=2)
    sends(b"of somebody else", owner=OTHERS)
    number = life.file(reporter_mark=MINE)
    joined = [row for row in rows(life) if row.ticket_id == life.ticket(number).id]
    assert len(joined) == 2 and {row.owner for row in joined} == {MINE}


def test_after_two_hours_a_file_is_not_joined_any_more(life: Life, sends):
    sends(b"old")
    life.wait(hours=2)
    number = life.file(reporter_mark=MINE)
    assert all(row.ticket_id != life.ticket(number).id for row in rows(life))


def test_after_filing_a_file_is_a_supplement(life: Life, sends):
    number = life.file(reporter_mark=MINE)
    before = life.ticket(number)
    kept = sends(b"a photo", number)
    assert kept.number == number and kept.files == 1
    assert said(life.look(number)).endswith("您补充了材料（1个文件）")
    with life.storage.read() as session:
        event = session.scalars(select(Event).where(Event.action == "supplement")).one()
    assert event.text == "补充了材料（1个文件）"
    assert life.ticket(number).version > before.version


def test_the_same_file_again_is_kept_once(life: Life, folder: Path, sends):
    number = life.file()
    assert sends(b"a photo", number) == sends(b"a photo", number)
    assert len(rows(life)) == 1 and len(list(folder.iterdir())) == 1
    assert said(life.look(number)).count("补充了材料") == 1


def test_an_answered_ticket_takes_none(life: Life, folder: Path, sends):
    number = life.file(reporter_mark=MINE)
    with life.storage.read() as session:
        assert own_ticket(session, MINE) == number
        assert own_ticket(session, OTHERS) is None
    life.answer(number)
    with pytest.raises(NotAllowed):
        sends(b"late", number)
    assert rows(life) == [] and list(folder.iterdir()) == []
    with life.storage.read() as session:
        assert own_ticket(session, MINE) is None


# Limits


def test_five_files_for_a_ticket_and_five_that_wait(life: Life, sends):
    for number in (life.file(), None):
        for n in range(5):
            sends(f"{number} {n}".encode(), number)
        with pytest.raises(FileRefused) as refused:
            sends(b"the sixth", number)
        assert refused.value.code == "too_many_files"


def test_ten_megabytes(sends, monkeypatch):
    monkeypatch.setattr(rules_of_evidence, "LARGEST_FILE", 100)
    sends(b"x" * 100)
    with pytest.raises(FileRefused) as refused:
        sends(b"x" * 101)
    assert refused.value.code == "too_large"


def test_so_much_an_hour(life: Life, sends, monkeypatch):
    monkeypatch.setattr(rules_of_evidence, "_BYTES_PER_HOUR", 100)
    numbers = [life.file() for _ in range(3)]
    sends(b"a" * 60, numbers[0])
    with pytest.raises(FileRefused) as refused:
        sends(b"b" * 60, numbers[1])
    assert refused.value.code == "too_much"
    sends(b"b" * 60, numbers[1], OTHERS)
    life.wait(hours=1)
    sends(b"b" * 60, numbers[2])


def test_all_that_waits_together_has_a_limit(sends, monkeypatch):
    monkeypatch.setattr(rules_of_evidence, "_BYTES_WAITING", 100)
    sends(b"a" * 60)
    with pytest.raises(FileRefused) as refused:
        sends(b"b" * 60, owner=OTHERS)
    assert refused.value.code == "no_room"


def test_who_has_filed_is_not_refused_because_others_fill_the_waiting_room(
    life: Life, sends, monkeypatch
):
    monkeypatch.setattr(rules_of_evidence, "_BYTES_WAITING", 100)
    number = life.file()
    sends(b"a" * 90, owner=OTHERS)
    assert sends(b"b" * 60, number).number == number
    with pytest.raises(FileRefused):
        sends(b"c" * 60)
    sends(b"d" * 10)  # what is filed takes no room there


def test_a_name_that_is_no_text_is_kept_as_well_as_can_be(life: Life, folder: Path):
    sent = SentFile(b"words", "\udcd5\udcd5片.txt")
    ref = add_evidence(life.storage, folder, MINE, sent, life.rules, life.now).ref
    assert KEYS.field.unseal_text(rows(life)[0].sealed_name, name_purpose(ref)) == "??片.txt"


# Who sees it


def test_the_hotline_sees_it_and_a_bureau_after_the_release(life: Life, folder: Path, sends):
    number = life.file()
    ref, lead = sends(photo(), number).ref, Actor(life.ticket(number).lead, Role.LEAD)
    assert opened(life, folder, ref, CLERK).media_type == "image/jpeg"
    with pytest.raises(NotFound):
        opened(life, folder, ref, lead)
    with life.storage.write() as session:
        ticket = ticket_by_number(session, number)
        assert evidence_of(session, ticket, Role.LEAD) == ()
        (note,) = evidence_of(session, ticket, Role.HOTLINE)
        assert not note.released and not note.may_name_author
        with pytest.raises(NotFound):
            release_evidence(session, ref, lead, life.now)
        release_evidence(session, ref, CLERK, life.now)
        release_evidence(session, ref, CLERK, life.now)
    shown = opened(life, folder, ref, lead)
    assert shown.name == "材料1.jpg" and SECRET.encode() not in shown.content
    with life.storage.read() as session:
        assert (
            len(session.scalars(select(Event).where(Event.action == "evidence_released")).all())
            == 1
        )
        looks = session.scalars(select(Reading).where(Reading.way == "evidence")).all()
        assert [(look.actor, look.role) for look in looks] == [
            ("ming", "hotline"),
            (lead.id, "lead"),
        ]


def test_another_bureau_and_a_barred_clerk_see_nothing(life: Life, folder: Path, sends):
    number = life.file()
    ref = sends(photo(), number).ref
    other = next(b for b in life.rules.city.bureaus if b != life.ticket(number).lead
                 and b != life.rules.city.hotline.id)  # fmt: skip
    with life.storage.write() as session:
        ticket = ticket_by_number(session, number)
        release_evidence(session, ref, CLERK, life.now)
        session.add(Barred(ticket_id=ticket.id, who="staff:hong", reason="interest"))
    for reader in (Actor(other, Role.LEAD), Actor("hong", Role.HOTLINE)):
        with pytest.raises(NotFound):
            opened(life, folder, ref, reader)


def test_after_a_withdrawal_no_bureau_opens_what_was_released(life: Life, folder: Path, sends):
    number = life.file(reporter_mark=MINE)
    ref, lead = sends(photo(), number).ref, Actor(life.ticket(number).lead, Role.LEAD)
    with life.storage.write() as session:
        release_evidence(session, ref, CLERK, life.now)
    assert opened(life, folder, ref, lead)
    with life.storage.write() as session:
        withdraw_ticket(session, number, life.rules, life.now)
    with pytest.raises(NotFound):
        opened(life, folder, ref, lead)
    with life.storage.read() as session:
        ticket = ticket_by_number(session, number)
        assert evidence_of(session, ticket, Role.LEAD) == ()
        assert len(evidence_of(session, ticket, Role.HOTLINE)) == 1
    assert opened(life, folder, ref, CLERK)


def test_a_waiting_file_is_nobodys_to_read(life: Life, folder: Path, sends):
    ref = sends(b"words").ref
    with pytest.raises(NotFound):
        opened(life, folder, ref, CLERK)
    with pytest.raises(NotFound):
        opened(life, folder, "f" * 24, CLERK)


def test_a_text_is_marked_for_the_clerk_to_look_at(life: Life, sends):
    number = life.file()
    sends("我是陈砚秋".encode(), number)
    with life.storage.read() as session:
        (note,) = evidence_of(session, ticket_by_number(session, number), Role.HOTLINE)
    assert note.may_name_author and note.name == "材料1.txt"


@pytest.mark.parametrize(
    "content", [SONG, SOUND, VOICE_NOTE, film()], ids=["mp3", "wav", "amr", "mp4"]
)
def test_recordings_and_films_are_marked_for_the_clerk_too(life: Life, sends, content: bytes):
    number = life.file()
    sends(content, number)
    with life.storage.read() as session:
        (note,) = evidence_of(session, ticket_by_number(session, number), Role.HOTLINE)
    assert note.may_name_author


# Erasing, new keys, crashes


def test_unfiled_files_and_what_a_crash_left_are_erased(life: Life, folder: Path, sends):
    kept = sends(b"waits")
    number = life.file()
    filed = sends(b"filed", number)
    put_sealed(folder, "a" * 24, b"no row tells of it", KEYS.field)
    (folder / f"{'b' * 24}.0011.new").write_bytes(b"half")
    assert forget_waiting(life.storage, folder, life.now + timedelta(hours=3)) == 0
    life.wait(days=3650)  # the files were written now, by the real clock
    assert forget_waiting(life.storage, folder, life.now) == 2
    assert [path.name for path in folder.iterdir()] == [filed.ref] != [kept.ref]


def test_a_file_that_could_not_be_written_leaves_no_row(life: Life, tmp_path: Path):
    (tmp_path / "full").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        add_evidence(
            life.storage, tmp_path / "full", MINE, SentFile(b"words", "n"), life.rules, life.now
        )
    assert rows(life) == []


def test_new_keys_open_and_seal_it_anew(folder: Path):
    put_sealed(folder, "a" * 24, b"words", KEYS.field)
    ring = KeyRing({**KEYS.field.keys, 2: b"n" * 32})
    assert reseal(folder, "a" * 24, ring) is True
    assert reseal(folder, "a" * 24, ring) is False
    assert sealed_under((folder / ("a" * 24)).read_bytes()) == 2
    assert get_sealed(folder, "a" * 24, KeyRing({2: b"n" * 32})) == b"words"


def test_a_file_put_in_anothers_place_does_not_open(folder: Path):
    put_sealed(folder, "a" * 24, b"words", KEYS.field)
    (folder / ("a" * 24)).rename(folder / ("b" * 24))
    with pytest.raises(InvalidTag):
        get_sealed(folder, "b" * 24, KEYS.field)
    assert erase_evidence(folder, ["b" * 24, "c" * 24]) == 1


@pytest.mark.parametrize("ref", ["../keys/field.key", "", "A" * 24, "a" * 23])
def test_no_reference_leads_out_of_the_folder(folder: Path, ref: str):
    with pytest.raises(ValueError, match="no reference"):
        get_sealed(folder, ref, KEYS.field)
