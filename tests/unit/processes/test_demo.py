"""The first accounts: made once, never put back over what an operator changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from complaints.offices.access import add_staff, bureau_of_token, log_in
from complaints.regions import load_city
from complaints.storage import Storage
from complaints.storage.tables import BureauToken, StaffAccount, StaffSession
from complaints.workdays import utc_now
from processes.demo import CHANGED, DemoAccess, demo_access
from tests.keys import KEYS

CITY = load_city(Path(__file__).resolve().parents[3] / "data/regions/demo")


@pytest.fixture
def storage(tmp_path) -> Storage:
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    storage.create()
    return storage


@pytest.fixture
def start(storage, tmp_path):
    return lambda: demo_access(storage, CITY, tmp_path / "demo-access.json")


def opens(storage: Storage, access: DemoAccess) -> bool:
    return log_in(storage, access.login, access.password, utc_now()) is not None


def count(storage: Storage, table: type) -> int:
    with storage.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def change(storage: Storage, statement) -> None:
    with storage.write() as session:
        session.execute(statement)


def test_the_first_start_makes_them_and_the_second_shows_them_again(storage, start, tmp_path):
    first = start()
    assert opens(storage, first)
    assert bureau_of_token(storage, first.token) == first.bureau
    assert (tmp_path / "demo-access.json").stat().st_mode & 0o077 == 0
    assert start() == first
    assert (count(storage, StaffAccount), count(storage, BureauToken)) == (1, 1)


def test_a_start_leaves_no_open_session_behind(storage, start):
    start()
    start()
    assert count(storage, StaffSession) == 0


def test_a_changed_password_stays(storage, start):
    token = start().token
    add_staff(storage, "hotline", "李敏", "new password")
    shown = start()
    assert (shown.password, shown.token) == (CHANGED, token)
    assert log_in(storage, "hotline", "new password", utc_now())


def test_a_disabled_account_stays_disabled(storage, start):
    first = start()
    change(storage, update(StaffAccount).values(disabled=True))
    assert start().password == CHANGED
    assert not opens(storage, first)


def test_a_revoked_token_stays_revoked_and_no_other_is_issued(storage, start):
    first = start()
    change(storage, update(BureauToken).values(revoked_at=utc_now()))
    shown = start()
    assert (shown.password, shown.token) == (first.password, CHANGED)
    assert count(storage, BureauToken) == 1


@pytest.mark.parametrize("content", [None, "", "[]", '{"login": "x"}'])
def test_a_lost_file_resets_nothing(storage, start, tmp_path, content):
    first = start()
    file = tmp_path / "demo-access.json"
    file.unlink()
    if content is not None:
        file.write_text(content)
    assert (start().password, start().token) == (CHANGED, CHANGED)
    assert opens(storage, first) and count(storage, BureauToken) == 1


def test_a_new_database_gets_new_ones(start, storage, tmp_path):
    old = start()
    other = Storage(f"sqlite:///{tmp_path}/other.db", KEYS)
    other.create()
    shown = demo_access(other, CITY, tmp_path / "demo-access.json")
    assert opens(other, shown) and bureau_of_token(other, shown.token)
    assert shown.password != old.password
