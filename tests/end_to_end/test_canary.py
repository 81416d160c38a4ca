"""200 personal strings through every door; afterwards none of them is found anywhere in the open.

Looked through: every file of the installation (databases with their logs, Rasa's tracker, logs,
sealed files), a dump of each database, what bureaus pull, the hotline's pages. That they were kept
at all is shown by a reveal that a second clerk approves.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.clerk import Clerk
from tests.end_to_end.conftest import STORY
from tests.end_to_end.stack import ROOT, Parent, Stack

_SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_GIVEN = "梓涵雨萱俊熙思远若曦泽楷沐辰语桐亦菲景行"
_MOBILE = "138"  # followed by zeroes: nobody's number


@dataclass(frozen=True)
class Canary:
    """One personal string, and words around it as a person would write them."""

    text: str
    words: str


def canaries() -> Iterator[Canary]:
    """Personal strings without end: each is made once."""
    for n in range(1000):
        name = _name(n, 2 * n, 3 * n + 1)
        phone = f"{_MOBILE}0000{1000 + 7 * n}"
        yield Canary(name, f"我叫{name}")
        yield Canary(phone, f"我的电话是{phone}")
        yield Canary(f"qinzi_{n}x", f"加我微信 qinzi_{n}x")
        yield Canary(f"11010119900307{n:03d}X", f"身份证11010119900307{n:03d}X")
        child = _name(n + 11, 7 * n + 3, 5 * n + 2)
        yield Canary(child, f"我儿子{child}")
        yield Canary(f"{17 + n}班", f"我女儿读三年级{17 + n}班")
        yield Canary(f"me{n}@example.com", f"我的邮箱me{n}@example.com")
        yield Canary(f"{n + 2}栋{1100 + n}室", f"我家住云帆里小区{n + 2}栋{1100 + n}室")


def _name(*places: int) -> str:
    surname, *given = places
    return _SURNAMES[surname % len(_SURNAMES)] + "".join(_GIVEN[at % len(_GIVEN)] for at in given)


def take(source: Iterator[Canary], count: int) -> list[Canary]:
    return [next(source) for _ in range(count)]


def upload(stack: Stack, parent: Parent, name: str, content: bytes) -> None:
    """A file from the chat page."""
    line = uuid.uuid4().hex
    body = (
        (
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: text/plain\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{line}--\r\n".encode()
    )
    status, answer = stack.request(
        "POST",
        "/chat/files",
        body,
        {
            "Authorization": f"Bearer {parent.token}",
            "Content-Type": f"multipart/form-data; boundary={line}",
        },
    )
    assert status == 200, answer


def chat(stack: Stack, planted: list[Canary], files: list[Canary]) -> str:
    """A report whose reporter gives away everything; the ticket's number."""
    parent = Parent(stack)
    parent.say(f"{STORY['detail']}，{'，'.join(canary.words for canary in planted[:3])}")
    parent.answer_until_read_back({**STORY, "org": "砚秋语文"})
    assert parent.asks == "confirm", parent.heard
    upload(stack, parent, f"{files[0].text}的缴费单.txt", files[1].words.encode())
    parent.press("确认提交")
    number = re.search(r"JS\d{16}", parent.heard)
    assert number, parent.heard
    for canary in planted[3:]:
        heard = parent.say(f"补充：{canary.words}，他们周日晚上也上课")
        assert "已补充" in heard, heard
    return number.group()


def call(clerk: Clerk, planted: list[Canary], name: str, phone: str) -> str:
    """A caller's report, written down as told; the ticket's number."""
    page = clerk.get("/desk/new")
    form = {
        **clerk.hidden(page),
        "detail": f"砚秋语文周六给五年级上数学课。{'，'.join(c.words for c in planted)}",
        "kind": "over_hours_training",
        "party": "砚秋语文",
        "when": "周六上午",
        "anonymous": "no",
        "name": name,
        "phone": phone,
        "pupil": "no",
        "urgent": "no",
    }
    shown = clerk.post("/desk/new", form)
    filed = clerk.post("/desk/new/file", {**form, **clerk.hidden(shown)})
    number = re.search(r"JS\d{16}", filed)
    assert number, filed
    return number.group()


