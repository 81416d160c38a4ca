"""Our pipeline and Rasa's stock one, trained on the same examples and asked the same.

    .venv/bin/python -m benchmarks.side_by_side FILE… [--field title|text|both] [--examples N]

FILE is as for `benchmarks.understanding`. Trains both, loads each in a process of its own, and
prints accuracy, macro-F1, false_education, times and memory in one table. On all examples the stock
pipeline trains for many hours; `--examples N` gives both the same N of them, picked by hash.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.understanding import Parsed, figures, parse_all, read_rows
from complaints.routing.table import load_routing
from processes.labelled import nlu_yaml
from processes.rasa_server import prepare
from settings import Settings

ROWS = (
    ("行为准确率", "act_accuracy"),
    ("类别准确率", "category_accuracy"),
    ("类别宏平均 F1", "category_macro_f1"),
    ("前三类", "category_top3"),
    ("误作教育事项", "false_education"),
    ("单位名称重叠 F1", "org_overlap_f1"),
    ("训练（秒）", "training_seconds"),
    ("训练内存（MB）", "training_mb"),
    ("载入（秒）", "load_seconds"),
    ("内存（MB）", "resident_mb"),
    ("解析中位（毫秒）", "parse_ms_median"),
    ("解析 p99（毫秒）", "parse_ms_p99"),
    ("模型文件（MB）", "model_mb"),
)


def write_examples(source: Path, count: int | None, ours: Path, stock: Path) -> None:
    """Write the same examples for both pipelines.

    Ours has the kind in the metadata, the stock one needs one intent `act+kind`.
    """
    from bot.nlu.pipeline import read_examples

    def by_hash(message: Any) -> bytes:
        return hashlib.sha256(message.get("text").encode()).digest()

    blocks: dict[tuple[str, str], list[str]] = {}
    for message in sorted(read_examples(source).intent_examples, key=by_hash)[:count]:
        kind = (message.get("metadata") or {}).get("intent", {}).get("kind") or ""
        blocks.setdefault((message.get("intent"), kind), []).append(_marked(message))
    both = blocks.items()
    ours.write_text(nlu_yaml(({"intent": a, "metadata": {"kind": k}}, x) for (a, k), x in both))
    stock.write_text(nlu_yaml(({"intent": f"{a}+{k}".rstrip("+")}, x) for (a, k), x in both))


def _marked(message: Any) -> str:
    """The text of an example with its entities marked, as in the training files."""
    text, marked, done = message.get("text"), "", 0
    for entity in sorted(message.get("entities", []), key=lambda e: e["start"]):
        start, end = entity["start"], entity["end"]
        marked += f"{text[done:start]}[{text[start:end]}]({entity['entity']})"
        done = end
    return f"- {marked}{text[done:]}"


def train(config: str, nlu: Path, model: Path) -> dict[str, float]:
    """Train in a process of its own; returns seconds and largest memory in MB."""
    code = (
        "import sys; from processes.rasa_server import prepare; prepare();"
        "from rasa.__main__ import main; main()"
    )
    arguments = ["train", "nlu", "--config", config, "--nlu", str(nlu), "--out", str(model.parent)]
    arguments += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
    start = time.monotonic()
    command = [sys.executable, "-c", code, *arguments]
    # A cache would hide the time of what was trained before.
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "RASA_CACHE_DIRECTORY": cache}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"training with {config} failed")
    return {
        "training_seconds": round(time.monotonic() - start, 1),
        "training_mb": round(usage.ru_maxrss / 1024),
        "model_mb": round(model.stat().st_size / 1e6, 1),
    }


def judge(files: list[Path], field: str, model: Path) -> dict[str, Any]:
    """Load a model in this process and ask it all rows."""
    start = time.monotonic()
    loaded: list[float] = []
    parsed: list[Parsed] = []
    for one in parse_all(read_rows(files), field, model, lambda: loaded.append(time.monotonic())):
        parsed.append(one)
    found = figures(parsed, load_routing(Settings.from_environment().routing_folder).sure_kind)
    times = sorted(one.milliseconds for one in parsed)
    return {
        **found,
        "load_seconds": round(loaded[0] - start, 1),
        "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "parse_ms_p99": round(times[int(len(times) * 0.99)], 1),
    }


def main() -> None:
    """Train both, judge both, print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--field", choices=("title", "text", "both"), default="both")
    arguments.add_argument("--examples", type=int, help="train on so many examples only")
    arguments.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.judge:
        print(json.dumps(judge(given.files, given.field, given.judge)))
        return
    prepare()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        ours, stock = Path(folder, "ours.yml"), Path(folder, "stock.yml")
        write_examples(Path("data/nlu"), given.examples, ours, stock)
        pipelines = {"jiesu": ("config.yml", ours), "stock": ("config.diet.yml", stock)}
        for name, (config, nlu) in pipelines.items():
            model = Path(folder, f"{name}.tar.gz")
            results[name] = train(config, nlu, model)
            command = [sys.executable, "-m", "benchmarks.side_by_side", *map(str, given.files)]
            command += ["--field", given.field, "--judge", str(model)]
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            results[name] |= json.loads(answer.splitlines()[-1])
    print(f"| {given.field} · {results['jiesu']['n']} | 接诉 | Rasa 默认 |\n|---|---|---|")
    for title, key in ROWS:
        print(f"| {title} | {results['jiesu'][key]} | {results['stock'][key]} |")


if __name__ == "__main__":
    main()
