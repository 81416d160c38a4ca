"""Brings the ticket database up to date, or back to an older version.

    make migrate                 what `make run` does at its start as well
    make migrate TO=0001 YES=1   for an older program; all processes must be stopped

Going back drops what the older tables cannot hold. Back up before either.
"""

from __future__ import annotations

import argparse
import sys

from actions.keys import installation_keys
from complaints.storage import UnknownVersion
from complaints.storage.migrations import HEAD, go_back, version_of
from processes.databases import open_tickets
from processes.preflight import CannotStart
from settings import Settings, SettingsError


def main() -> int:
    """Migrate and say so. Returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--to", metavar="VERSION", help="an older version")
    arguments.add_argument("--yes", action="store_true", help="drop what it cannot hold")
    given = arguments.parse_args()
    try:
        settings = Settings.from_environment()
        return run(settings, given.to, sure=given.yes)
    except (CannotStart, SettingsError) as reason:
        print(reason, file=sys.stderr)
        return 1


def run(settings: Settings, to: str | None, *, sure: bool) -> int:
    """Upgrade, or go back to the version `to` when the operator is `sure`. Returns the exit code.

    Raises CannotStart.
    """
    if to and not sure:
        print(
            f"退回版本 {to} 会丢掉子任务、附件登记、阅览记录、待投递、审计链等新表里的内容。\n"
            f"请先停机、备份，再运行 make migrate TO={to} YES=1。"
        )
        return 1
    keys = installation_keys(settings)
    storage = open_tickets(settings, keys)
    if to and to != HEAD:
        try:
            go_back(storage.engine, keys, to)
        except UnknownVersion as unknown:
            raise CannotStart(f"没有版本 {to}。") from unknown
    print(f"工单库的版本是 {version_of(storage.engine) or '空'}。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
