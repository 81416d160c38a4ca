"""How a long message is cut, so that its point does not drown in its length.

The examples are mostly one or two sentences. In a letter of three hundred characters the matter
is named in the opening and again here and there; the rest is courtesy and circumstance.
"""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[。!?;]")
_CLAUSE = re.compile(r"[^。!?;,]*[。!?;,]?")
_SHORTEST_OPENING = 4
_SHORTEST_PASSAGE = 30

Stretch = tuple[int, int]


def opening(text: str) -> Stretch:
    """Start and end of the first sentence of a normalised text, passing over a mere 您好."""
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        if mark.start() - start >= _SHORTEST_OPENING:
            return start, mark.start()
        start = mark.end()
    return (start, len(text)) if len(text) - start >= _SHORTEST_OPENING else (0, len(text))


def passages(text: str) -> list[Stretch]:
    """Cut a normalised text at marks into passages of 30 characters or a little more."""
    cuts: list[Stretch] = []
    start = 0
    for clause in _CLAUSE.finditer(text):
        if clause.end() - start >= _SHORTEST_PASSAGE:
            cuts.append((start, clause.end()))
            start = clause.end()
    if start < len(text):
        rest_is_short = len(text) - start < _SHORTEST_PASSAGE // 3
        if cuts and rest_is_short:
            start = cuts.pop()[0]
        cuts.append((start, len(text)))
    return cuts
