"""What one message adds to a report. Pure: draft and turn in, draft out.

A message may fill several answers at once, answer the question asked, correct an earlier answer
("不对，是周日"), or press a button.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from actions.report.draft import UNKNOWN, Draft, parties_of
from actions.turn import Turn
from complaints.model import Kind, plausible_kinds
from complaints.regions import City

_UNKNOWN = re.compile(
    r"^(我也?|这个?)?(真的?)?(不知道|不清楚|不记得|记不清|忘了|忘记了|没注意|不晓得|说不清|不太清楚|不确定|不了解|跳过|没有|无)"
    r"[了呢啊呀吧哦的]*[。，！～.!]*$"
)
_STAY_HIDDEN = re.compile(r"匿名|不留|不想留|不方便留|不用留|保密|别留|不要留")
_LEAVE_CONTACT = re.compile(r"实名|留电话|留手机|留个?联系|可以联系|联系我|愿意留")
_LEAD_IN = re.compile(
    r"^(不对|不是|错了|应该)?[，,、 ]*(就?是在|就?是叫|就?是|叫做?|名字叫|应该是|在)(?=..)"
)
_BARE_WISH = re.compile(
    r"^[，。！!. ]*(你好|您好)?[，。！!. ]*(我?想?要?)(举报|投诉|反映|反应)(一下)?(一?个?(问题|情况|事情|学校|老师|机构|培训班))?[，。！!. ]*$"
)
_ENTITY_SLOTS = ("org", "place", "when", "subject", "grade")
_SHORT_ACTS = ("affirm", "deny", "thanks", "greeting")
_SAYS_A_KIND = 6  # characters; shorter answers to "what is it about" are taken for noise
_KIND_QUESTIONS = 2
_LONGEST = {"org": 60, "place": 80, "when": 80, "subject": 30, "grade": 30}


@dataclass(frozen=True)
class Filled:
    """The draft after a message, and whether the message was of any use."""

    draft: Draft
    understood: bool


def fill(draft: Draft, turn: Turn, asked: str | None, city: City, sure_kind: float) -> Filled:
    """Add a message to a draft. `asked` is the slot last asked for, `confirm` at the read-back,
    None for the message that opened the report. `sure_kind` is the least confidence to act on.
    """
    urgent = draft.urgent or turn.urgent
    before = draft
    if turn.choice:
        draft = _chosen(draft, turn, city)
        return Filled(draft.with_answers(urgent=urgent), draft != before)
    correcting = asked == "confirm" or turn.act == "deny"
    draft = _take_entities(draft, turn, correcting)
    corrected = correcting and draft != before
    if not corrected and asked in _ANSWERED_BY:
        draft = _ANSWERED_BY[asked](draft, turn, asked, city)
    if asked in (None, "kind", "confirm") and not corrected:
        draft = _take_story(draft, turn, asked)
    if asked in (None, "detail", "kind"):
        draft = _take_kind(draft, turn, asked, city, sure_kind)
    return Filled(draft.with_answers(urgent=urgent), draft != before)


def _chosen(draft: Draft, turn: Turn, city: City) -> Draft:
    choice = turn.choice
    if "kind" in choice and choice["kind"] == "other":
        return draft.with_answers(kind=None, kind_asked=draft.kind_asked + 1, kinds_offered=())
    if "kind" in choice:
        return draft.with_answers(kind=Kind(choice["kind"]).value, kind_confidence=1.0)
    if "org" in choice:
        return draft.with_answers(org=str(choice["org"]))
    if "district" in choice:
        name = next(
            (p.district_name for p in city.districts if p.district == choice["district"]), ""
        )
        said = draft.place if draft.place and draft.place != UNKNOWN else ""
        return draft.with_answers(place=f"{name}{said}" if name else said or UNKNOWN)
    if "anonymous" in choice:
        return draft.with_answers(anonymous=bool(choice["anonymous"]))
    if "edit" in choice:
        return _emptied(draft, str(choice["edit"]))
    return draft


def _emptied(draft: Draft, name: str) -> Draft:
    if name == "kind":
        return draft.with_answers(kind=None, kinds_offered=())
    if name == "contact":
        return draft.with_answers(anonymous=None, contact=None)
    if name == "place":
        return draft.with_answers(place=None, place_asked=0)
    return draft.with_answers(**{name: None}) if name in (*_ENTITY_SLOTS, "detail") else draft


def _take_entities(draft: Draft, turn: Turn, correcting: bool) -> Draft:
    found = {name: turn.first(name) for name in _ENTITY_SLOTS}
    found["org"] = found["org"] or turn.first("person")
    found["when"] = "，".join(turn.all("when")[:2]) or None
    changes = {
        name: value
        for name, value in found.items()
        if value and (getattr(draft, name) in (None, UNKNOWN) or correcting)
    }
    if "place" in changes:
        changes["place_asked"] = 0
    return draft.with_answers(**changes)


def _take_words(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    """The whole message as the answer to an open question."""
    text = turn.text.strip()
    if getattr(draft, asked) is not None and asked not in ("org", "place"):
        return draft
    if asked == "org" and draft.org:
        unclear = len(parties_of(draft, city)) > 1 and not _UNKNOWN.match(text)
        return _which(draft, turn, text, city) if unclear else draft
    if _UNKNOWN.match(text):
        return draft.with_answers(**{asked: UNKNOWN})
    if asked == "place" and turn.first("place"):
        return draft.with_answers(place=_with_district(draft.place, str(turn.first("place")), city))
    if turn.act in _SHORT_ACTS and len(text) <= 6:
        return draft
    answer = _LEAD_IN.sub("", text).strip("。，,. ")
    if not answer or len(answer) > _LONGEST[asked]:
        return draft
    if asked == "place":
        return draft.with_answers(place=_with_district(draft.place, answer, city))
    return draft.with_answers(**{asked: answer})


def _which(draft: Draft, turn: Turn, text: str, city: City) -> Draft:
    """One of several registered parties, named by more of its name or by where it is."""
    place = city.find_place(text)
    if place and not turn.first("org"):
        return draft.with_answers(place=text)
    name = turn.first("org") or text
    return draft.with_answers(org=name) if len(name) <= _LONGEST["org"] else draft


def _with_district(before: str | None, answer: str, city: City) -> str:
    """A district said after a street that was not known completes it instead of replacing it."""
    place = city.find_place(answer)
    if before and before not in (UNKNOWN, answer) and place and not place.street:
        return f"{place.district_name}{before}"
    return answer


def _take_detail(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    text = turn.text.strip()
    if _UNKNOWN.match(text) or _BARE_WISH.match(text) or len(text) < 4:
        return draft
    return draft.with_answers(detail=text)


def _take_reach(draft: Draft, turn: Turn, asked: str, city: City) -> Draft:
    if turn.contact_ref:
        return draft.with_answers(anonymous=False, contact=turn.contact_ref)
    if _STAY_HIDDEN.search(turn.text) or _UNKNOWN.match(turn.text) or turn.act == "deny":
        return draft.with_answers(anonymous=True, contact=None)
    if asked == "anonymous" and (_LEAVE_CONTACT.search(turn.text) or turn.act == "affirm"):
        return draft.with_answers(anonymous=False)
    return draft


def _take_story(draft: Draft, turn: Turn, asked: str | None) -> Draft:
    """The opening message tells the story; what explains it later is added to it."""
    text = turn.text.strip()
    if asked is None:
        telling = len(text) >= 10 and not _BARE_WISH.match(text)
        return draft.with_answers(detail=text) if telling else draft
    explains = asked == "kind" and len(text) >= _SAYS_A_KIND and not _named_kind(text, ())
    adds = asked == "confirm" and turn.act in ("supplement", "report") and len(text) >= 6
    if draft.detail and (explains or adds):
        return draft.with_answers(detail=f"{draft.detail}\n补充：{text}")
    return draft


def _take_kind(draft: Draft, turn: Turn, asked: str | None, city: City, sure: float) -> Draft:
    """The kind from the model when it is sure; else the two best are kept to be offered."""
    if draft.kind is not None or draft.detail is None:
        return draft
    if asked == "kind" and (named := _named_kind(turn.text, draft.kinds_offered)):
        return draft.with_answers(kind=named, kind_confidence=1.0)
    parties = parties_of(draft, city)
    kinds = plausible_kinds(turn.kinds, parties[0].party_type if len(parties) == 1 else None)
    if kinds and kinds[0][1] >= sure and not (asked == "kind" and len(turn.text) < _SAYS_A_KIND):
        return draft.with_answers(kind=kinds[0][0], kind_confidence=kinds[0][1])
    if draft.kind_asked >= _KIND_QUESTIONS or (asked == "kind" and _UNKNOWN.match(turn.text)):
        # Not known in the end: a clerk decides, with the best guess before them.
        best = (*draft.kinds_offered, *(name for name, _ in kinds), Kind.OTHER_EDUCATION)[0]
        return draft.with_answers(kind=best, kind_confidence=0.0)
    if kinds and (not draft.kinds_offered or len(turn.text) >= _SAYS_A_KIND):
        return draft.with_answers(kinds_offered=tuple(name for name, _ in kinds[:2]))
    return draft


def _named_kind(text: str, offered: tuple[str, ...]) -> str | None:
    """The kind that a typed answer names: its label, or its place among those offered."""
    said = text.strip("。，,. ")
    for place, name in enumerate(offered):
        if said in ("一二"[place], str(place + 1), f"第{'一二'[place]}个", f"选{place + 1}"):
            return name
    return next((kind.value for kind in Kind if kind.label == said), None)


_Take = Callable[[Draft, Turn, str, City], Draft]
_ANSWERED_BY: dict[str | None, _Take] = {
    "org": _take_words,
    "place": _take_words,
    "when": _take_words,
    "subject": _take_words,
    "grade": _take_words,
    "detail": _take_detail,
    "anonymous": _take_reach,
    "contact": _take_reach,
}
