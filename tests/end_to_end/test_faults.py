"""Something dies in the middle of filing: nothing is promised, nothing lost, nothing doubled.

One installation for all of it: its launcher is held still, so that it does not react to a death,
and each test repairs what it broke.
"""

from __future__ import annotations

import base64
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import STORY
from tests.end_to_end.stack import ROOT, Parent, Stack

ACTIONS, RASA, WEB = "processes.action_server", "processes.rasa_server", "processes.web"


class Held(Stack):
    """An installation whose programs a test may kill and start again."""

    alone: list[subprocess.Popen[bytes]]

    def hold(self) -> Held:
        self.start()
        assert self.launcher
        self.launcher.send_signal(signal.SIGSTOP)
        self.alone = []
        return self

    def let_go(self) -> None:
        for process in self.alone:
            process.kill()
            process.wait()
        assert self.launcher
        self.launcher.send_signal(signal.SIGCONT)
        self.stop()

    def kill(self, program: str) -> None:
        self.signal(program, signal.SIGKILL)
        time.sleep(0.3)

    def repair(self, program: str) -> None:
        """Start one program again beside the launcher."""
        environment = {
            **self.environment(),
            "JIESU_CHANNEL_TOKEN": (self.var / "keys/channel.key").read_bytes().hex(),
            "JIESU_TRACKER_FILE": str(self.var / "tracker.db"),
        }
        self.alone.append(
            subprocess.Popen([sys.executable, "-m", program], cwd=ROOT, env=environment)
        )
        deadline = time.monotonic() + 60
        while not self.works(program):
            assert time.monotonic() < deadline, f"{program} did not come back"
            time.sleep(0.2)

    def works(self, program: str) -> bool:
        url = {
            ACTIONS: f"http://127.0.0.1:{self.ports['actions']}/health",
            RASA: f"http://127.0.0.1:{self.ports['rasa']}/webhooks/jiesu/",
            WEB: f"{self.web}/healthz",
        }[program]
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def tickets(self) -> int:
        with sqlite3.connect(f"file:{self.var}/jiesu.db?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM ticket").fetchone()[0])


@pytest.fixture(scope="module")
def held_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    held = Held(tmp_path_factory.mktemp("held") / "var").hold()
    yield held
    held.let_go()


@pytest.fixture
def held(held_stack: Held) -> Held:
    """The installation, whole again if the test before failed to repair it."""
    for program in (ACTIONS, RASA, WEB):
        held_stack.signal(program, signal.SIGCONT)
        if not held_stack.works(program):
            held_stack.repair(program)
    return held_stack


def at_read_back(stack: Stack) -> Parent:
    parent = Parent(stack)
    parent.say("砚秋语文每周六上午给五年级上数学课，一直上到中午")
    parent.answer_until_read_back(STORY)
    assert parent.asks == "confirm"
    return parent


def is_not_filed(parent: Parent) -> bool:
    return "还没有登记成功" in parent.heard and parent.receipt is None


def send_again(held: Held, parent: Parent, before: int) -> None:
    """The parent presses 重发: one ticket more, which the receipt opens; so does a repeated press."""
    button = next(b["button"] for r in parent.replies for b in r["buttons"] if b["title"] == "重发")
    first = parent.send({"button": button}, "again-1")
    assert parent.receipt, parent.heard
    assert parent.send({"button": button}, "again-1") == first
    assert held.tickets() == before + 1
    parent.say(f"查进度 {parent.receipt}")
    assert "已派单" in parent.heard


@pytest.mark.parametrize("program", [ACTIONS, RASA])
def test_killed_before_the_confirmation(held, program):
    parent, before = at_read_back(held), held.tickets()
    held.kill(program)
    parent.press("确认提交", "confirm-1")
    assert is_not_filed(parent)
    assert held.tickets() == before

    held.repair(program)
    send_again(held, parent, before)


@pytest.mark.parametrize("program", [ACTIONS, RASA])
def test_killed_while_the_confirmation_is_under_way(held, program):
    """The process is stopped first, so that the kill falls into the middle of the turn."""
    parent, before = at_read_back(held), held.tickets()
    held.signal(program, signal.SIGSTOP)
    talking = threading.Thread(target=parent.press, args=("确认提交", "confirm-1"))
    talking.start()
    time.sleep(1)
    held.kill(program)
    talking.join(40)
    assert is_not_filed(parent)

    held.repair(program)
    send_again(held, parent, before)


@pytest.mark.parametrize("program", [ACTIONS, RASA])
def test_a_turn_that_ends_too_late_files_once_and_shows_its_receipt(held, program):
    parent, before = at_read_back(held), held.tickets()
    held.signal(program, signal.SIGSTOP)
    parent.press("确认提交", "confirm-1")  # the edge gives up after its time limit
    assert is_not_filed(parent)
    held.signal(program, signal.SIGCONT)
    time.sleep(3)
    assert held.tickets() <= before + 1  # filed late, or not at all: Rasa drops who has hung up
    send_again(held, parent, before)


def test_the_ticket_database_is_locked_in_the_middle_of_filing(held):
    parent, before = at_read_back(held), held.tickets()
    lock = sqlite3.connect(held.var / "jiesu.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    parent.press("确认提交", "confirm-1")
    assert is_not_filed(parent)
    lock.execute("ROLLBACK")
    lock.close()
    assert held.tickets() == before
    send_again(held, parent, before)


def test_the_web_process_is_killed_in_the_middle(held):
    """The message was stored: the same message, sent again by the page, files once."""
    parent, before = at_read_back(held), held.tickets()
    button = next(b for r in parent.replies for b in r["buttons"] if b["title"] == "确认提交")

    def try_to_send() -> None:
        try:
            parent.send({"button": button["button"]}, "confirm-1")
        except OSError:
            pass  # the connection broke: that is the test

    held.signal(ACTIONS, signal.SIGSTOP)
    talking = threading.Thread(target=try_to_send)
    talking.start()
    time.sleep(1)
    held.kill(WEB)
    held.signal(ACTIONS, signal.SIGCONT)
    talking.join(40)
    held.repair(WEB)
    parent.send({"button": button["button"]}, "confirm-1")
    assert parent.receipt, parent.heard
    assert held.tickets() == before + 1
    parent.say(f"查进度 {parent.receipt}")
    assert "已派单" in parent.heard


def test_an_unanswered_message_is_offered_again_after_other_words(held):
    parent = Parent(held)
    parent.say("你好")
    held.kill(ACTIONS)
    parent.say("砚秋语文每周六上午给五年级上数学课，一直上到中午")
    assert is_not_filed(parent)
    parent.say("谢谢")  # needs no action
    assert "还没有处理" in parent.heard and "砚秋语文" in parent.heard
    held.repair(ACTIONS)
    parent.press("重发")
    assert parent.asks in ("kind", "org", "place", "when", "subject", "grade", "anonymous")


def test_a_confirmation_after_a_long_pause_is_not_swallowed(held):
    """Rasa's session is over after two hours; the report is not."""
    parent, before = at_read_back(held), held.tickets()
    claims = parent.token.split(".")[1]
    sender = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
    with sqlite3.connect(held.var / "tracker.db") as tracker:
        moved = tracker.execute(
            "UPDATE events SET timestamp = timestamp - 36000,"
            " data = json_set(data, '$.timestamp', timestamp - 36000) WHERE sender_id = ?",
            (sender,),
        )
        assert moved.rowcount > 0
    parent.press("确认提交")
    assert parent.receipt, parent.heard
    assert held.tickets() == before + 1
