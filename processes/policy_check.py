"""Checks the rule book, and shows what a change does to the answers.

    make policy-check                     is everything in data/policy/ sound?
    make policy-diff BEFORE=folder|commit what is answered differently since then?

`BEFORE` is a copy of data/policy or a commit of this repository. The questions are those of
tests/unit/policy/questions, or of FILE… (JSONL with `text`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path

from complaints.regions import load_city
from datafiles import DataFileError
from policy.adviser import load_adviser
from policy.official import load_official, missing_articles
from policy.replay import describe, differences
from policy.rule_book import load_rule_book
from policy.sections import load_sections
from settings import Settings, SettingsError

QUESTIONS = Path("tests/unit/policy/questions")


def main() -> int:
    """Check, and compare if asked to. Returns the exit code: 1 for a mistake in the data."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--before", help="a folder like data/policy, or a commit")
    arguments.add_argument("files", nargs="*", type=Path, help="questions, JSONL with `text`")
    given = arguments.parse_args()
    try:
        settings = Settings.from_environment()
        if given.before:
            return _compare(settings, given.before, given.files)
        _report(settings.policy_folder)
    except (DataFileError, SettingsError, CannotCompare) as mistake:
        print(f"规则库有错：{mistake}", file=sys.stderr)
        return 1
    return 0


class CannotCompare(Exception):
    """The earlier version or the questions cannot be read."""


def _report(folder: Path) -> None:
    """Say that it is sound, and what wants looking at."""
    book, today = load_rule_book(folder, with_lines=True), date.today()
    load_sections(folder)
    due = sorted(rule.id for rule in book.rules.values() if rule.review_by <= today)
    unsure = [rule for rule in book.rules.values() if rule.mark.startswith("memory")]
    phrasings = sum(
        len(rule.questions) + sum(len(case.questions) for case in rule.cases)
        for rule in book.rules.values()
    )
    print(
        f"规则库没有问题：{len(book.rules)} 条规则，{len(book.documents)} 份文件，{phrasings} 种问法。"
    )
    print(f"内容还没有核对原文的规则：{len(unsure)} 条（答复时不引条号）。")
    for missing in missing_articles(book, load_official(folder)):
        print(f"注意：{missing}")
    if due:
        print(f"已到复核日的规则：{'、'.join(due)}")


def _compare(settings: Settings, before: str, files: list[Path]) -> int:
    terms = load_city(settings.regions_folder).terms
    questions = _questions(files or sorted((settings.root / QUESTIONS).glob("*.jsonl")))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        earlier = _folder_of(settings, before, scratch)
        new = load_adviser(settings.policy_folder, terms, kept=settings.search_file)
        # A copy serves both while only the words of answers differ, and is thrown away otherwise.
        learnt = settings.search_file
        kept = Path(shutil.copy(learnt, scratch)) if learnt.exists() else None
        old = load_adviser(earlier, terms, kept=kept)
        changed = differences(questions, old, new)
    for difference in changed:
        print(describe(difference), end="\n\n")
    print(f"{len(questions)} 个问题，{len(changed)} 个答复有变化。")
    return 0


def _questions(files: list[Path]) -> list[str]:
    try:
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line)["text"] for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise CannotCompare(f"问题集读不了：{wrong}") from wrong


def _folder_of(settings: Settings, before: str, scratch: Path) -> Path:
    """The folder named, or data/policy as it was at a commit."""
    if Path(before).is_dir():
        return Path(before)
    command = ["git", "archive", "--format=tar", before, "data/policy"]
    packed = subprocess.run(command, cwd=settings.root, capture_output=True)
    if packed.returncode:
        raise CannotCompare(f"没有文件夹也没有提交叫 {before}。")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "data" / "policy"


if __name__ == "__main__":
    sys.exit(main())
