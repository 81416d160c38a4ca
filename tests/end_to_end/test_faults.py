"""Something dies in the middle of filing: nothing is promised, nothing lost, nothing doubled."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.end_to_end.conftest import STORY
from tests.end_to_end.stack import ROOT, Parent, Stack


def at_read_back(stack: Stack) -> Parent:
    parent = Parent(stack)
    parent.say("砚秋语文每周六上午给五年级上数学课，一直上到中午")
    parent.answer_until_read_back(STORY)
    assert parent.asks == "confirm"
    return parent


def tickets(stack: Stack) -> int:
    with sqlite3.connect(f"file:{stack.var}/jiesu.db?mode=ro", uri=True) as database:
        return int(database.execute("SELECT count(*) FROM ticket").fetchone()[0])


def restart_alone(stack: Stack, program: str, health: str) -> subprocess.Popen[bytes]:
    """Start one program again beside a launcher that is being held still."""
    environment = {**stack.environment(), **secrets_of(stack)}
    process = subprocess.Popen([sys.executable, "-m", program], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(health, timeout=2):
                return process
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{program} did not come back")


def secrets_of(stack: Stack) -> dict[str, str]:
    return {
        "JIESU_CHANNEL_TOKEN": (stack.var / "keys/channel.key").read_bytes().hex(),
        "JIESU_ACTION_PORT": str(stack.ports["actions"]),
        "JIESU_TRACKER_FILE": str(stack.var / "tracker.db"),
    }


@pytest.fixture
def held_stack(own_stack):
    """An installation whose launcher does not react to a death, so that a test can repair it."""
    assert own_stack.launcher
    own_stack.launcher.send_signal(signal.SIGSTOP)
    started: list[subprocess.Popen[bytes]] = []
    own_stack.repair = lambda program, health: started.append(
        restart_alone(own_stack, program, health)
    )
    yield own_stack
    for process in started:
        process.kill()
        process.wait()
    own_stack.launcher.send_signal(signal.SIGCONT)


def health(stack: Stack, program: str) -> str:
    return {
        "processes.action_server": f"http://127.0.0.1:{stack.ports['actions']}/health",
        "processes.rasa_server": f"http://127.0.0.1:{stack.ports['rasa']}/webhooks/jiesu/",
        "processes.web": f"{stack.web}/healthz",
    }[program]


@pytest.mark.parametrize("program", ["processes.action_server", "processes.rasa_server"])
def test_killed_before_the_confirmation(held_stack, program):
    parent = at_read_back(held_stack)
    held_stack.signal(program, signal.SIGKILL)
    time.sleep(0.3)
    parent.press("确认提交", "confirm-1")
    assert "还没有登记成功" in parent.heard and parent.receipt is None
    assert tickets(held_stack) == 0

    held_stack.repair(program, health(held_stack, program))
    parent.press("重发")
    assert parent.receipt, parent.heard
    assert tickets(held_stack) == 1
    parent.say(f"查进度 {parent.receipt}")
    assert "已派单" in parent.heard


@pytest.mark.parametrize("program", ["processes.action_server", "processes.rasa_server"])
def test_killed_while_the_confirmation_is_under_way(held_stack, program):
    """The process is stopped first, so that the kill falls into the middle of the turn."""
    parent = at_read_back(held_stack)
    held_stack.signal(program, signal.SIGSTOP)
    talking = threading.Thread(target=parent.press, args=("确认提交", "confirm-1"))
    talking.start()
    time.sleep(1)
    held_stack.signal(program, signal.SIGKILL)
    talking.join(40)
    assert "还没有登记成功" in parent.heard and parent.receipt is None

    held_stack.repair(program, health(held_stack, program))
    parent.press("重发")
    assert parent.receipt, parent.heard
    assert tickets(held_stack) == 1


@pytest.mark.parametrize("program", ["processes.action_server", "processes.rasa_server"])
def test_a_turn_that_ends_too_late_files_once_and_shows_its_receipt(held_stack, program):
    parent = at_read_back(held_stack)
    held_stack.signal(program, signal.SIGSTOP)
    parent.press("确认提交", "confirm-1")  # the edge gives up after its time limit
    assert "还没有登记成功" in parent.heard and parent.receipt is None
    retry = parent.replies
    held_stack.signal(program, signal.SIGCONT)
    time.sleep(3)
    assert tickets(held_stack) <= 1  # filed late, or not at all: Rasa drops who has hung up

    parent.replies = retry
    parent.press("重发")
    assert parent.receipt, parent.heard
    assert tickets(held_stack) == 1
    parent.say(f"查进度 {parent.receipt}")
    assert "已派单" in parent.heard


def test_database_down_in_the_middle_of_filing(own_stack):
    parent = at_read_back(own_stack)
    lock = sqlite3.connect(own_stack.var / "jiesu.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    parent.press("确认提交")
    assert "还没有登记成功" in parent.heard and parent.receipt is None
    lock.execute("ROLLBACK")
    lock.close()
    assert tickets(own_stack) == 0
    parent.press("重发")
    assert parent.receipt, parent.heard
    assert tickets(own_stack) == 1


def test_web_process_killed_in_the_middle(held_stack):
    """The message was stored: the same message, sent again by the page, files once."""
    parent = at_read_back(held_stack)
    button = next(b for r in parent.replies for b in r["buttons"] if b["title"] == "确认提交")
    held_stack.signal("processes.action_server", signal.SIGSTOP)
    talking = threading.Thread(target=try_to, args=(parent.send, button, "confirm-1"))
    talking.start()
    time.sleep(1)
    held_stack.signal("processes.web", signal.SIGKILL)
    held_stack.signal("processes.action_server", signal.SIGCONT)
    talking.join(40)
    held_stack.repair("processes.web", health(held_stack, "processes.web"))
    parent.send({"button": button["button"]}, "confirm-1")
    assert parent.receipt, parent.heard
    assert tickets(held_stack) == 1
    parent.say(f"查进度 {parent.receipt}")
    assert "已派单" in parent.heard


def try_to(send, button, message_id) -> None:
    try:
        send({"button": button["button"]}, message_id)
    except OSError:
        pass  # the connection broke: that is the test


def test_an_unanswered_message_is_offered_again_after_other_words(held_stack):
    parent = Parent(held_stack)
    parent.say("你好")
    held_stack.signal("processes.action_server", signal.SIGKILL)
    time.sleep(0.3)
    parent.say("砚秋语文每周六上午给五年级上数学课，一直上到中午")
    assert "还没有登记成功" in parent.heard
    parent.say("谢谢")  # needs no action
    assert "还没有处理" in parent.heard and "砚秋语文" in parent.heard
    held_stack.repair("processes.action_server", health(held_stack, "processes.action_server"))
    parent.press("重发")
    assert parent.asks in ("kind", "org", "place", "when", "subject", "grade", "anonymous")
