"""How long the first and the second start take, from the command to the printed addresses.

    .venv/bin/python -m benchmarks.start_time            # the model is there
    .venv/bin/python -m benchmarks.start_time --train    # the first start trains it

Starts a whole installation of its own twice, in a temporary folder and on free ports, and stops it.
Installing the environment is not part of it. Last line: one JSON object, times in seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from settings import Settings

_READY = "接诉已启动"
_LONGEST = 900  # seconds


def free_port() -> str:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def start_and_stop(environment: dict[str, str]) -> tuple[float, str]:
    """Seconds until the launcher prints where everything is, and what it printed until then."""
    begun = time.perf_counter()
    launcher = subprocess.Popen(
        [sys.executable, "-m", "processes"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert launcher.stdout
    said = ""
    for line in launcher.stdout:
        said += line
        if _READY in line:
            break
    seconds = time.perf_counter() - begun
    launcher.send_signal(signal.SIGINT)
    launcher.communicate(timeout=60)
    if _READY not in said or seconds > _LONGEST:
        raise SystemExit(f"it did not start:\n{said}")
    return round(seconds, 1), said


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--train", action="store_true", help="let the first start train")
    if arguments.parse_args().train:
        (Settings.from_environment().models_folder / "fingerprint").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        ports = {f"JIESU_{name}_PORT": free_port() for name in ("WEB", "RASA", "ACTION")}
        environment = {**os.environ, **ports, "JIESU_VAR": str(Path(folder) / "var")}
        first, said = start_and_stop(environment)
        second, _ = start_and_stop(environment)
    trained = "不用训练" not in said
    print(json.dumps({"first_start_s": first, "trained": trained, "second_start_s": second}))


if __name__ == "__main__":
    main()
