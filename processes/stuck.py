"""Shows what could not be delivered or done in all tries, and has it tried again.

make stuck                       what is stuck, with key, kind, receiver, tries, last error
make stuck RETRY="key …"         try these again
make stuck GIVE_UP="key …"       leave these undone for good
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from actions.keys import installation_keys
from complaints.delivery.stuck import Stuck, give_up, retry_stuck, stuck
from complaints.storage import Storage
from complaints.workdays import utc_now
from settings import Settings, SettingsError

_BY = "operator"


def main() -> int:
    """Show, or change what is named. Returns the exit code: 1 when nothing has such a key."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--retry", nargs="+", default=[], metavar="KEY")
    arguments.add_argument("--give-up", nargs="+", default=[], metavar="KEY")
    given = arguments.parse_args()
    try:
        settings = Settings.from_environment()
        storage = Storage(settings.database_url, installation_keys(settings))
        return run(storage, given.retry, given.give_up, utc_now())
    except SettingsError as mistake:
        print(mistake, file=sys.stderr)
    except SQLAlchemyError as failure:
        print(f"工单库打不开（{type(failure).__name__}）。", file=sys.stderr)
    return 1


def run(storage: Storage, retry: list[str], leave: list[str], now: datetime) -> int:
    """Change what is named, or show everything. Returns the exit code."""
    if not retry and not leave:
        with storage.read() as session:
            show(stuck(session), now)
        return 0
    with storage.write() as session:
        again, left = retry_stuck(session, retry, now), give_up(session, leave, _BY, now)
    print(f"{again} 条再试，{left} 条不再办。")
    return 0 if again == len(set(retry)) and left == len(set(leave)) else 1


def show(rows: list[Stuck], now: datetime) -> None:
    """Print one block for each row."""
    for row in rows:
        what = f"投递 {row.kind} 给 {row.target}" if row.target else f"定时 {row.kind}"
        print(f"{row.key}\n    {what}，试了 {row.tries} 次，{_age(now - row.since)}前的：", end="")
        print(row.last_error)
    print(f"卡住 {len(rows)} 条。")


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds()) // 3600
    if hours >= 48:
        return f"{hours // 24} 天"
    return f"{hours} 小时" if hours else f"{int(age.total_seconds()) // 60} 分钟"


if __name__ == "__main__":
    sys.exit(main())
