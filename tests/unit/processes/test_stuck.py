"""`make stuck`: what waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from complaints.delivery.outbox import claim, put
from complaints.delivery.timers import set_timer
from complaints.storage import Storage
from complaints.storage.tables import OutboxRow, Timer
from processes.stuck import run
from tests.keys import KEYS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def storage(tmp_path):
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db", KEYS)
    storage.create()
    with storage.write() as session:
        put(session, "webhook:3:b", "webhook", "zhenxi-education", {}, None, NOW)
        set_timer(session, "sign:1", "sign", NOW, None)
        session.flush()
        for table in (OutboxRow, Timer):
            session.execute(update(table).values(stuck_at=NOW, tries=6, last_error="对方答复 500"))
    return storage


def test_it_shows_key_kind_receiver_tries_age_and_error(storage, capsys):
    assert run(storage, [], [], NOW + timedelta(hours=50)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "webhook:3:b",
        "    投递 webhook 给 zhenxi-education，试了 6 次，2 天前的：对方答复 500",
        "sign:1",
        "    定时 sign，试了 6 次，2 天前的：对方答复 500",
        "卡住 2 条。",
    ]


def test_retry_and_give_up(storage, capsys):
    assert run(storage, ["webhook:3:b"], ["sign:1"], NOW) == 0
    assert [message.key for message in claim(storage, NOW, 9)] == ["webhook:3:b"]
    run(storage, [], [], NOW)
    assert capsys.readouterr().out.splitlines() == ["1 条再试，1 条不再办。", "卡住 0 条。"]


def test_an_unknown_key_is_no_success(storage):
    assert run(storage, ["unknown"], [], NOW) == 1
