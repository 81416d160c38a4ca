"""How well text that identifies the reporter is found, and how fast.

    .venv/bin/python -m benchmarks.identifying [FILE…]

FILE is YAML as `tests/unit/complaints/protection/identifying_examples.yml`: `find` and `leave`, with
[span](kind) for what must be found and [span](kind?) for what a clerk should look at. Without FILE
the files there are measured: one the rules are tuned on, one they are not, one by another writer.
Prints every miss and every false alarm; the last line is one JSON object per file:

recall      share of the marked sure spans that are masked entirely by sure findings
precision   share of the sure findings that lie within marked spans
kinds       share of the found spans whose kind is the marked one
unsure      share of the spans marked with ? that are found, sure or not
clean       share of the texts of `leave` in which nothing is found for sure
ms_500      median CPU time for a message of 500 characters with three things in it; ms_4000: 4,000
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

from complaints.protection.identifying import (
    Finding,
    IdentifyingWords,
    find_identifying,
    load_identifying,
)

EXAMPLES = Path("tests/unit/complaints/protection")
_MARKED = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)(\??)\)")


@dataclass
class Example:
    """A text and what is to be found in it."""

    text: str
    spans: list[Finding] = field(default_factory=list)


def read_example(marked: str) -> Example:
    """An example from a text with [span](kind) in it."""
    text, spans, done = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[done : match.start()]
        start, text = len(text), text + match.group(1)
        spans.append(Finding(match.group(2), start, len(text), not match.group(3)))
        done = match.end()
    return Example(text + marked[done:], spans)


def read_examples(file: Path, part: str) -> list[Example]:
    """The examples under `find` or `leave` of a file."""
    return [read_example(text) for text in YAML(typ="safe").load(file.read_text("utf-8"))[part]]


def covered(span: Finding, by: Iterable[Finding]) -> bool:
    """Whether every character of a span lies in one of others."""
    places = {at for other in by for at in range(other.start, other.end)}
    return places.issuperset(range(span.start, span.end))


def share(hits: int, of: int) -> float:
    """A rounded share; 1.0 of nothing."""
    return round(hits / of, 4) if of else 1.0


def measure(file: Path, words: IdentifyingWords) -> dict[str, float]:
    """The numbers of one file; misses and false alarms are printed."""
    count: Counter[str] = Counter()
    for part in ("find", "leave"):
        for example in read_examples(file, part):
            found = find_identifying(example.text, words)
            sure = [finding for finding in found if finding.sure]
            count["texts"] += part == "leave"
            count["clean"] += part == "leave" and not sure
            for span in example.spans:
                name, by = ("sure", sure) if span.sure else ("unsure", found)
                hit = covered(span, by)
                count[name] += 1
                count[f"{name}_found"] += hit
                same = [f for f in by if f.start <= span.start and span.end <= f.end]
                count["kinds"] += span.sure and any(f.kind == span.kind for f in same)
                if not hit:
                    print(
                        f"missed {span.kind}: {example.text[span.start : span.end]} | {example.text!r}"
                    )
            for finding in sure:
                right = covered(finding, example.spans)
                count["findings"] += 1
                count["right"] += right
                if not right:
                    said = example.text[finding.start : finding.end]
                    print(f"false {finding.kind}: {said} | {example.text!r}")
    return {
        "recall": share(count["sure_found"], count["sure"]),
        "precision": share(count["right"], count["findings"]),
        "kinds": share(count["kinds"], count["sure"]),
        "unsure": share(count["unsure_found"], count["unsure"]),
        "clean": share(count["clean"], count["texts"]),
    }


def milliseconds(file: Path, words: IdentifyingWords, length: int) -> float:
    """The median CPU time for a message of `length` characters that holds three things to find."""
    rest = "。".join(example.text for example in read_examples(file, "leave"))
    rest *= 1 + length // len(rest)
    told = [example.text for example in read_examples(file, "find")]
    times = []
    for start in range(len(told) - 3):
        text = ("。".join(told[start : start + 3]) + "。" + rest)[:length]
        begin = time.process_time()
        find_identifying(text, words)
        times.append((time.process_time() - begin) * 1000)
    return round(statistics.median(times), 2)


def main() -> None:
    """Measure the files of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files or sorted(EXAMPLES.glob("identifying_*.yml"))
    words = load_identifying(Path("data/routing"))
    for file in files:
        results = measure(file, words)
        speed = {f"ms_{n}": milliseconds(file, words, n) for n in (500, 4000)}
        print(json.dumps({"file": file.name, **results, **speed}))


if __name__ == "__main__":
    main()
