"""One pattern for many words, tried quickly: what words begin with alike is compared once."""

from __future__ import annotations

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """The source of a pattern (without a group around it) that matches the longest of the words."""
    rests: dict[str, set[str]] = {}
    for word in words:
        rests.setdefault(word[0], set()).add(word[1:])
    return "|".join(re.escape(first) + _going_on(rest) for first, rest in sorted(rests.items()))


def _going_on(rests: set[str]) -> str:
    longer = rests - {""}
    if not longer:
        return ""
    if len(longer) == 1 and "" not in rests:
        return re.escape(longer.pop())
    source = f"(?:{any_of(longer)})"
    return source + "?" if "" in rests else source
