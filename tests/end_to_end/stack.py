"""A whole installation for tests: real processes on free ports, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SLOWEST_START = 90  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """The launcher and what it started."""

    var: Path
    ports: dict[str, int] = field(default_factory=dict)
    launcher: subprocess.Popen[str] | None = None
    output: str = ""

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "JIESU_VAR": str(self.var),
            "JIESU_WEB_PORT": str(self.ports["web"]),
            "JIESU_RASA_PORT": str(self.ports["rasa"]),
            "JIESU_ACTION_PORT": str(self.ports["actions"]),
            "JIESU_MESSAGES_PER_MINUTE": "10000",
            "JIESU_TURN_TIMEOUT": "6",
        }

    def start(self) -> Stack:
        self.ports = self.ports or {name: free_port() for name in ("web", "rasa", "actions")}
        self.var.mkdir(parents=True, exist_ok=True)
        self.output = ""
        log = (self.var / "launcher.log").open("w")
        self.launcher = subprocess.Popen(
            [sys.executable, "-m", "processes"],
            cwd=ROOT, env=self.environment(), stdout=log, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + SLOWEST_START
        while "接诉已启动" not in self.said():
            if self.launcher.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the stack did not start:\n{self.said()}")
            time.sleep(0.2)
        return self

    def said(self) -> str:
        return (self.var / "launcher.log").read_text(encoding="utf-8")

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self.launcher
        self.launcher.send_signal(number)
        return self.launcher.wait(30)

    def pids(self, program: str) -> list[int]:
        """Process ids of one of our programs in this installation."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                belongs = str(self.var).encode() in (entry / "environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if belongs and f"-m {program}" in command:
                found.append(int(entry.name))
        return found

    def signal(self, program: str, number: int) -> None:
        for pid in self.pids(program):
            os.kill(pid, number)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.ports['web']}"

    def token(self) -> str:
        match = re.search(r"部门令牌\s+(\S+)", self.said())
        assert match
        return match.group(1)

    def clerk(self) -> tuple[str, str]:
        match = re.search(r"账号 (\S+)\s+密码 (\S+)", self.said())
        assert match
        return match.group(1), match.group(2)

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One HTTP request; the answer's status and JSON (an empty dict when it is none)."""
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self.web + path, data=None if method == "GET" else data, method=method,
            headers={"Content-Type": "application/json", **(headers or {})},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, _json(refused.read())

    def bureau(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token()}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.request(method, f"/api/v1{path}", body, headers)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(raw))
    except ValueError:
        return {}


class Parent:
    """A parent at the chat: says things, presses buttons, answers what is asked."""

    def __init__(self, stack: Stack, token: str | None = None) -> None:
        self.stack = stack
        self.token = token or stack.request("POST", "/chat/session")[1]["session"]
        self.replies: list[dict[str, Any]] = []
        self.status = 0
        self.receipt: str | None = None

    def send(self, body: dict[str, Any], message_id: str | None = None) -> list[dict[str, Any]]:
        body = {**body, "message_id": message_id or uuid.uuid4().hex}
        self.status, answer = self.stack.request(
            "POST", "/chat/message", body, {"Authorization": f"Bearer {self.token}"}
        )
        self.replies = answer.get("replies", [])
        self.receipt = next((r["receipt"] for r in self.replies if r["receipt"]), self.receipt)
        return self.replies

    def say(self, text: str, message_id: str | None = None) -> str:
        self.send({"text": text}, message_id)
        return self.heard

    def press(self, title: str, message_id: str | None = None) -> str:
        button = next(b for r in self.replies for b in r["buttons"] if title in b["title"])
        self.send({"button": button["button"]}, message_id)
        return self.heard

    @property
    def heard(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def asks(self) -> str | None:
        return next((r["asks"] for r in reversed(self.replies) if r["asks"]), None)

    def answer_until_read_back(self, answers: dict[str, str]) -> None:
        """Answer whatever is asked from `answers` (a `#title` presses a button)."""
        for _ in range(20):
            if self.asks in (None, "confirm"):
                return
            answer = answers.get(self.asks, "不知道")
            if answer.startswith("#"):
                self.press(answer[1:])
            else:
                self.say(answer)
        raise AssertionError(f"the form never came to an end: {self.heard}")
