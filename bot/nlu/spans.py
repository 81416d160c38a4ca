"""How the findings of several sources become one answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.nlu.entity_patterns import Span

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_OPENING, _CLOSING = "(《“\"'", ")》”\"'"


def merge(*sources: Iterable[Span]) -> list[Span]:
    """One answer for each stretch of text; `sources` in order of trust.

    The source trusted more wins, within a source the longer span. But a longer org contains what
    stands inside it: 星光数学 is a body, not a subject.
    """
    ranked = [(rank, span) for rank, spans in enumerate(sources) for span in spans]
    orgs = [span for _, span in ranked if span.label == "org"]
    ranked = [(rank, span) for rank, span in ranked if not any(_inside(span, o) for o in orgs)]
    chosen: list[Span] = []
    for _, span in sorted(ranked, key=lambda item: (item[0], item[1].start - item[1].end)):
        if all(span.end <= other.start or span.start >= other.end for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _inside(span: Span, other: Span) -> bool:
    longer = other.end - other.start > span.end - span.start
    return longer and other.start <= span.start and span.end <= other.end


def strip_punctuation(text: str, span: Span) -> Span | None:
    """Shorten `span` until it begins and ends with a letter or digit; None if nothing is left."""
    inner = text[span.start : span.end]
    kept = _EDGES.sub("", inner)
    if not kept:
        return None
    start = span.start + inner.index(kept)
    end = start + len(kept)
    closing = text[end : span.end][:1]
    if closing and closing in _CLOSING and _OPENING[_CLOSING.index(closing)] in kept:
        end += 1  # 星光教育(东街店): the bracket belongs to the name
    return Span(start, end, span.label)
