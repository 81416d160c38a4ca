"""How a question is put: for a judgement (行吗), for information (几点), or as a story.

Also whether a message leans on the question before it (那高中呢).
"""

from __future__ import annotations

import re
from enum import Enum, auto

from policy.features import normalise

LONGEST_FOLLOW_UP = 16  # characters


class Form(Enum):
    """What the asker wants to hear."""

    WHETHER = auto()  # may one do this?
    WHAT = auto()  # how much, when, who, how
    STORY = auto()  # tells a case and asks nothing


_WHETHER = re.compile(
    r"[吗么嘛不没](?:[?？。！!~]|$)|(?<!怎)(?<!什)么[?？]"
    r"|(.)不\1|能否|可否|是否|有没有(?:违规|违法|违反|问题)|算不算|合不合|违不违|允不允许|中不中|行不行|得不得行|可不可以"
    r"|(?:违规|违法|合规|合法|允许|可以|犯法|合理|正常|行|对|管|算[^了]{0,12})[吗么嘛不]|犯不犯法|合不合规|阿可以|行伐|好伐"
)
_WHAT = re.compile(
    r"几[点次天个分节年岁号]|多[久少长大晚早]|怎[么样]|咋|如何|什么|啥|哪[个些里儿家种级方类]?|谁|为何|凭什么"
    r"|有没有规定|有何规定|何时|标准是|上限|期限|时限|依据|规定是"
)
_CALLS_BACK = re.compile(r"^(?:那|那么|那要是|如果|要是|假如|换成|换做|若是|万一)")
_ASKS_BACK = re.compile(r"呢[?？]?$")


def form_of(text: str) -> Form:
    """How `text` asks. 违规吗 decides even where 怎么 stands beside it."""
    plain = text.strip()
    if _WHETHER.search(plain):
        return Form.WHETHER
    return Form.WHAT if _WHAT.search(plain) else Form.STORY


def leans_back(text: str) -> bool:
    """Whether a short message changes one thing of the question before it."""
    plain = normalise(text)
    short = 0 < len(plain) <= LONGEST_FOLLOW_UP
    return short and bool(_CALLS_BACK.search(plain) or _ASKS_BACK.search(plain))
