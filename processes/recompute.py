"""Computes the promised days of all open tickets anew, from their events and the data as it is now.

    make recompute

After a correction of holidays (`terms.yml`) or limits (`deadlines.yml`). What is to be erased
earlier by now (`retention.yml`) is planned anew as well. Start the processes anew
before, or they go on with the old data. May run beside them, and again after an interruption.
"""

from __future__ import annotations

import sys
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from actions.keys import installation_keys
from complaints.lifecycle.sweep import recompute_deadlines
from complaints.protection.rescheduling import reschedule_erasures
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.workdays import utc_now
from datafiles import DataFileError
from processes.versions import is_current
from settings import Settings, SettingsError


def main() -> int:
    """Recompute and say how many days changed. Returns the exit code."""
    try:
        settings = Settings.from_environment()
        rules = load_rules(settings.routing_folder, settings.regions_folder)
        storage = Storage(settings.database_url, installation_keys(settings))
        return run(storage, rules, utc_now())
    except (DataFileError, SettingsError) as mistake:
        print(mistake, file=sys.stderr)
    except (SQLAlchemyError, ImportError) as failure:
        # Not the whole text: it may hold the URL, and with it a password.
        why = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        print(f"没有算完（{why}）：请检查工单库，再运行一次。", file=sys.stderr)
    return 1


def run(storage: Storage, rules: Rules, now: datetime) -> int:
    """Bring one database in line with the rules. Returns the exit code."""
    if not is_current(storage):
        return 1
    swept = recompute_deadlines(storage, rules, now)
    print(f"看了 {swept.looked_at} 件在办的工单，改正了 {swept.corrected} 件的承诺日期。")
    if moved := reschedule_erasures(storage, rules.retention, now):
        print(f"按缩短了的保留期限，提前了 {moved} 件的清除。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
