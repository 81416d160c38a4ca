"""The inbox keeps messages and answers where nobody else can read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from bot.edge.inbox import SEALED, Inbox
from complaints.keys import KeyRing
from complaints.protection.sealed_columns import count_old, reseal_column
from complaints.workdays import utc_now
from tests.keys import KEYS

NUMBER = "137" + "65432109"


def test_no_number_stands_in_the_file_neither_of_a_message_nor_of_an_answer(talk, tmp_path):
    talk.rasa.script = [None]
    talk.say(f"我的电话{NUMBER}")
    talk.say("谢谢")  # the answer reminds of the message before
    talk.say(f"{NUMBER}" * 500)  # refused
    files = [file for file in tmp_path.iterdir() if file.name.startswith("inbox")]
    assert files
    for file in files:
        raw = file.read_bytes()
        assert NUMBER.encode() not in raw and "谢谢".encode() not in raw
        assert "还没有处理".encode() not in raw


def test_answers_of_one_sender_are_ordered_by_when_they_were_answered(inbox: Inbox):
    now = utc_now()
    old, new = (inbox.receive("web-1", name, {"text": name}, now) for name in ("old", "new"))
    inbox.finish(new, [])
    inbox.finish(inbox.receive("web-2", "other", {"text": "x"}, now), [])
    inbox.finish(old, [])
    last = inbox.last_answered("web-1")
    assert last and last.message_id == "old"


def test_what_the_edge_answers_itself_is_kept_without_becoming_the_last_answer(inbox: Inbox):
    now = utc_now()
    inbox.finish(inbox.receive("web-1", "m", {"text": "m"}, now), [])
    inbox.keep("web-1", "press", [{"text": "过期"}], now)
    kept, last = inbox.find("web-1", "press"), inbox.last_answered("web-1")
    assert kept and kept.replies == [{"text": "过期"}]
    assert last and last.message_id == "m"
    assert inbox.last_unanswered("web-1") is None


def test_old_messages_are_erased(inbox: Inbox):
    now = utc_now()
    inbox.receive("web-1", "old", {"text": "old"}, now - timedelta(days=31))
    inbox.receive("web-1", "new", {"text": "new"}, now)
    assert inbox.forget(now, timedelta(days=30)) == 1
    assert inbox.find("web-1", "old") is None and inbox.find("web-1", "new")


def test_a_message_opens_only_under_its_own_key_and_name(inbox: Inbox, tmp_path):
    inbox.receive("web-1", "m", {"text": "m"}, utc_now())
    other = Inbox(f"sqlite:///{tmp_path}/inbox.db", KeyRing({1: b"x" * 32}))
    with pytest.raises(InvalidTag):
        other.find("web-1", "m")
    with inbox.write() as session:
        session.execute(text("UPDATE inbox SET sender = 'web-2'"))
    with pytest.raises(InvalidTag):
        inbox.find("web-2", "m")


def test_messages_are_read_and_answered_while_the_key_changes(inbox: Inbox, tmp_path):
    now, both = utc_now(), KeyRing({**KEYS.field.keys, 2: b"n" * 32})
    for name in ("one", "two", "three"):
        inbox.finish(inbox.receive("web-1", name, {"text": name}, now), [{"text": f"{name}!"}])
    waiting = inbox.receive("web-1", "four", {"text": "four"}, now)
    changed = [reseal_column(inbox.write, sealed, both, batch=2) for sealed in SEALED]
    assert [done.resealed for done in changed] == [4, 3]
    new = Inbox(f"sqlite:///{tmp_path}/inbox.db", KeyRing({2: b"n" * 32}))
    found = new.find("web-1", "two")
    assert found and (found.content, found.replies) == ({"text": "two"}, [{"text": "two!"}])
    inbox.finish(waiting, [{"text": "under the old key"}])
    assert [count_old(inbox.write, sealed, both) for sealed in SEALED] == [0, 1]
    assert reseal_column(inbox.write, SEALED[1], both).resealed == 1
    answered = new.last_answered("web-1")
    assert answered and answered.replies == [{"text": "under the old key"}]
