"""How well the bot answers policy questions.

    .venv/bin/python -m benchmarks.policy FILE… [--quiet]

FILE is JSONL with `text`, `rules` (ids, best first; none: to be declined), `verdict`
(forbidden, allowed, depends, info, out_of_scope), and if wanted `alt_verdict` (others that are
right too), `facts`, `style`, `trap`. Each question goes through the trained model and the policy
component as the first message of a conversation. Prints the results by verdict, style and trap,
every miss with what was answered, and as last line one JSON object:

rule_top1, rule_top3   answerable questions whose first rule, or one of the first three, is listed
verdict                questions whose verdict is the one given or one of alt_verdict
refused_right          share of unanswerable questions that are declined
refused_wrong          share of answerable questions that are declined
citations_valid        share of answers whose documents, numbers and articles stand in the rule
                       book for that rule and are in force or marked as history
answer_ms_median       understanding and answering together, in process
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.understanding import read_rows
from complaints.regions import load_city
from policy.adviser import Adviser, load_adviser
from policy.answer import STATUS_NAMES, Answer
from processes.rasa_server import prepare
from processes.training import train_if_changed
from settings import Settings

Understand = Callable[[str], dict[str, float]]


@dataclass(frozen=True)
class Asked:
    """One labelled question and what was answered."""

    row: dict[str, Any]
    answer: Answer
    milliseconds: float

    @property
    def answerable(self) -> bool:
        """Whether the rule book has a rule for it."""
        return bool(self.row["rules"])

    @property
    def verdicts(self) -> set[str]:
        """The verdicts that are right."""
        return {self.row["verdict"], *(self.row.get("alt_verdict") or ())}

    def right_within(self, first: int) -> bool:
        """Whether one of the `first` rules answered is listed."""
        return self.answer.understood and bool(
            set(self.answer.rule_ids[:first]) & set(self.row["rules"])
        )

    @property
    def right_verdict(self) -> bool:
        """Whether the verdict is one of those that are right."""
        return self.answer.verdict.value in self.verdicts


def understanding(settings: Settings) -> Understand:
    """The trained model as a function from a text to the kinds with their confidence."""
    train_if_changed(settings)
    prepare()
    import structlog
    from rasa.core.agent import load_agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(load_agent(str(settings.models_folder / "jiesu.tar.gz")))

    def understand(text: str) -> dict[str, float]:
        found = loop.run_until_complete(agent.parse_message(text))
        return {kind["name"]: kind["confidence"] for kind in found["kind_ranking"]}

    return understand


def ask_all(
    rows: Iterable[dict[str, Any]], adviser: Adviser, understand: Understand
) -> list[Asked]:
    """Ask each question as the first message of a conversation."""
    asked = []
    for row in rows:
        start = time.perf_counter()
        answer = adviser.answer(row["text"], understand(row["text"]))
        asked.append(Asked(row, answer, (time.perf_counter() - start) * 1000))
    return asked


def is_cited_right(answer: Answer, adviser: Adviser, on: date) -> bool:
    """Whether every citation stands in the rule book, and is in force or said to be history."""
    book = adviser.book
    if not answer.citations:
        return False
    for cited in answer.citations:
        rule = book.rules.get(cited.rule_id)
        sources = (
            {(s.document.title, s.document.number, s.article) for s in rule.sources}
            if rule
            else set()
        )
        if (cited.document, cited.number, cited.article) not in sources:
            return False
        current = rule is not None and rule.in_force_on(on) and cited.status == "in_force"
        marked = cited.status != "in_force" and STATUS_NAMES[cited.status] in answer.text
        if not (current or marked):
            return False
    return True


def share(hits: Iterable[bool]) -> float:
    """Share of true values; 1.0 of none at all."""
    told = list(hits)
    return round(sum(told) / len(told), 4) if told else 1.0


def figures(asked: list[Asked], adviser: Adviser) -> dict[str, float]:
    """The numbers of the last line."""
    answerable = [one for one in asked if one.answerable]
    foreign = [one for one in asked if not one.answerable]
    answered = [one for one in asked if one.answer.understood]
    on = adviser.on or date.today()
    return {
        "n": len(asked),
        "rule_top1": share(one.right_within(1) for one in answerable),
        "rule_top3": share(one.right_within(3) for one in answerable),
        "verdict": share(one.right_verdict for one in asked),
        "refused_right": share(not one.answer.understood for one in foreign),
        "refused_wrong": share(not one.answer.understood for one in answerable)
        if answerable
        else 0.0,
        "citations_valid": share(is_cited_right(one.answer, adviser, on) for one in answered),
        "answer_ms_median": round(statistics.median(one.milliseconds for one in asked), 2),
    }


def print_groups(asked: list[Asked], field: str) -> None:
    """A line per value of a field: how many, right rule first, right verdict."""
    print(f"\n{field} | questions | rule_top1 | verdict")
    for name, count in Counter(str(one.row.get(field)) for one in asked).most_common():
        group = [one for one in asked if str(one.row.get(field)) == name]
        rules = share(one.right_within(1) for one in group if one.answerable)
        print(f"{name} | {count} | {rules:.2f} | {share(one.right_verdict for one in group):.2f}")


def print_misses(asked: list[Asked]) -> None:
    """Every question whose rule or verdict is not right, with what was answered."""
    print("\nmisses: question | meant | said | answer")
    for one in asked:
        wrong_rule = one.answerable and not one.right_within(1)
        if wrong_rule or not one.right_verdict:
            meant = f"{'/'.join(one.row['rules']) or '–'} {'/'.join(sorted(one.verdicts))}"
            said = f"{' '.join(one.answer.rule_ids[:3]) or '–'} {one.answer.verdict.value}"
            print(f"- {one.row['text']} | {meant} | {said} | {one.answer.words}")


def main() -> int:
    """Ask the questions of the files and print what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--quiet", action="store_true", help="the figures only")
    given = arguments.parse_args()
    settings = Settings.from_environment()
    terms = load_city(settings.regions_folder).terms
    adviser = load_adviser(settings.policy_folder, terms, kept=settings.search_file)
    asked = ask_all(read_rows(given.files), adviser, understanding(settings))
    if not given.quiet:
        for field in ("verdict", "style", "trap"):
            print_groups(asked, field)
        print_misses(asked)
    print(json.dumps(figures(asked, adviser)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
