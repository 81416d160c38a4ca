"""`make rotate-keys` on a whole installation: tickets, files, inbox and news."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from actions.keys import installation_keys
from bot.edge.inbox import SEALED as INBOX_SEALED
from bot.edge.inbox import TABLES, Inbox
from bot.edge.news import NEWS_TABLES, News
from complaints.keys import Keys
from complaints.protection.personal_fields import keep_field
from complaints.reporter.evidence import name_purpose
from complaints.reporter.evidence_folder import get_sealed, put_sealed
from complaints.storage import Storage
from complaints.storage.tables import EvidenceFile, PersonalField
from complaints.workdays import utc_now
from processes.rotate_keys import _NEWS, main, rotate

ROOT = Path(__file__).resolve().parents[3]
REF = "e" * 24
NOW = utc_now()


class Killed(BaseException):
    """The process ends here."""


class Installation:
    """Something sealed in every place, and whether it still opens."""

    def __init__(self, settings) -> None:
        self.settings = settings
        self.storage, self.inbox, self.news = self.open(installation_keys(settings))
        self.storage.create()
        self.inbox.create()
        self.news.create()
        self.fields: list[str] = []

    def open(self, keys: Keys) -> tuple[Storage, Inbox, News]:
        storage = Storage(self.settings.database_url, keys)
        inbox = Inbox(self.settings.inbox_url, keys.field)
        return storage, inbox, News(inbox.engine, keys.field)

    def fill(self, count: int = 5) -> None:
        ring = self.storage.keys.field
        self.keep(*(f"第{n}人" for n in range(count)))
        put_sealed(self.settings.evidence_folder, REF, b"picture", ring)
        with self.storage.write() as session:
            session.add(EvidenceFile(
                ref=REF, owner="m", media_type="image/png", size=7, sha256="", created_at=NOW,
                sealed_name=ring.seal("名单.png", name_purpose(REF)),
            ))  # fmt: skip
        for n in range(count):
            message = self.inbox.receive("web-1", f"m-{n}", {"text": f"话{n}"}, NOW)
            self.inbox.finish(message, [{"text": f"答{n}"}])
        self.news.add("mark", "push:1", "您的工单已有答复", NOW)

    def keep(self, *values: str) -> None:
        self.fields += values
        with self.storage.write() as session:
            for value in values:
                keep_field(session, "told", value, NOW)

    def check(self) -> None:
        """All opens in a process started now."""
        keys = installation_keys(self.settings)
        storage, inbox, news = self.open(keys)
        with storage.read() as session:
            rows = session.scalars(select(PersonalField)).all()
            opened = [keys.field.unseal_text(row.sealed, row.ref) for row in rows]
            name = session.scalars(select(EvidenceFile.sealed_name)).one()
        assert sorted(opened) == sorted(self.fields)
        assert keys.field.unseal_text(name, name_purpose(REF)) == "名单.png"
        assert get_sealed(self.settings.evidence_folder, REF, keys.field) == b"picture"
        found = inbox.find("web-1", "m-3")
        assert found and (found.content, found.replies) == ({"text": "话3"}, [{"text": "答3"}])
        assert [item.text for item in news.take("mark", NOW)] == ["您的工单已有答复"]

    @property
    def key_files(self) -> list[str]:
        return sorted(path.name for path in self.settings.keys_folder.glob("field*"))


@pytest.fixture
def installation(environment) -> Installation:
    one = Installation(environment())
    one.fill()
    return one


def test_every_place_is_known():
    binary = {
        (table.name, column.name)
        for tables in (TABLES, NEWS_TABLES)
        for table in tables.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == {(sealed.table.name, sealed.content) for sealed in (*INBOX_SEALED, _NEWS)}


def test_all_opens_with_the_new_key_and_the_old_is_needed_no_more(installation):
    done = rotate(installation.settings, settled_after=0)
    assert (done.newest, done.left, done.retired) == (2, 0, (1,))
    assert done.resealed == 5 + 1 + 1 + 10 + 1
    assert installation.key_files == ["field.2.key", "field.key.retired"]
    (installation.settings.keys_folder / "field.key.retired").unlink()
    installation.check()
    again = rotate(installation.settings, settled_after=0)
    assert (again.newest, again.retired) == (3, (2,))
    installation.check()


@pytest.mark.parametrize("batches", range(1, 7))
def test_stopped_behind_any_batch_and_run_again(installation, batches):
    so_far = []

    def stop() -> None:
        so_far.append(1)
        if len(so_far) == batches:
            raise Killed

    with pytest.raises(Killed):
        rotate(installation.settings, settled_after=0, after_batch=stop)
    installation.check()
    done = rotate(installation.settings, settled_after=0)
    assert (done.newest, done.left, done.retired) == (2, 0, (1,))
    installation.check()


def test_a_process_that_runs_meanwhile_goes_on_and_what_it_writes_is_not_lost(installation):
    rotate(installation.settings, settled_after=0, after_batch=lambda: installation.keep("新来的"))
    installation.keep("后来的")
    installation.check()
    installation.inbox.finish(installation.inbox.find("web-1", "m-3"), [{"text": "答3"}])
    installation.check()


def test_a_row_that_no_key_opens_keeps_the_old_key_in_use(installation):
    with installation.storage.write() as session:
        row = session.scalars(select(PersonalField).limit(1)).one()
        whole, row.sealed = row.sealed, row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    done = rotate(installation.settings, settled_after=0)
    assert (done.left, done.retired) == (1, ())
    with installation.storage.write() as session:  # from a backup
        session.get(PersonalField, row.ref).sealed = whole
    done = rotate(installation.settings, settled_after=0)
    assert (done.newest, done.resealed, done.retired) == (2, 1, (1,))
    installation.check()


def test_a_file_that_no_key_opens_keeps_it_too(installation):
    path = installation.settings.evidence_folder / REF
    path.write_bytes(path.read_bytes()[:-1])
    done = rotate(installation.settings, settled_after=0)
    assert (done.left, done.retired) == (1, ())


def test_keys_of_the_environment_are_changed_by_giving_the_next(environment):
    one = Installation(environment(FIELD_KEY="11" * 32))
    one.fill()
    assert rotate(one.settings, settled_after=0).resealed == 0
    settings = environment(FIELD_KEY_2="22" * 32)
    done = rotate(settings, settled_after=0)
    assert (done.newest, done.left, done.retired) == (2, 0, ())
    os.environ.pop("JIESU_FIELD_KEY")
    one.check()
    assert not list(settings.keys_folder.glob("field*"))


def test_the_old_key_waits_until_nobody_can_still_be_writing_under_it(installation):
    begun = time.monotonic()
    rotate(installation.settings, settled_after=1.5)
    assert time.monotonic() - begun >= 1.4


def test_killed_for_good_and_run_again(installation):
    """A real process, a real SIGKILL."""
    code = (
        "import sys; from settings import Settings; from processes.rotate_keys import rotate\n"
        "rotate(Settings.from_environment(), 0, lambda: (print('batch', flush=True),"
        " sys.stdin.read()))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline() == b"batch\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    installation.check()
    assert rotate(installation.settings, settled_after=0).retired == (1,)
    installation.check()


def test_a_database_that_is_not_there_is_said_without_its_address(environment, capsys):
    environment(DATABASE_URL="postgresql+psycopg2://u:secretword@127.0.0.1:9/none")
    assert main() == 1
    said = capsys.readouterr()
    assert "没有换完" in said.err and "secretword" not in said.out + said.err


def test_the_command_says_what_it_did_and_what_may_go(installation, monkeypatch, capsys):
    monkeypatch.setattr("processes.rotate_keys._SETTLED_AFTER", 0.0)
    assert main() == 0
    assert "第 2 号密钥，重新加密了 18 项" in (said := capsys.readouterr().out)
    assert "第 1 号旧密钥已停用" in said
    (installation.settings.evidence_folder / REF).write_bytes(b"JS1\x01damaged")
    assert main() == 1
    assert "还有 1 项没有换成" in capsys.readouterr().err
