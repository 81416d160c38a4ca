"""Only the learning steps of `make run`, for tests and for operators who changed data.

python -m processes.prepare [--extra labelled.jsonl | --extra none]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from datafiles import DataFileError
from processes.learning import forget, learn
from processes.preflight import CannotStart
from processes.rule_search import learn_if_changed
from processes.training import train_if_changed
from settings import Settings, SettingsError


def main() -> int:
    """Take in labelled messages if given, train when something changed. Returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--extra", type=Path, help="labelled messages, or none to forget them")
    extra = arguments.parse_args().extra
    try:
        settings = Settings.from_environment()
        if extra == Path("none"):
            forget(settings)
        elif extra and not learn(settings, extra):
            return 0
        trained = train_if_changed(settings)
        learn_if_changed(settings)
    except (CannotStart, SettingsError, DataFileError) as reason:
        print(f"无法训练：{reason}", file=sys.stderr)
        return 1
    print("模型已更新。" if trained else "模型没有变化，不用训练。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
