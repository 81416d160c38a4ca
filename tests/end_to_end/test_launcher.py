"""`make run` as an operator meets it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.stack import ROOT, Stack

PROGRAMS = (
    "processes.worker",
    "processes.web",
    "processes.action_server",
    "processes.rasa_server",
)


def launch(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "processes"],
        cwd=ROOT, env={**os.environ, "JIESU_VAR": str(tmp_path / "var"), **environment},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_it_says_where_everything_is_and_ctrl_c_leaves_no_process(own_stack: Stack):
    said = own_stack.said()
    assert own_stack.web in said and own_stack.token() and own_stack.clerk()
    pids = [pid for program in PROGRAMS for pid in own_stack.pids(program)]
    assert len(pids) >= len(PROGRAMS)
    assert own_stack.stop(signal.SIGINT) == 0
    assert [pid for program in PROGRAMS for pid in own_stack.pids(program)] == []


@pytest.mark.parametrize(
    ("program", "name"), [("processes.worker", "worker"), ("processes.rasa_server", "rasa")]
)
def test_a_process_that_dies_is_named_and_takes_the_rest_down(own_stack, program, name):
    own_stack.signal(program, signal.SIGKILL)
    assert own_stack.launcher.wait(30) == 1
    assert f"{name} 意外停止" in own_stack.said()
    assert [pid for p in PROGRAMS for pid in own_stack.pids(p)] == []


def test_a_killed_launcher_leaves_no_process_either(own_stack):
    own_stack.launcher.kill()
    own_stack.launcher.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(own_stack.pids(p) for p in PROGRAMS):
        time.sleep(0.2)
    assert [pid for p in PROGRAMS for pid in own_stack.pids(p)] == []


def test_the_second_start_needs_no_training_and_keeps_the_accounts(own_stack):
    token, clerk = own_stack.token(), own_stack.clerk()
    own_stack.stop()
    own_stack.start()
    assert "不用训练" in own_stack.said()
    assert (own_stack.token(), own_stack.clerk()) == (token, clerk)


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


def test_a_wrong_number_in_the_environment_is_named(tmp_path):
    ended = launch(tmp_path, JIESU_WEB_PORT="eighty")
    assert ended.returncode == 1 and "JIESU_WEB_PORT" in ended.stderr


def test_without_python_311_make_says_what_to_do(tmp_path):
    fake = tmp_path / "python3.10"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    ended = subprocess.run(
        ["make", f"PYTHON={fake}", f"VENV={tmp_path}/venv", "run"],
        cwd=ROOT, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert ended.returncode != 0 and "需要 CPython 3.11" in ended.stderr
