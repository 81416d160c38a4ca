"""What a report is about: taken from the model when it is sure, else offered, else left to a clerk."""

from __future__ import annotations

from actions.report.draft import Draft, parties_of
from actions.report.wording import is_unknown
from actions.turn import Turn
from complaints.model import Kind, plausible_kinds
from complaints.regions import City

_SAYS_A_KIND = 6  # characters; shorter answers to "what is it about" are taken for noise
_KIND_QUESTIONS = 2
# From here on the second kind is more often than not a matter of the message (docs/nlu-quality.md);
# the hotline sees it as a hint.
_SECOND_MATTER = 0.2


def take_kind(draft: Draft, turn: Turn, asked: str | None, city: City, sure: float) -> Draft:
    """The kind from the model when it is sure; else the two best are kept to be offered."""
    if draft.kind is not None or draft.detail is None:
        return draft
    if asked == "kind" and (named := named_kind(turn.text, draft.kinds_offered)):
        return draft.with_answers(kind=named, kind_confidence=1.0)
    parties = parties_of(draft, city)
    kinds = plausible_kinds(turn.kinds, parties[0].party_type if len(parties) == 1 else None)
    too_short = asked == "kind" and len(turn.text) < _SAYS_A_KIND
    if kinds and kinds[0][1] >= sure and not too_short:
        second = next((name for name, share in kinds[1:2] if share >= _SECOND_MATTER), None)
        return draft.with_answers(
            kind=kinds[0][0],
            kind_confidence=kinds[0][1],
            second_kind=None if second == Kind.NOT_EDUCATION else second,
        )
    if draft.kind_asked >= _KIND_QUESTIONS or (asked == "kind" and is_unknown(turn.text)):
        # Not known in the end: a clerk decides, with the best guess before them.
        best = (*draft.kinds_offered, *(name for name, _ in kinds), Kind.OTHER_EDUCATION)[0]
        return draft.with_answers(kind=best, kind_confidence=0.0)
    if kinds and not too_short:
        return draft.with_answers(kinds_offered=tuple(name for name, _ in kinds[:2]))
    return draft


def named_kind(text: str, offered: tuple[str, ...]) -> str | None:
    """The kind that a typed answer names: its label, or its place among those offered."""
    said = text.strip("。，,. \n")
    for place, name in enumerate(offered):
        if said in ("一二"[place], str(place + 1), f"第{'一二'[place]}个", f"选{place + 1}"):
            return name
    return next((kind.value for kind in Kind if kind.label == said), None)
