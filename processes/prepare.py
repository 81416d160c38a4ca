"""Only the training step of `make run`, for tests and for operators who changed data."""

from __future__ import annotations

import sys

from processes.preflight import CannotStart
from processes.training import train_if_changed
from settings import Settings, SettingsError


def main() -> int:
    """Train when something changed. Returns the exit code."""
    try:
        trained = train_if_changed(Settings.from_environment())
    except (CannotStart, SettingsError) as reason:
        print(f"无法训练：{reason}", file=sys.stderr)
        return 1
    print("模型已更新。" if trained else "模型没有变化，不用训练。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
