"""`make run` as an operator meets it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

from tests.end_to_end.stack import ROOT, Stack, free_port

PROGRAMS = (
    "processes.worker",
    "processes.web",
    "processes.action_server",
    "processes.rasa_server",
)


def running(stack: Stack) -> list[int]:
    return [pid for program in PROGRAMS for pid in stack.pids(program)]


def launch(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    ports = {f"JIESU_{name}_PORT": str(free_port()) for name in ("WEB", "RASA", "ACTION")}
    settings = {**ports, "JIESU_VAR": str(tmp_path / "var"), **environment}
    return subprocess.run(
        [sys.executable, "-m", "processes"], cwd=ROOT, env={**os.environ, **settings},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_start_ctrl_c_second_start_and_a_process_that_dies(own_stack: Stack):
    said, token, clerk = own_stack.said(), own_stack.token(), own_stack.clerk()
    assert own_stack.web in said
    assert len(running(own_stack)) >= len(PROGRAMS)
    for file in set(own_stack.var.rglob("*")) - {own_stack.var / "launcher.log"}:  # the test's own
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, f"{file} is open to others"
    assert own_stack.stop(signal.SIGINT) == 0
    assert running(own_stack) == []

    own_stack.start()
    assert "不用训练" in own_stack.said()
    assert (own_stack.token(), own_stack.clerk()) == (token, clerk)

    own_stack.signal("processes.rasa_server", signal.SIGKILL)
    assert own_stack.launcher and own_stack.launcher.wait(30) == 1
    assert "rasa 意外停止" in own_stack.said()
    assert running(own_stack) == []


def test_a_killed_launcher_leaves_no_process_either(own_stack):
    own_stack.launcher.kill()
    own_stack.launcher.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and running(own_stack):
        time.sleep(0.2)
    assert running(own_stack) == []


def test_a_taken_port_is_one_clear_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = launch(tmp_path, JIESU_WEB_PORT=port)
    assert ended.returncode == 1
    assert f":{port} 不能用" in ended.stderr and "JIESU_WEB_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unwritable_var_is_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    ended = launch(tmp_path, JIESU_VAR=str(tmp_path / "file" / "var"))
    assert ended.returncode == 1
    assert "不能写入" in ended.stderr and "JIESU_VAR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_number_in_the_environment_is_one_clear_sentence(tmp_path):
    ended = launch(tmp_path, JIESU_WEB_PORT="70000")
    assert ended.returncode == 1 and "JIESU_WEB_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broken_database_is_one_clear_sentence(tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "jiesu.db").write_bytes(b"no database" * 500)
    ended = launch(tmp_path)
    assert ended.returncode == 1
    assert "工单库打不开" in ended.stderr and "Traceback" not in ended.stderr


def test_without_python_311_make_says_what_to_do(tmp_path):
    fake = tmp_path / "python3.10"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    ended = subprocess.run(
        ["make", f"PYTHON={fake}", f"VENV={tmp_path}/venv", "run"],
        cwd=ROOT, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert ended.returncode != 0 and "需要 CPython 3.11" in ended.stderr
