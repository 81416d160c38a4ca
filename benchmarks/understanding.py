"""How well the trained model understands labelled messages.

    .venv/bin/python -m benchmarks.understanding FILE… [--field title|text|both]

FILE is JSONL with `title`, `text`, `act`, `category`, `org`, `person`, `place`, `when` and, where
present, `amount`, `subject`, `grade`. Each row goes through the model as a chat message does. Prints
a table per class, the commonest confusions, span scores and latency; the last line is one JSON
object. `false_education` is the share of `not_education` rows that get an education kind at or
above the confidence on which the bot acts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.routing.table import load_routing
from processes.rasa_server import prepare
from settings import Settings

SPANS = ("org", "person", "place", "when", "amount", "subject", "grade")
CHITCHAT = {"other", "chitchat"}  # acts that the product does not have


@dataclass(frozen=True)
class Parsed:
    """One labelled row and what the model made of it."""

    row: dict[str, Any]
    act: str
    kinds: list[tuple[str, float]]
    spans: dict[str, list[str]]
    milliseconds: float


def text_of(row: dict[str, Any], field: str) -> str:
    """The message that a row stands for."""
    return f"{row['title']}。{row['text']}" if field == "both" else str(row[field])


def read_rows(files: Iterable[Path]) -> list[dict[str, Any]]:
    """The labelled rows of JSONL files."""
    return [json.loads(line) for file in files for line in file.open(encoding="utf-8")]


def parse_all(
    rows: list[dict[str, Any]],
    field: str,
    model: Path,
    when_loaded: Callable[[], object] = lambda: None,
) -> Iterator[Parsed]:
    """Run each row through the model. Rasa is imported here, after it was prepared."""
    prepare()
    import structlog
    from rasa.core.agent import load_agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(load_agent(str(model)))
    when_loaded()
    for row in rows:
        start = time.perf_counter()
        found = loop.run_until_complete(agent.parse_message(text_of(row, field)))
        took = (time.perf_counter() - start) * 1000
        spans: dict[str, list[str]] = {name: [] for name in SPANS}
        for entity in found["entities"]:
            spans.setdefault(entity["entity"], []).append(entity["value"])
        yield Parsed(row, *decisions(found), spans, took)


def decisions(found: dict[str, Any]) -> tuple[str, list[tuple[str, float]]]:
    """The act and the ranked kinds of a parsed message.

    A stock model has one intent for both (`report+enrolment`); a kind then has the confidence of
    all intents that it is part of.
    """
    ranking = [(i["name"], i["confidence"]) for i in found["intent_ranking"]]
    ranking = [pair for pair in ranking if pair[0] != "nlu_fallback"]
    act = ranking[0][0].partition("+")[0]
    if "kind_ranking" in found:
        return act, [(k["name"], k["confidence"]) for k in found["kind_ranking"]]
    kinds: Counter[str] = Counter()
    for name, confidence in ranking:
        kinds[name.partition("+")[2]] += confidence
    return act, kinds.most_common()


def f1(right: int, said: int, meant: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of counts."""
    precision, recall = right / said if said else 0.0, right / meant if meant else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def per_class(pairs: list[tuple[str, str]]) -> dict[str, tuple[float, float, float, int]]:
    """Precision, recall, F1 and support of each class that is meant at least once."""
    right = Counter(meant for meant, said in pairs if meant == said)
    meant, said = Counter(m for m, _ in pairs), Counter(s for _, s in pairs)
    return {name: (*f1(right[name], said[name], meant[name]), meant[name]) for name in meant}


def span_scores(parsed: Iterable[Parsed], name: str) -> tuple[float, float]:
    """F1 of exactly equal spans and of spans that overlap, for one sort of entity."""
    exact = overlap_said = overlap_meant = said_count = meant_count = 0
    for one in parsed:
        meant, said = list(one.row.get(name) or []), list(dict.fromkeys(one.spans[name]))
        exact += len(set(meant) & set(said))
        overlap_said += sum(any(s in m or m in s for m in meant) for s in said)
        overlap_meant += sum(any(s in m or m in s for s in said) for m in meant)
        said_count, meant_count = said_count + len(said), meant_count + len(meant)
    precision = overlap_said / said_count if said_count else 0.0
    recall = overlap_meant / meant_count if meant_count else 0.0
    both = precision + recall
    return f1(exact, said_count, meant_count)[2], 2 * precision * recall / both if both else 0.0