def call_back(clerk: Clerk, number: str, planted: list[Canary]) -> None:
    """What the reporter says when asked about the answer, as the clerk writes it down."""
    form = clerk.hidden(clerk.get(f"/desk/tickets/{number}"))
    words = f"还在上课，{'，'.join(canary.words for canary in planted)}"
    answers = {"reached": "yes", "solved": "no", "satisfied": "no", "words": words}
    assert "还在上课" in clerk.post(f"/desk/tickets/{number}/call-back", {**form, **answers})


def second_clerk(stack: Stack) -> Clerk:
    """Somebody else at the desk, who can approve."""
    program = (
        "from complaints.offices.access import add_staff;"
        "from complaints.storage import Storage;"
        "from actions.keys import installation_keys;"
        "from settings import Settings;"
        "s = Settings.from_environment();"
        "add_staff(Storage(s.database_url, installation_keys(s)), 'second', '第二人', 'long enough')"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=stack.environment(), check=True)
    return Clerk(stack, "second", "long enough")


def dumps(var: Path) -> Iterator[tuple[str, str]]:
    """Each database as text."""
    for file in sorted(var.glob("*.db")):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            yield file.name, "\n".join(database.iterdump())


def everything_in_the_open(stack: Stack, clerk: Clerk, numbers: list[str]) -> Iterator:
    """(where, text) of all that somebody could come to read."""
    yield from dumps(stack.var)
    for file in stack.var.rglob("*"):
        if file.is_file() and file.parent.name != "keys":
            yield str(file.relative_to(stack.var)), file.read_bytes().decode("utf-8", "ignore")
    after = ""
    while True:
        _, page = stack.bureau("GET", f"/tickets?limit=50&after={after}")
        yield "pull", str(page)
        if not page["has_more"]:
            break
        after = page["next_after"]
    yield "tasks", str(stack.bureau("GET", "/tasks"))
    for number in numbers:
        yield f"bureau {number}", str(stack.bureau("GET", f"/tickets/{number}"))
        yield f"desk {number}", clerk.get(f"/desk/tickets/{number}")
    yield "list", clerk.get("/desk/?tab=all")


@pytest.mark.timeout(300)
def test_two_hundred_personal_strings_are_found_nowhere_in_the_open(own_stack: Stack):
    stack, source = own_stack, canaries()
    clerk = Clerk(stack)
    said = [take(source, 6) for _ in range(16)]
    files = [take(source, 2) for _ in range(16)]
    told = [take(source, 5) for _ in range(12)]
    after = [take(source, 2) for _ in range(4)]
    callers = [(f"{_SURNAMES[n]}慕白", f"{_MOBILE}1111{2000 + n}") for n in range(12)]
    planted = [canary.text for group in (*said, *files, *told, *after) for canary in group]
    planted += [text for pair in callers for text in pair]
    assert len(planted) == len(set(planted)) >= 200

    chats = [chat(stack, group, pair) for group, pair in zip(said, files, strict=True)]
    calls = [call(clerk, group, *who) for group, who in zip(told, callers, strict=True)]
    for number in (*chats, *calls):
        stack.bureau("POST", f"/tickets/{number}/sign", {}, key=f"s-{number}")
    for number in (*chats, *calls[4:]):
        text = {"text": "请问是哪个班次？"}
        stack.bureau("POST", f"/tickets/{number}/pause", text, key=f"p-{number}")
    for number, group in zip(calls[:4], after, strict=True):
        stack.bureau("POST", f"/tickets/{number}/answer", {"text": "已查处"}, key=f"a-{number}")
        call_back(clerk, number, group)

    found = {
        (text, where)
        for where, content in everything_in_the_open(stack, clerk, [*chats, *calls])
        for text in planted
        if text in content
    }
    assert found == set()

    kept = revealed(clerk, second_clerk(stack), calls[0])
    assert callers[0][0] in kept and callers[0][1] in kept
    assert all(canary.text in kept for canary in (*told[0], *after[0]))


def revealed(clerk: Clerk, second: Clerk, number: str) -> str:
    """What a clerk sees of the reporter once another one has approved."""
    ticket = clerk.get(f"/desk/tickets/{number}")
    clerk.post(
        f"/desk/tickets/{number}/reveal",
        {**clerk.hidden(ticket), "reason": "需要向举报人核实班次"},
    )
    waiting = second.get("/desk/reveals")
    action = re.search(r'action="(/desk/reveals/[^"]+)"', waiting)
    assert action, waiting
    second.post(action.group(1), {**second.hidden(waiting), "approve": "yes"})
    return clerk.get(f"/desk/tickets/{number}/personal")
