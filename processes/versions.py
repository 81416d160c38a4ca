"""Commands work on a ticket database of this version only; another one is named, not touched."""

from __future__ import annotations

from complaints.storage import Storage, UnknownVersion
from complaints.storage.migrations import HEAD, version_of


def is_current(storage: Storage) -> bool:
    """Whether the database has the tables that this program knows; if not, says what to do."""
    try:
        version = version_of(storage.engine)
    except UnknownVersion as unknown:
        version = unknown.version or "未知"
    if version != HEAD:
        print(f"工单库的版本是 {version or '空'}，不是 {HEAD}：请先运行 make migrate。")
    return version == HEAD