def reliability(parsed: list[Parsed]) -> None:
    """Print how often the best kind is right, by confidence."""
    print("\nkind confidence | rows | right")
    for low in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9):
        high = {0.0: 0.2, 0.2: 0.4, 0.4: 0.6, 0.6: 0.8, 0.8: 0.9, 0.9: 1.01}[low]
        inside = [p for p in parsed if low <= p.kinds[0][1] < high]
        right = sum(p.kinds[0][0] == p.row["category"] for p in inside)
        print(f"{low:.1f}–{min(high, 1):.1f} | {len(inside)} | {right / max(1, len(inside)):.2f}")


def pairs_of(parsed: list[Parsed]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(meant, said) of the acts and of the kinds."""
    acts = [(p.row["act"], p.act) for p in parsed if p.row["act"] not in CHITCHAT]
    return acts, [(p.row["category"], p.kinds[0][0]) for p in parsed]


def report(parsed: list[Parsed]) -> None:
    """Print the tables."""
    acts, kinds = pairs_of(parsed)
    classes = per_class(kinds)
    print("class | precision | recall | F1 | support")
    for name, (precision, recall, score, support) in sorted(classes.items()):
        print(f"{name} | {precision:.2f} | {recall:.2f} | {score:.2f} | {support}")
    print("\nconfused (meant → said): times")
    for (meant, said), times in Counter(p for p in kinds if p[0] != p[1]).most_common(15):
        print(f"{meant} → {said}: {times}")
    for name, (precision, recall, score, support) in sorted(per_class(acts).items()):
        print(f"act {name} | {precision:.2f} | {recall:.2f} | {score:.2f} | {support}")
    print("\nspan | exact F1 | overlap F1")
    for name in SPANS:
        exact, overlap = span_scores(parsed, name)
        print(f"{name} | {exact:.2f} | {overlap:.2f}")
    reliability(parsed)
    times = sorted(p.milliseconds for p in parsed)
    print(f"\nparse p99 {times[int(len(times) * 0.99)]:.1f} ms")


def figures(parsed: list[Parsed], sure: float) -> dict[str, Any]:
    """The figures of the last line; `sure` is the least confidence in a kind to act on."""
    acts, kinds = pairs_of(parsed)
    classes = per_class(kinds)
    foreign = [p for p in parsed if p.row["category"] == "not_education"]
    wrong = [p for p in foreign if p.kinds[0][0] != "not_education" and p.kinds[0][1] >= sure]
    top3 = sum(p.row["category"] in [name for name, _ in p.kinds[:3]] for p in parsed)
    return {
        "n": len(parsed),
        "act_accuracy": round(sum(m == s for m, s in acts) / max(1, len(acts)), 4),
        "category_accuracy": round(sum(m == s for m, s in kinds) / len(kinds), 4),
        "category_macro_f1": round(statistics.mean(c[2] for c in classes.values()), 4),
        "category_top3": round(top3 / len(parsed), 4),
        "false_education": round(len(wrong) / max(1, len(foreign)), 4),
        "org_overlap_f1": round(span_scores(parsed, "org")[1], 4),
        "when_overlap_f1": round(span_scores(parsed, "when")[1], 4),
        "parse_ms_median": round(statistics.median(p.milliseconds for p in parsed), 2),
    }


def main() -> None:
    """Read, parse, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--field", choices=("title", "text", "both"), default="both")
    given = arguments.parse_args()
    settings = Settings.from_environment()
    model = settings.models_folder / "jiesu.tar.gz"
    parsed = list(parse_all(read_rows(given.files), given.field, model))
    report(parsed)
    print(json.dumps(figures(parsed, load_routing(settings.routing_folder).sure_kind)))


if __name__ == "__main__":
    main()
