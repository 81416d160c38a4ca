"""One installation for the tests that leave it whole; tests that break things start their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.stack import Parent, Stack

STORY = {
    "org": "砚秋语文",
    "place": "#不知道",
    "when": "每周六上午",
    "detail": "每周六上午给五年级的孩子上数学课，一直上到中午",
    "kind": "校外培训超时",
    "subject": "数学",
    "grade": "五年级",
    "anonymous": "#匿名",
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack")).start()
    yield stack
    stack.stop()


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """An installation that the test may break."""
    stack = Stack(tmp_path / "var").start()
    yield stack
    if stack.launcher and stack.launcher.poll() is None:
        stack.stop()


@pytest.fixture
def parent(stack: Stack) -> Parent:
    return Parent(stack)
