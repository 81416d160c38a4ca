"""Starts the processes together, waits until each answers, and stops them together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from processes.preflight import CannotStart
from processes.progress import waiting

_SLOWEST_START = 120  # seconds
_STOP_PATIENCE = 10  # seconds
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Program:
    """One process: its module and how to see that it works."""

    name: str
    module: str
    healthy: Callable[[], bool]


class Supervisor:
    """The running processes of one installation."""

    def __init__(self, root: Path, log_folder: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._logs = log_folder
        self._environment = {**os.environ, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, programs: list[Program]) -> None:
        """Start all at once and wait until each is healthy. Raises CannotStart."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for program in programs:
            self._running[program.name] = self._spawn(program)
        for program in programs:
            up = waiting(
                f"启动 {program.name}",
                lambda p=program: self.dead() is not None or p.healthy(),
                _SLOWEST_START,
            )
            self._refuse_dead()
            if not up:
                raise CannotStart(f"{program.name} 在 {_SLOWEST_START} 秒内没有就绪。")

    def dead(self) -> str | None:
        """The name of a process that has ended, or None."""
        return next((n for n, p in self._running.items() if p.poll() is not None), None)

    def watch(self) -> str:
        """Wait until a process ends; returns its name."""
        while (name := self.dead()) is None:
            time.sleep(0.3)
        return name

    def stop(self) -> None:
        """End all processes that were started here, kindly first."""
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_PATIENCE
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()

    def tail(self, name: str, lines: int = 15) -> str:
        """The end of a process's log."""
        text = self._log(name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        with self._log(program.name).open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", program.module],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the launcher alone
                preexec_fn=die_with_parent,
            )

    def _refuse_dead(self) -> None:
        name = self.dead()
        if name:
            raise CannotStart(f"{name} 启动后就停了，日志末尾：\n{self.tail(name)}")

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def answers(url: str) -> Callable[[], bool]:
    """A health check: whether a URL on loopback answers 200."""

    def check() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return check


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def die_with_parent() -> None:
    """On Linux a child gets SIGTERM even when the launcher is killed without a chance to act."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
