"""A broken or foreign database is one sentence before anything starts."""

from __future__ import annotations

import sqlite3

import pytest

from processes.databases import open_databases
from processes.preflight import CannotStart


@pytest.fixture
def settings(environment):
    settings = environment()
    settings.var.mkdir()
    return settings


def one_sentence(settings) -> str:
    with pytest.raises(CannotStart) as reason:
        open_databases(settings)
    return str(reason.value)


def test_a_new_and_a_used_installation_open(settings):
    assert open_databases(settings).is_up()
    assert open_databases(settings).is_up()


@pytest.mark.parametrize(
    ("file", "name"),
    [("jiesu.db", "JIESU_DATABASE_URL"), ("inbox.db", "JIESU_INBOX_URL"), ("tracker.db", "JIESU_VAR")],
)  # fmt: skip
def test_a_file_that_is_no_database_is_named(settings, file, name):
    (settings.var / file).write_bytes(b"not a database at all, but long enough to look at" * 20)
    said = one_sentence(settings)
    assert name in said and "打不开" in said


def test_a_database_of_another_program_is_left_alone(settings):
    with sqlite3.connect(settings.var / "jiesu.db") as other:
        other.execute("CREATE TABLE bookmarks (id INTEGER)")
    assert "别的程序" in one_sentence(settings)
    with sqlite3.connect(settings.var / "jiesu.db") as other:
        names = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("bookmarks",)]


def test_a_database_of_another_version_is_named(settings):
    with sqlite3.connect(settings.var / "inbox.db") as old:
        old.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, sealed BLOB)")
    said = one_sentence(settings)
    assert "另一个版本" in said and "JIESU_INBOX_URL" in said


def test_a_database_of_a_newer_program_is_named_and_left_alone(settings):
    open_databases(settings)
    with sqlite3.connect(settings.var / "jiesu.db") as newer:
        newer.execute("UPDATE jiesu_schema SET version_num = '0099'")
    said = one_sentence(settings)
    assert "0099" in said and "备份" in said and "JIESU_DATABASE_URL" in said
    with sqlite3.connect(settings.var / "jiesu.db") as newer:
        assert newer.execute("SELECT version_num FROM jiesu_schema").fetchall() == [("0099",)]


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle+nothing://x", "sqlite:////no/such/folder/x.db"]
)
def test_an_impossible_url_is_named(environment, url):
    settings = environment(DATABASE_URL=url)
    settings.var.mkdir()
    assert "JIESU_DATABASE_URL" in one_sentence(settings)


def test_a_password_in_the_url_is_not_printed(environment):
    settings = environment(DATABASE_URL="postgresql+psycopg2://jiesu:topsecret@127.0.0.1:1/x")
    settings.var.mkdir()
    assert "topsecret" not in one_sentence(settings)
