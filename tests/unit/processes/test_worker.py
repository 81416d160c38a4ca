"""What the worker erases."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.edge.inbox import Inbox
from complaints.storage import Storage
from complaints.workdays import utc_now
from processes.conversations import forget_conversations
from processes.worker import run_once

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


def test_a_round_does_each_task_though_another_fails(tmp_path, tracker):
    inbox = Inbox(f"sqlite:///{tmp_path}/inbox.db", b"k" * 32)
    inbox.create()
    inbox.receive("web-1", "old", {"text": "old"}, utc_now() - 31 * DAY)
    without_tables = Storage(f"sqlite:///{tmp_path}/jiesu.db")
    done = run_once(without_tables, inbox, tracker, utc_now())
    assert done == {"messages_erased": 1, "conversations_erased": 2}


def test_a_whole_round(tmp_path, tracker):
    inbox = Inbox(f"sqlite:///{tmp_path}/inbox.db", b"k" * 32)
    inbox.create()
    storage = Storage(f"sqlite:///{tmp_path}/jiesu.db")
    storage.create()
    done = run_once(storage, inbox, tracker, utc_now())
    assert set(done) == {
        "overdue", "contacts_erased", "answers_erased", "messages_erased", "conversations_erased",
    }  # fmt: skip
