"""What one message adds to a report. Pure: draft and turn in, draft out.

A message may fill several answers at once, answer the question asked, correct an earlier answer
("不对，是周日"), add to the story, or press a button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actions.report.draft import UNKNOWN, Draft, candidates_of, is_which_unclear
from actions.report.kind import named_kind, take_kind
from actions.report.wording import (
    adds_something,
    corrected_part,
    is_bare_wish,
    is_question,
    is_unknown,
    wants_to_hide,
    without_lead_in,
)
from actions.turn import Turn
from complaints.model import Kind
from complaints.regions import City
from complaints.understood import SEVERAL

_ENTITY_SLOTS = ("org", "place", "when", "subject", "grade")
_TAKEN = (*_ENTITY_SLOTS, "person", "amount")
_LONGEST = {"org": 60, "place": 80, "when": 80, "subject": 30, "grade": 30}
_NO_ANSWER = ("supplement", "withdraw", "human", "out_of_scope", "progress", "question")
_SHORT_ACTS = ("affirm", "deny", "thanks", "greeting")
_SHORTEST_STORY = 10  # characters in the opening message
_SHORTEST_ADDITION = 6


@dataclass(frozen=True)
class Filled:
    """The draft after a message, and whether the message was of any use."""

    draft: Draft
    understood: bool


def fill(draft: Draft, turn: Turn, asked: str | None, city: City, sure_kind: float) -> Filled:
    """Add a message to a draft.

    `asked` is the slot last asked for, `confirm` at the read-back, None for the message that opened
    the report. `sure_kind` is the least confidence in a kind to act on.
    """
    if turn.choice:
        return Filled(_chosen(draft, turn, city), True)
    before = draft = draft.with_answers(urgent=draft.urgent or turn.urgent)
    adding = asked is not None and (turn.act == "supplement" or adds_something(turn.text))
    correcting = (asked == "confirm" or turn.act == "deny") and not adding
    if not (adding and asked == "confirm"):
        draft = _take_entities(draft, turn, correcting)
    corrected = correcting and draft != before
    if not corrected and asked in _ANSWERED_BY:
        draft = _ANSWERED_BY[asked](draft, turn, asked, city)
    draft = _take_reach(draft, turn, asked or "", city)
    if draft == before or asked is None:
        draft = _take_story(draft, turn, asked, adding)
    if asked in (None, "detail", "kind"):
        draft = take_kind(draft, turn, asked, city, sure_kind)
    return Filled(draft, draft != before)


def _chosen(draft: Draft, turn: Turn, city: City) -> Draft:
    choice = turn.choice
    if "kind" in choice and choice["kind"] == "other":
        return draft.with_answers(kind=None, kind_asked=draft.kind_asked + 1, kinds_offered=())
    if "kind" in choice:
        kind = Kind(choice["kind"]).value
        second = None if kind == draft.second_kind else draft.second_kind
        return draft.with_answers(kind=kind, kind_confidence=1.0, second_kind=second)
    if "org" in choice:
        return draft.with_answers(org=str(choice["org"]), org_unlisted=not choice["listed"])
    if "district" in choice:
        names = {place.district: place.district_name for place in city.districts}
        name = names.get(choice["district"], "")
        said = draft.place if draft.place and draft.place != UNKNOWN else ""
        return draft.with_answers(place=f"{name}{said}" or UNKNOWN)
    if "anonymous" in choice:
        return draft.with_answers(anonymous=bool(choice["anonymous"]), contact=None)
    return _emptied(draft, str(choice["edit"])) if "edit" in choice else draft


def _emptied(draft: Draft, name: str) -> Draft:
    if name == "kind":
        return draft.with_answers(kind=None, kinds_offered=())
    if name == "contact":
        return draft.with_answers(anonymous=None, contact=None)
    if name == "place":
        return draft.with_answers(place=None, place_asked=0)
    if name == "org":
        return draft.with_answers(org=None, org_asked=0, org_unlisted=False, stated={})
    if name == "stated":
        return draft.with_answers(stated={}, fact_asked=0)
    return draft.with_answers(**{name: None}) if name in (*_ENTITY_SLOTS, "detail") else draft


def _take_entities(draft: Draft, turn: Turn, correcting: bool) -> Draft:
    """What the message names, where nothing is known yet; when correcting, over what is known."""
    words = turn.entities
    if correcting:
        holds = corrected_part(turn.text)
        words = tuple((name, value) for name, value in words if value in holds)
    found = {name: [v for n, v in words if n == name] for name in _TAKEN}
    values = {name: next(iter(found[name] or [""])) for name in _ENTITY_SLOTS}
    values["org"] = values["org"] or next(iter(found["person"]), "")
    values["when"] = SEVERAL.join(dict.fromkeys(found["when"][:2]))
    values["amount"] = SEVERAL.join(dict.fromkeys(found["amount"][:3]))
    changes: dict[str, object] = {
        name: value
        for name, value in values.items()
        if value and (getattr(draft, name) in (None, UNKNOWN) or correcting)
    }
    if "place" in changes:
        changes["place_asked"] = 0
    if "org" in changes:
        # What was answered was about the party named before.
        changes |= {"org_asked": 0, "org_unlisted": False, "stated": {}}
    return draft.with_answers(**changes)


def _take_words(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    """The whole message as the answer to an open question."""
    text = turn.text.strip()
    if asked == "org" and draft.org:
        unclear = is_which_unclear(draft, city) and not is_unknown(text)
        return _which(draft, turn, text, city) if unclear else draft
    if getattr(draft, asked) is not None and asked != "place":
        return draft
    if is_unknown(text):
        return draft.with_answers(**{asked: UNKNOWN})
    answer = without_lead_in(text)
    if not _is_answer(turn, text) or not answer or len(answer) > _LONGEST[asked]:
        return draft
    if asked == "place":
        said = next((value for name, value in turn.entities if name == "place"), answer)
        return draft.with_answers(place=_with_district(draft.place, said, city))
    if asked == "org" and city.find_place(answer) and draft.place is None:
        return draft.with_answers(place=answer)
    return draft.with_answers(**{asked: answer})


def _is_answer(turn: Turn, text: str) -> bool:
    """Whether words can be an answer at all, and no chatter, question or bare yes."""
    if turn.act in _SHORT_ACTS and len(text) <= 6:
        return False
    return not is_question(text) and (turn.act not in _NO_ANSWER or turn.act_confidence < 0.6)


def _which(draft: Draft, turn: Turn, text: str, city: City) -> Draft:
    """One of the candidates, named by more of its name, by where it is, or by a yes to one."""
    candidates = candidates_of(draft, city)
    if turn.act == "affirm" and len(candidates) == 1:
        return draft.with_answers(org=candidates[0].name)
    if turn.act == "deny" and not turn.first("org"):
        return draft.with_answers(org_unlisted=True)
    name = turn.first("org")
    if name is None and city.find_place(text):
        return draft.with_answers(place=text)
    name = name or without_lead_in(text)
    fits = _is_answer(turn, text) and len(name) <= _LONGEST["org"]
    return draft.with_answers(org=name) if fits else draft


def _with_district(before: str | None, answer: str, city: City) -> str:
    """A district said after a street that was not known completes it instead of replacing it."""
    place = city.find_place(answer)
    if before and before not in (UNKNOWN, answer) and place and not place.street:
        return f"{place.district_name}{before}"
    return answer


def _take_detail(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    text = turn.text.strip()
    if is_unknown(text) or is_bare_wish(text) or len(text) < 4 or turn.act in _SHORT_ACTS:
        return draft
    return draft.with_answers(detail=text)


def _take_reach(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    """How the reporter can be reached: a number given unasked counts, and so does a change."""
    if turn.contact_ref and (draft.anonymous is None or asked in ("contact", "confirm")):
        return draft.with_answers(anonymous=False, contact=turn.contact_ref)
    if asked not in ("anonymous", "contact", "confirm") or len(turn.text) > 30:
        return draft
    hide = wants_to_hide(turn.text)
    if hide is None or (asked == "confirm" and is_unknown(turn.text)):
        return draft
    return draft.with_answers(anonymous=hide, contact=None if hide else draft.contact)


def _take_story(draft: Draft, turn: Turn, asked: str | None, adding: bool) -> Draft:
    """The opening message tells the story; what is added or explained later joins it."""
    text = turn.text.strip()
    if asked is None:
        telling = len(text) >= _SHORTEST_STORY and not is_bare_wish(text)
        return draft.with_answers(detail=text) if telling else draft
    explains = asked == "kind" and not named_kind(text, ())
    explains = explains or (asked == "confirm" and turn.act in ("report", "affirm"))
    long_enough = len(text) >= _SHORTEST_ADDITION and not is_question(text)
    if draft.detail and long_enough and (adding or explains):
        return draft.with_answers(detail=f"{draft.detail}\n补充：{text}")
    return draft


_Take = Callable[[Draft, Turn, str, City], Draft]
_ANSWERED_BY: dict[str | None, _Take] = {
    "org": _take_words,
    "place": _take_words,
    "when": _take_words,
    "subject": _take_words,
    "grade": _take_words,
    "detail": _take_detail,
}
