"""Checks the chain of events: has anything been changed, removed, added or reordered?

    make audit-verify                      against the noted ends of the chain in var/audit
    make audit-verify WITNESS=copy.jsonl   against a copy of them that was kept elsewhere

Only reads; may run beside the processes. The exit code is 1 when there is a fault.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from actions.keys import installation_keys
from complaints.audit.check import check_storage
from complaints.audit.faults import FaultKind, Report
from complaints.storage import Storage
from processes.versions import is_current
from settings import Settings, SettingsError


def main() -> int:
    """Check and say what was found. Returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--witness", type=Path, help="noted ends of the chain, JSON lines")
    given = arguments.parse_args()
    try:
        settings = Settings.from_environment()
        if given.witness and not given.witness.is_file():
            print(f"没有见证文件 {given.witness}。", file=sys.stderr)
            return 1
        storage = Storage(settings.database_url, installation_keys(settings))
        return verify(storage, given.witness or heads_file(settings))
    except SettingsError as mistake:
        print(mistake, file=sys.stderr)
    except (SQLAlchemyError, ImportError) as failure:
        # Not the whole text: it may hold the URL, and with it a password.
        why = str(getattr(failure, "orig", None) or type(failure).__name__).splitlines()[0]
        print(f"工单库打不开，或有读不出来的内容（{why}）。", file=sys.stderr)
    return 1


def heads_file(settings: Settings) -> Path:
    """Where the worker notes the ends of the chain."""
    return settings.var / "audit" / "heads.jsonl"


def verify(storage: Storage, witness: Path) -> int:
    """Check one database and print the findings. Returns the exit code."""
    if not is_current(storage):
        return 1
    report = check_storage(storage, witness)
    _say_what_was_checked(report, witness)
    for fault in report.faults:
        print(f"× {fault}")
    if report.more:
        print(f"× 还有 {report.more} 处没有列出。")
    if sum(kind is FaultKind.CHANGED for kind in report.kinds()) > max(1, report.checked // 2):
        print("多数记录都不符：也可能是审计密钥不对（var/keys/audit.key 或 JIESU_AUDIT_KEY）。")
    print("审计链有问题，请保全数据库和日志，再查原因。" if report.faults else "审计链完好。")
    return 1 if report.faults else 0


def _say_what_was_checked(report: Report, witness: Path) -> None:
    print(f"核对了 {report.checked} 条记录、{report.tickets} 个工单。")
    if report.adopted:
        print(f"前 {report.adopted} 条是升级时补进链的：升级之前的改动查不出来。")
    if report.witnessed:
        print(f"与见证文件 {witness} 记下的 {report.witnessed} 个链尾对照过。")
    else:
        print(f"没有见证文件 {witness}（或是空的）：整条链被重写、数据库被回退，查不出来。")


if __name__ == "__main__":
    sys.exit(main())
