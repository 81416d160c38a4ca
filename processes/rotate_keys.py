"""Changes the key that seals personal data: makes the next one and seals everything anew.

    make rotate-keys

May run while the processes run: they notice a new key file by themselves. May be stopped at any
point: the next run goes on where this one was. The old key is put out of use (`….key.retired`)
only when nothing lies under it any more; old backups open only with it.

Keys from the environment (`JIESU_FIELD_KEY`, `JIESU_FIELD_KEY_2` …) are never made or put out of
use here. Give the next one to all processes, start them anew, then run this.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from actions.keys import installation_keys
from bot.edge.inbox import SEALED as INBOX_SEALED
from bot.edge.inbox import Inbox
from bot.edge.news import NEWS_TABLES, News
from complaints.keys import KeyRing
from complaints.protection.rotation import SEALED as TICKET_SEALED
from complaints.protection.sealed_columns import Pass, Sealed, Write, count_old, reseal_column
from complaints.reporter.evidence_folder import reseal
from complaints.storage import Storage
from complaints.storage.tables import EvidenceFile
from processes.logs import quiet_logs
from settings import Settings, SettingsError, load_key_ring
from settings.keys import keys_in_environment, make_key, newest_made_at, retire_keys

_NAME = "field"
# A running process may have sealed something under the old key just before the new one was there;
# by then it is written: no turn and no statement takes so long.
_SETTLED_AFTER = 60.0  # seconds
_PASSES = 5
_NEWS = Sealed(NEWS_TABLES.tables["news"], "id", "sealed", ("key",), lambda key: f"news:{key}")


@dataclass(frozen=True)
class Rotation:
    """What a run did. `left`: how many texts still lie under an older key, or open under none."""

    newest: int
    resealed: int
    left: int
    retired: tuple[int, ...]


@dataclass(frozen=True)
class _Places:
    """All places where something lies sealed."""

    columns: tuple[tuple[Write, Sealed], ...]
    storage: Storage
    evidence: Path
    ring: KeyRing
    after_batch: Callable[[], object]

    def reseal(self) -> Pass:
        """One pass over everything."""
        done = self._reseal_files()
        for write, sealed in self.columns:
            done += reseal_column(write, sealed, self.ring, self.after_batch)
        return done

    def left(self) -> int:
        """How many rows lie under an older key."""
        return sum(count_old(write, sealed, self.ring) for write, sealed in self.columns)

    def _reseal_files(self) -> Pass:
        done = Pass()
        with self.storage.read() as session:
            refs = session.scalars(select(EvidenceFile.ref)).all()
        for ref in refs:
            try:
                done += Pass(resealed=int(reseal(self.evidence, ref, self.ring)))
            except FileNotFoundError:
                continue  # erased meanwhile
            except InvalidTag:
                done += Pass(unreadable=1)
            self.after_batch()
        return done


def rotate(
    settings: Settings,
    settled_after: float,
    after_batch: Callable[[], object] = lambda: None,
) -> Rotation:
    """Make the next key, or go on with an unfinished change, and seal everything under it.

    `settled_after`: seconds from the making of a key until nobody can still be writing under the
    one before. Raises SettingsError, and SQLAlchemyError when a database is not reachable.
    """
    given = keys_in_environment(_NAME)
    numbers = tuple(load_key_ring(settings, _NAME))
    if not given and len(numbers) == 1:
        make_key(settings.keys_folder, _NAME, numbers[0] + 1)
    places = _places(settings, after_batch)
    first = places.reseal()
    if not given:
        age = time.time() - newest_made_at(settings.keys_folder, _NAME)
        time.sleep(max(0.0, settled_after - age))
    last, resealed = _finish(places, first)
    newest, left = places.ring.current, max(last.unreadable, places.left())
    may_retire = not given and not left
    return Rotation(
        newest=newest,
        resealed=resealed,
        left=left,
        retired=retire_keys(settings.keys_folder, _NAME, newest) if may_retire else (),
    )


def _places(settings: Settings, after_batch: Callable[[], object]) -> _Places:
    keys = installation_keys(settings)
    storage = Storage(settings.database_url, keys)
    inbox = Inbox(settings.inbox_url, keys.field)
    inbox.create()
    News(inbox.engine, keys.field).create()
    return _Places(
        columns=(
            *((storage.write, sealed) for sealed in TICKET_SEALED),
            *((inbox.write, sealed) for sealed in (*INBOX_SEALED, _NEWS)),
        ),
        storage=storage,
        evidence=settings.evidence_folder,
        ring=keys.field,
        after_batch=after_batch,
    )


def _finish(places: _Places, first: Pass) -> tuple[Pass, int]:
    """Pass after pass until one finds nothing more to do. The last one, and how many in all."""
    last, resealed = first, first.resealed
    for _ in range(_PASSES):
        last = places.reseal()
        resealed += last.resealed
        if not last.resealed:
            break
    return last, resealed


def main() -> int:
    """Change the key. Returns the exit code: 1 when something still needs an older one."""
    os.umask(0o077)
    quiet_logs()
    try:
        settings = Settings.from_environment()
        print(
            f"正在换密钥并重新加密，至少要等 {_SETTLED_AFTER:.0f} 秒；中断了再运行一次即可。",
            flush=True,
        )
        done = rotate(settings, _SETTLED_AFTER)
    except SettingsError as mistake:
        print(f"没有换成：{mistake}", file=sys.stderr)
        return 1
    except (SQLAlchemyError, OSError) as failure:
        # Not the whole text: it may hold the URL, and with it a password.
        why = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        print(f"没有换完（{why}）：请检查数据库和磁盘，再运行一次。", file=sys.stderr)
        return 1
    return _tell(done)


def _tell(done: Rotation) -> int:
    print(f"现在用第 {done.newest} 号密钥，重新加密了 {done.resealed} 项。")
    if done.left:
        print(
            f"还有 {done.left} 项没有换成，旧密钥仍要保留：正被占用的，请稍后再运行一次；"
            "还是不行的，是密钥不对或内容坏了，请从备份恢复。",
            file=sys.stderr,
        )
        return 1
    if done.retired:
        numbers = "、".join(map(str, done.retired))
        print(f"第 {numbers} 号旧密钥已停用（改名为 .retired）；不再需要旧备份时可以删除。")
    elif keys_in_environment(_NAME):
        print("更小编号的环境变量可以去掉了；只在恢复旧备份时还要用。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
