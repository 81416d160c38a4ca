"""What the worker does by itself, round after round."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.edge.inbox import Inbox
from bot.edge.news import News
from complaints.delivery.outbox import put
from complaints.delivery.timers import set_timer
from complaints.storage.tables import OutboxRow, Timer
from complaints.workdays import utc_now
from processes.conversations import forget_conversations
from processes.worker import heartbeat_file, keep_house, pause_after, prepare, run_once
from tests.keys import KEYS

ROOT = Path(__file__).resolve().parents[3]
DAY = timedelta(days=1)


@pytest.fixture
def tracker(tmp_path):
    """Rasa's table, as its tracker store makes it."""
    file = tmp_path / "tracker.db"
    with sqlite3.connect(file) as database:
        database.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL,"
            " type_name VARCHAR(255) NOT NULL, timestamp FLOAT, intent_name VARCHAR(255),"
            " action_name VARCHAR(255), data TEXT)"
        )
        for days in (90, 31, 29, 0):
            stamp = (utc_now() - days * DAY).timestamp()
            database.execute(
                "INSERT INTO events (sender_id, type_name, timestamp) VALUES ('web-1', 'user', ?)",
                (stamp,),
            )
    return file


def left(tracker) -> int:
    with sqlite3.connect(tracker) as database:
        return database.execute("SELECT count(*) FROM events").fetchone()[0]


def test_conversations_older_than_a_month_are_erased(tracker):
    assert forget_conversations(tracker, utc_now() - 30 * DAY) == 2
    assert left(tracker) == 2
    assert forget_conversations(tracker, utc_now() - 30 * DAY) == 0


def test_before_rasa_has_made_its_table_nothing_happens(tmp_path):
    assert forget_conversations(tmp_path / "none.db", utc_now()) == 0
    assert not (tmp_path / "none.db").exists()
    sqlite3.connect(tmp_path / "empty.db").close()
    assert forget_conversations(tmp_path / "empty.db", utc_now()) == 0


@pytest.fixture
def settings(environment):
    settings = environment()
    settings.var.mkdir()
    return settings


@pytest.fixture
def work(settings):
    work = prepare(settings, KEYS)
    work.storage.create()
    return work


def running() -> bool:
    return False


def give_news(storage, *keys: str) -> None:
    with storage.write() as session:
        for key in keys:
            put(session, key, "push", f"mark-{key}", {"text": "已有答复"}, None, utc_now())


def open_rows(storage, table) -> int:
    with storage.read() as session:
        return session.scalar(
            select(func.count()).select_from(table).where(table.done_at.is_(None))
        )


def test_a_round_heeds_timers_and_delivers(settings, work):
    give_news(work.storage, "a", "b")
    with work.storage.write() as session:
        set_timer(session, "sign:none", "sign", utc_now(), None)
    assert run_once(work, utc_now, running) == 3
    assert run_once(work, utc_now, running) == 0
    news = News(Inbox(settings.inbox_url, KEYS.field).engine, KEYS.field)
    assert [item.text for item in news.take("mark-a", utc_now())] == ["已有答复"]
    assert open_rows(work.storage, Timer) == open_rows(work.storage, OutboxRow) == 0


def test_there_is_a_handler_for_each_kind_of_timer(work):
    assert set(work.handlers) >= {
        "sign", "deadline", "resume", "arbitrate", "task_due", "call_back", "erase",
    }  # fmt: skip


def test_failing_timers_do_not_hold_back_deliveries(work):
    give_news(work.storage, "a")
    broken = replace(work, handlers=None)
    with work.storage.write() as session:
        set_timer(session, "sign:none", "sign", utc_now(), None)
    run_once(broken, utc_now, running)
    assert open_rows(work.storage, Timer) == 1
    assert open_rows(work.storage, OutboxRow) == 0


def test_without_a_database_a_round_ends_all_the_same(settings):
    assert run_once(prepare(settings, KEYS), utc_now, running) == 0


def test_a_stopped_worker_begins_nothing(work):
    give_news(work.storage, "a")
    assert run_once(work, utc_now, lambda: True) == 0
    assert open_rows(work.storage, OutboxRow) == 1


def test_what_cannot_be_erased_holds_back_no_other_erasure(settings, tracker):
    """The tables of the tickets are missing here."""
    tracker.rename(settings.tracker_file)
    work = prepare(settings, KEYS)
    Inbox(settings.inbox_url, KEYS.field).receive("web-1", "old", {}, utc_now() - 31 * DAY)
    done = keep_house(work, utc_now())
    assert (done["messages"], done["conversations"], done["answers"]) == (1, 2, 0)


def test_after_work_the_next_round_comes_soon_else_later_and_later():
    assert all(1 <= pause_after(3, 20) <= 2 for _ in range(20))
    pauses = [1.0]
    for _ in range(6):
        pauses.append(pause_after(0, pauses[-1]))
    assert pauses == [1, 2, 4, 8, 16, 20, 20]


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "processes.worker"], cwd=ROOT)


def wait_until(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_real_workers_side_by_side_one_is_killed_the_other_stops_cleanly(settings, work):
    """Their environment is that of the test: the same folder, keys of the installation's own."""
    workers = [start(), start()]
    try:
        wait_until(heartbeat_file(settings).exists)
        give_news(work.storage, *(f"n{n}" for n in range(5)))
        wait_until(lambda: open_rows(work.storage, OutboxRow) == 0)
        workers[0].kill()
        give_news(work.storage, *(f"m{n}" for n in range(5)))
        wait_until(lambda: open_rows(work.storage, OutboxRow) == 0)
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(timeout=10) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
