"""The one normal form of a message that every component computes its features on.

The message's own text is never changed: Rasa looks at it for a leading "/", and entity positions
refer to it. `normalise` therefore also returns where each character came from.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

# WeChat's own stickers as they arrive in a text, folded; other words in brackets are the writer's.
_STICKERS = (
    "微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|"
    "惊恐|憨笑|悠闲|咒骂|疑问|嘘|晕|衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|右哼哼|鄙视|委屈|快哭了|阴险|亲亲|可怜|"
    "笑脸|生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|加油|汗|天啊|社会社会|旺柴|好的|打脸|"
    "哇|翻白眼|666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|ok|合十|啤酒|咖啡|"
    "蛋糕|玫瑰|凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|发|福|烟花|爆竹"
)
_STICKER = re.compile(rf"\[(?:{_STICKERS})\]")
_RUN = re.compile(r"(.)\1+", re.DOTALL)
_KEPT_MARKS = frozenset("¥°℃%+=<>~^$`|")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Mc", "So", "Sk"})


def _table() -> Path:
    return Path(str(files("opencc").joinpath("dictionary/TSCharacters.txt")))


@cache
def simplified() -> dict[str, str]:
    """OpenCC's table traditional → simplified, only the entries of one character for one."""
    lines = _table().read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {old: new.split()[0] for old, new in pairs if len(old) == len(new.split()[0]) == 1}


def _is_dropped(char: str) -> bool:
    return char not in _KEPT_MARKS and unicodedata.category(char) in _DROPPED_CATEGORIES


@cache  # bounded by the number of Unicode characters
def _fold(char: str) -> str:
    """The normal form of one character: none, one or several characters."""
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", char).lower()
    folded = "".join(simplified().get(part, part) for part in folded)
    folded = "".join(" " if part.isspace() else part for part in folded if not _is_dropped(part))
    # Some forms need a second pass, as the lower-case of a compatibility letter does.
    return folded if folded == char else "".join(_fold(part) for part in folded)


def _shorten(char: str, run: int) -> int:
    """How many of `run` equal characters in a row are kept."""
    if char.isdigit():
        return run
    if char.isalpha():
        return run if run <= 3 else 2  # 天天天亮 is three words' ends, 啊啊啊啊 one cry
    return 1


def normalise(text: str) -> tuple[str, list[int]]:
    """Return the normal form of `text` and, for each of its characters, the index in `text`.

    Width and Latin case are folded, traditional characters become simplified, emoji, stickers,
    control and zero-width characters disappear; a mark or space is never repeated, a letter not
    more than three times. Digits stay, since 1000 is not 100. `normalise` of the result changes
    nothing.
    """
    parts = [_fold(char) for char in text]
    plain = "".join(parts)
    offsets = [index for index, part in enumerate(parts) for _ in part]
    while sticker := _STICKER.search(plain):
        plain, offsets = _cut(plain, offsets, *sticker.span())
    for run in reversed(list(_RUN.finditer(plain))):
        start, end = run.span()
        plain, offsets = _cut(plain, offsets, start + _shorten(run[1], end - start), end)
    return plain, offsets


def _cut(plain: str, offsets: list[int], start: int, end: int) -> tuple[str, list[int]]:
    return plain[:start] + plain[end:], offsets[:start] + offsets[end:]


def original_span(offsets: list[int], start: int, end: int) -> tuple[int, int]:
    """The span in the original text of the normalised characters `start` to `end` (exclusive)."""
    return offsets[start], offsets[end - 1] + 1


def sources() -> list[Path]:
    """The files that decide the normal form, for fingerprints."""
    return [Path(__file__), _table()]
