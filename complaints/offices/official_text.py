"""What an office may write into a ticket: an answer or a reason, which the reporter may read."""

from __future__ import annotations

import unicodedata

from complaints.lifecycle.table import NotAllowed

LONGEST = 4000  # characters

_LINE_CHARACTERS = "\n\t"
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def official_text(text: str) -> str:
    """`text` with plain line ends and without blanks around it.

    Raises NotAllowed with `text_too_long`, or `bad_text` for characters that cannot be read:
    control characters, half surrogates, marks that turn the direction of the line.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise NotAllowed("text_too_long", f"内容不能超过{LONGEST}字。")
    if any(_unreadable(char) for char in text):
        raise NotAllowed("bad_text", "内容含有控制字符，请删去后重试。")
    return text


def _unreadable(char: str) -> bool:
    if char in _LINE_CHARACTERS:
        return False
    return unicodedata.category(char) in ("Cc", "Cs") or char in _DIRECTION_MARKS
