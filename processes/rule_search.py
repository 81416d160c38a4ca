"""Checks the rule book and learns its search before the processes that use it start.

A process of its own: what learning takes in memory is given back.
"""

from __future__ import annotations

import subprocess
import sys

from complaints.regions import load_city
from datafiles import DataFileError
from policy.adviser import load_adviser
from processes.preflight import CannotStart
from processes.supervisor import die_with_parent
from settings import Settings

_SOURCES = ("data/policy", "policy", "resolution")


def learn_if_changed(settings: Settings) -> bool:
    """Learn when a rule or code is newer than what was kept. Returns whether it learnt.

    Raises CannotStart with the place of a mistake in the rule book.
    """
    kept = settings.search_file
    if kept.exists() and kept.stat().st_mtime > _newest(settings):
        return False
    done = subprocess.run(
        [sys.executable, "-m", "processes.rule_search"],
        cwd=settings.root,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    if done.returncode:
        raise CannotStart(f"规则库不能用：{done.stderr.strip()}")
    return True


def _newest(settings: Settings) -> float:
    files = (
        path
        for folder in _SOURCES
        for path in (settings.root / folder).rglob("*")
        if path.suffix in (".yml", ".json", ".py")
    )
    return max(path.stat().st_mtime for path in files)


def main() -> int:
    """Load the rule book, learning its search into the models folder. Returns the exit code."""
    settings = Settings.from_environment()
    try:
        terms = load_city(settings.regions_folder).terms
        load_adviser(settings.policy_folder, terms, kept=settings.search_file)
    except DataFileError as mistake:
        print(mistake, file=sys.stderr)
        return 1
    if settings.search_file.exists():  # what was written over with the same words is not newer
        settings.search_file.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
