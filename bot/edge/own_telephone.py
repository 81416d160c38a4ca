"""Which telephone in a message is the writer's own, and which the accused's.

Each number is judged by the words of its own clause: in 老师的是139…，我的是138… only the second can
call the writer back. What is not clear is kept by nobody: the bot asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from complaints.protection.digit_runs import Number, find_numbers

_CLAUSE_END = re.compile(r"[，。！？；、,!?;\n]")
_OWN = re.compile(
    r"(?<!给)(?:我|俺|咱)的?(?:手机|电话|号码?|联系方式|座机|微信)|(?<!给)我的|本人|自己的|(?:打给|联系|找|回复?|加)我(?!的|推销|们)|留"
)
_MAY_BE_OWN = re.compile(r"我|留")
_ASKED = ("anonymous", "contact")


def own_telephone(text: str, asks: str | None, others: Iterable[str]) -> str | None:
    """The digits of the writer's telephone; None where no number is clearly the writer's.

    `asks`: what the bot asked; a bare number answers a question for it. `others`: words for those a
    complaint is about (老师, 机构).
    """
    numbers = [number for number in find_numbers(text) if number.kind == "phone"]
    theirs = re.compile("|".join(map(re.escape, others)))
    whose = [_whose(before, after, theirs) for before, after in _clauses(text, numbers)]
    own = [n.digits for n, who in zip(numbers, whose, strict=True) if who == "own"]
    if own:
        return own[0]
    nobodys = [n.digits for n, who in zip(numbers, whose, strict=True) if who is None]
    wanted = asks in _ASKED or (asks == "confirm" and _MAY_BE_OWN.search(text))
    return nobodys[0] if wanted and len(nobodys) == 1 else None


def _clauses(text: str, numbers: list[Number]) -> Iterator[tuple[str, str]]:
    """What each number's clause says before and behind it."""
    ends = [0, *(number.end for number in numbers)]
    begins = [*(number.start for number in numbers), len(text)]
    for at, number in enumerate(numbers):
        before = _CLAUSE_END.split(text[ends[at] : number.start])[-1]
        behind = _CLAUSE_END.split(text[number.end : begins[at + 1]])[0]
        yield before, behind


def _whose(before: str, behind: str, theirs: re.Pattern[str]) -> str | None:
    """own or theirs, by the words nearest before a number, else by those behind it."""
    own = max((match.start() for match in _OWN.finditer(before)), default=-1)
    other = max((match.start() for match in theirs.finditer(before)), default=-1)
    if own != other:
        return "own" if own > other else "theirs"
    if theirs.search(behind):
        return "theirs"
    return "own" if re.match(r"(?:那?是|这?是)?我", behind) else None
