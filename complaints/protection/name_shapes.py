"""What stands behind words that announce a name: a full name, a pet name, a foreign one, or none."""

from __future__ import annotations

import re

from complaints.protection.identifying_words import NameWords
from complaints.protection.likely_names import likely_name
from complaints.protection.name_borders import WINDOW, is_boundary, is_titled
from complaints.protection.name_places import Place
from complaints.protection.unusual_names import (
    borrowed,
    dotted_or_spaced,
    is_certain_pet_name,
    latin_end,
    may_be_unusual,
    pet_name,
    polite_name,
)

_PRONOUN = re.compile("[我俺咱你您他她]")
_RUN = re.compile(rf"[一-鿿]{{1,{WINDOW}}}")

AT_END = 2.0  # log weight: how much it speaks for a name that nothing Chinese follows
_PARENT_BEHIND = 1.5  # 我是李明的妈妈
_STORY = -3.0  # how much a story speaks for a name that nothing announces
_IN_FAMILY = -2.0  # 我家李明
_NO_WORDS, _LONGEST_FOREIGN = -8.0, 5


def name_end(text: str, place: Place, words: NameWords) -> int:
    """Where the name ends; 0 when there is none."""
    start = place.start
    if not (
        words.lists.may_begin(text[start : start + 2])
        or may_be_unusual(text, start, words)
        or _is_announced_surely(place, words)
    ):
        return 0  # most words announce nothing, and that is told fast
    if special := dotted_or_spaced(text, place, words) or borrowed(text, place, words):
        return special.end()
    run, at_end = _run_at(text, place, words)
    if len(run) < 2:
        return latin_end(text, place, words)
    if is_titled(run, 0, words) or (run[1] in "一了" and run[:1] == run[2:3]):
        return 0  # 松一松
    if length := polite_name(run, place, words) or pet_name(text, run, place, words):
        return start + length
    length = _full_name(run, place, words, at_end=at_end)
    if not length and _is_word_as_name(text, run, place, words):
        return start + 2
    if length < len(run) and place.word in words.fields and at_end and _is_foreign(run, words):
        return start + len(run)
    is_loose = place.behind_comma and not is_boundary(text, start + length)
    return start + length if length and not (is_loose or is_titled(run, length, words)) else 0


def _is_announced_surely(place: Place, words: NameWords) -> bool:
    return place.by_name or place.word in words.fields or place.word in words.family


def _run_at(text: str, place: Place, words: NameWords) -> tuple[str, bool]:
    """The Chinese characters from a place on, and whether they end there: 姓名李敏年龄30 at 年龄."""
    match = _RUN.match(text, place.start)
    if match is None:
        return "", False
    run = match.group()
    if place.word in words.fields or place.by_name:
        field = words.next_field.search(run, 2)
        if field:
            return _up_to_pronoun(run[: field.start()], at_end=True, called=True)
    called = place.word in words.fields or place.by_name
    return _up_to_pronoun(run, at_end=is_boundary(text, match.end()), called=called)


def _up_to_pronoun(run: str, *, at_end: bool, called: bool) -> tuple[str, bool]:
    """我叫张敏我想举报: with 我 somebody begins to speak of something else."""
    pronoun = _PRONOUN.search(run, 2)
    return (run[: pronoun.start()], called) if pronoun else (run, at_end)


def _is_word_as_name(text: str, run: str, place: Place, words: NameWords) -> bool:
    """我女儿安静被老师罚站: a name that is a word, told by what only children do or suffer."""
    name = run[:2]
    is_pupil = place.kind in ("child_name", "other_name") and place.word not in words.family
    if not is_pupil or name in words.lists.ordinary or name[1:] not in words.lists.given:
        return False
    behind = text[place.start + 2 : place.start + 14].lstrip(",，( ")
    return words.lists.may_begin(name) and words.doings.match(behind) is not None


def _full_name(run: str, place: Place, words: NameWords, *, at_end: bool) -> int:
    if not words.lists.may_begin(run):
        return 0
    if at_end and _is_said_to_be(run, place, words):
        return len(run)
    if place.word in words.family and not _any_given(run, words):
        return 0
    favour = place.favour + (_PARENT_BEHIND if _is_some_ones_parent(run, words) else 0.0)
    favour += _IN_FAMILY if place.word in words.family else 0.0
    return likely_name(run, words.lists, favour, AT_END if at_end else 0.0)


def _is_said_to_be(run: str, place: Place, words: NameWords) -> bool:
    """Whether a run that may be a name stands where one must be: 我叫马上进，"""
    certain = place.by_name or place.word in words.fields
    if not certain or not is_name(run, words) or words.lists.is_word(run):
        return False
    return place.joint == ":" or _any_given(run, words)


def _any_given(run: str, words: NameWords) -> bool:
    """Whether the first or second character behind the surname is one that names are made of."""
    surname = 2 if run[:2] in words.lists.compound else 1
    return any(char in words.lists.given for char in run[surname : surname + 2])


def is_name(run: str, words: NameWords) -> bool:
    """Whether all of a run has the form of a full name: a surname, one or two more, no title."""
    surname = 2 if run[:2] in words.lists.compound else 1
    fits = words.lists.may_begin(run) and 1 <= len(run) - surname <= 2
    return fits and not is_titled(run, 0, words) and not run.endswith(words.no_name)


def is_full_name(run: str, words: NameWords) -> bool:
    """Whether all of a run is likelier a full name than words, where a story tells of it."""
    if not is_name(run, words) or words.lists.is_word(run):
        return False
    return likely_name(run, words.lists, _STORY, AT_END) == len(run)


def listed_name(text: str, start: int, words: NameWords, favour: float) -> int:
    """Where a full name ends that begins at `start`, weighed with `favour`; 0 when there is none."""
    run_match = _RUN.match(text, start)
    if run_match is None:
        return 0
    run = run_match.group()
    if not (words.lists.may_begin(run) or run[:1] == run[1:2]):
        return 0  # told fast
    at_end = AT_END if is_boundary(text, run_match.end()) else 0.0
    length = likely_name(run, words.lists, favour, at_end)
    titled = is_titled(run, length, words) or is_titled(run, 0, words)
    if not length and is_certain_pet_name(run, words):
        length = 2
    return start + length if length and not titled else 0


def _is_foreign(run: str, words: NameWords) -> bool:
    """Whether no word is to be read in it, as in a name put into Chinese characters."""
    weight = words.lists.words(run)[0]
    return 2 <= len(run) <= _LONGEST_FOREIGN and weight / len(run) < _NO_WORDS


def _is_some_ones_parent(run: str, words: NameWords) -> bool:
    """Whether 妈妈, 家长 and the like stand where a name would end."""
    return any(words.parents.match(run, at) for at in (2, 3, 4, 5))
