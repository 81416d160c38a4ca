"""The key is changed while rows lie under the old one; whenever it is stopped, nothing is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select

from complaints.keys import KeyRing, sealed_under
from complaints.protection.personal_fields import keep_field
from complaints.protection.rotation import SEALED
from complaints.protection.sealed_columns import Pass, count_old, reseal_column
from complaints.reporter.evidence import name_purpose
from complaints.storage import Storage
from complaints.storage.tables import Base, EvidenceFile, PersonalField
from tests.keys import KEYS
from tests.unit.complaints.conftest import MONDAY

OLD = KEYS.field
BOTH = KeyRing({**OLD.keys, 2: b"n" * 32})
NEW = KeyRing({2: b"n" * 32})
FIELDS, NAMES = SEALED


class Killed(BaseException):
    """The process ends here."""


def killed_after(batches: int):
    """Something to do behind each batch that ends the process behind the n-th."""
    so_far = count(1)

    def step() -> None:
        if next(so_far) >= batches:
            raise Killed

    return step


def keep(storage: Storage, values: list[str]) -> None:
    with storage.write() as session:
        for value in values:
            keep_field(session, "told", value, MONDAY)


def opened(storage: Storage, ring: KeyRing) -> list[str]:
    with storage.read() as session:
        rows = session.scalars(select(PersonalField)).all()
        return sorted(ring.unseal_text(row.sealed, row.ref) for row in rows)


def change(storage: Storage, after_batch=lambda: None, batch: int = 2) -> Pass:
    done = Pass()
    for sealed in SEALED:
        done += reseal_column(storage.write, sealed, BOTH, after_batch, batch)
    return done


def test_every_sealed_column_is_changed():
    binary = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == {(sealed.table.name, sealed.content) for sealed in SEALED}


def test_afterwards_all_opens_with_the_new_key_and_nothing_needs_the_old(storage):
    keep(storage, ["甲", "乙", "丙", "丁", "戊"])
    with storage.write() as session:
        session.add(
            EvidenceFile(ref="e" * 24, owner="m", media_type="image/png", size=1, sha256="",
                         created_at=MONDAY, sealed_name=OLD.seal("名单.png", name_purpose("e" * 24)))
        )  # fmt: skip
    assert change(storage) == Pass(resealed=6)
    assert opened(storage, NEW) == sorted("甲乙丙丁戊")
    with storage.read() as session:
        name = session.scalars(select(EvidenceFile.sealed_name)).one()
        assert NEW.unseal_text(name, name_purpose("e" * 24)) == "名单.png"
    assert [count_old(storage.write, sealed, BOTH) for sealed in SEALED] == [0, 0]
    assert change(storage) == Pass()


def test_what_the_first_version_sealed_without_a_number_is_changed_too(storage):
    keep(storage, ["甲"])
    with storage.write() as session:
        row = session.scalars(select(PersonalField)).one()
        row.sealed = row.sealed.removeprefix(b"JS1\x01")
    assert sealed_under(row.sealed) == 1 and opened(storage, OLD) == ["甲"]
    assert change(storage) == Pass(resealed=1)
    assert opened(storage, NEW) == ["甲"]


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_killed_between_batches_and_run_again(storage, batches):
    keep(storage, ["甲", "乙", "丙", "丁", "戊"])
    with pytest.raises(Killed):
        change(storage, killed_after(batches))
    assert opened(storage, BOTH) == sorted("甲乙丙丁戊")
    assert count_old(storage.write, FIELDS, BOTH) == max(0, 5 - 2 * batches)
    change(storage)
    assert opened(storage, NEW) == sorted("甲乙丙丁戊")


def test_killed_within_a_batch_leaves_the_batch_as_it_was(storage, monkeypatch):
    keep(storage, ["甲", "乙", "丙"])
    sealing, ring = count(1), KeyRing(dict(BOTH.keys))
    seal = KeyRing.seal

    def seal_and_die(self, content, purpose):
        if next(sealing) > 1:
            raise Killed
        return seal(self, content, purpose)

    monkeypatch.setattr(KeyRing, "seal", seal_and_die)
    with pytest.raises(Killed):
        reseal_column(storage.write, FIELDS, ring)
    monkeypatch.undo()
    assert opened(storage, OLD) == sorted("甲乙丙")


def test_what_no_key_opens_is_counted_and_left_as_it_is(storage):
    keep(storage, ["甲", "乙"])
    with storage.write() as session:
        broken = session.scalars(select(PersonalField).limit(1)).one()
        ref, broken.sealed = broken.ref, broken.sealed[:-1] + b"?"
        damaged = broken.sealed
    assert change(storage) == Pass(resealed=1, unreadable=1)
    assert count_old(storage.write, FIELDS, BOTH) == 1
    with storage.read() as session:
        assert session.get(PersonalField, ref).sealed == damaged
        with pytest.raises(InvalidTag):
            BOTH.unseal(damaged, ref)


def test_what_is_written_and_erased_meanwhile_is_neither_lost_nor_brought_back(storage):
    keep(storage, [f"旧{n}" for n in range(6)])
    fresh = Storage(str(storage.engine.url), replace(KEYS, field=BOTH))
    fresh.engine = storage.engine
    erased: list[str] = []

    def meanwhile() -> None:
        keep(fresh, ["新"])
        with storage.write() as session:
            row = session.scalars(select(PersonalField).limit(1)).one()
            erased.append(BOTH.unseal_text(row.sealed, row.ref))
            session.delete(row)

    before = [f"旧{n}" for n in range(6)]
    reseal_column(storage.write, FIELDS, BOTH, meanwhile, batch=2)
    change(storage)
    expected = sorted([*before, *["新"] * len(erased)], key=str)
    for value in erased:
        expected.remove(value)
    assert opened(storage, NEW) == sorted(expected)


@pytest.mark.parametrize("storage", ["postgresql"], indirect=True)  # SQLite has one writer
def test_a_row_that_somebody_holds_is_left_for_the_next_pass(storage):
    keep(storage, ["甲", "乙", "丙"])
    with storage.write() as holder:
        holder.scalars(select(PersonalField).order_by(PersonalField.ref).limit(1)
                       .with_for_update()).one()  # fmt: skip
        passed = threading.Thread(target=change, args=(storage,))
        passed.start()
        passed.join(5)
        assert not passed.is_alive() and count_old(storage.write, FIELDS, BOTH) == 1
    assert change(storage) == Pass(resealed=1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text(max_size=20), max_size=12),
    st.lists(st.integers(1, 4), max_size=4),
    st.integers(1, 5),
)
def test_however_often_it_is_killed_the_texts_are_the_same(tmp_path_factory, texts, kills, batch):
    storage = Storage(f"sqlite:///{tmp_path_factory.mktemp('kill')}/t.db", KEYS)
    storage.create()
    keep(storage, texts)
    for batches in kills:
        try:
            change(storage, killed_after(batches), batch)
        except Killed:
            assert opened(storage, BOTH) == sorted(texts)
    assert change(storage, batch=batch).unreadable == 0
    assert opened(storage, NEW) == sorted(texts)
    storage.engine.dispose()
