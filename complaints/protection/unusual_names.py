"""Names other than a surname and a given name: pet names, 李女士, 宋 佳, Li Ming, 阿依古丽·艾山."""

from __future__ import annotations

import re

from complaints.protection.identifying_words import NameWords
from complaints.protection.name_borders import WINDOW, is_boundary, is_titled, parent_behind
from complaints.protection.name_places import Place

_DOTTED = re.compile(r"[一-鿿]{2,7}[·•・](?:[一-鿿]{1,6}(?![一-鿿])|[一-鿿]{2,3})")
_SPACED = re.compile(r"[一-鿿][^\S\n]{1,3}[一-鿿](?:[^\S\n]{0,3}[一-鿿])?(?![一-鿿])")
_EVENLY_SPACED = re.compile(r"[一-鿿] [一-鿿] [一-鿿](?! [一-鿿])")
_LATIN = re.compile(
    r"(?:[A-Z][a-z]{1,11}(?: [A-Z][a-z]{1,11}){0,2}|[A-Z]{2,10} [A-Z]{2,12})(?![A-Za-z0-9])"
)
_ANY_LATIN = re.compile(r"[A-Za-z]{2,12}(?:[ .'][A-Za-z]{1,12}){0,2}(?![A-Za-z0-9])")
# 王小明 in small letters, with or without spaces
_SYLLABLE = (
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|"
    "[aeiou]i|[aeio]u|[aeo]o|an|en|in|un|ia|ie|ua|ue|uo|[aeiouv]))"
)
_PINYIN = re.compile(rf"{_SYLLABLE} ?{_SYLLABLE}(?: ?{_SYLLABLE})?(?![A-Za-z0-9])")
_HALF_LATIN = re.compile(r"[一-鿿] ?[A-Za-z]{1,8}(?![A-Za-z0-9])")
_PET_NAME = re.compile(r"([一-鿿])\1|[小阿][一-鿿]|[一-鿿][宝仔]")
_OTHERS_PET_NAME = re.compile(r"[小阿老大][一-鿿]")
_ANY_PET_NAME = re.compile(r"[一-鿿]{1,3}(?![一-鿿])")
_STRANGE = -8.0  # log probability of each character, read as words
_NEIGHBOUR = re.compile("[一-鿿](?:[婶嫂姐哥叔姨]|大[爷妈姐哥嫂娘]|奶奶|爷爷)")
_PET_NAME_WORDS = ("小名", "乳名")
_BEFORE_PET_NAME, _BEHIND_PET_NAME = "小阿老大", "宝仔"
_POLITE = re.compile("[一-鿿]{1,2}?(?:女士|先生|小姐|太太)")


def may_be_unusual(text: str, start: int, words: NameWords) -> bool:
    """Whether a name without a known surname may begin there, where nothing announces one surely."""
    run = text[start : start + WINDOW]
    first, second = run[:1], run[1:2]
    return (
        first.isascii()
        or first == second
        or first in _BEFORE_PET_NAME
        or second in _BEHIND_PET_NAME
        or run[:2] in words.nicknames
        or any(dot in run for dot in "·•・")
        or words.borrowed.match(text, start) is not None
    )


def dotted_or_spaced(text: str, place: Place, words: NameWords) -> re.Match[str] | None:
    """买买提·艾力 or 宋 佳."""
    return _DOTTED.match(text, place.start) or _spaced(text, place, words)


def borrowed(text: str, place: Place, words: NameWords) -> re.Match[str] | None:
    """扎西平措, 乌日娜: known by their parts."""
    match = words.borrowed.match(text, place.start)
    return None if match and is_titled(text[match.start() :], len(match.group()), words) else match


def _spaced(text: str, place: Place, words: NameWords) -> re.Match[str] | None:
    """宋 佳 where a name is announced for sure, 宋 小 佳 anywhere."""
    certain = place.by_name or place.word in words.fields
    match = (_SPACED if certain else _EVENLY_SPACED).match(text, place.start)
    if not match or not words.lists.may_begin(match.group()):
        return None
    name = "".join(match.group().split())
    is_field = words.next_field.match(text, place.start + match.group().rfind(name[1:][:1]))
    return None if is_field or is_titled(name, 0, words) else match


def latin_end(text: str, place: Place, words: NameWords) -> int:
    """Where a name in Latin letters ends, also one that is half Chinese (汪 sy); 0 if there is none."""
    called = place.by_name or place.word in words.fields
    half = _HALF_LATIN.match(text, place.start)
    if half and words.lists.may_begin(half.group()) and (called or " " in half.group()):
        return half.end()
    match = (_ANY_LATIN if called else _LATIN).match(text, place.start)
    if not match and place.kind == "child_name":
        match = _PINYIN.match(text, place.start)
    if not match or (place.kind == "other_name" and not called):
        return 0
    behind = text[match.end() : match.end() + 1]
    return match.end() if behind in words.follow or is_boundary(text, match.end()) else 0


def polite_name(run: str, place: Place, words: NameWords) -> int:
    """The length of 李女士, where the writer calls himself so; 0 otherwise."""
    match = _POLITE.match(run)
    is_own = place.kind == "own_name" and words.lists.may_begin(run)
    return match.end() if match and is_own else 0


def pet_name(text: str, run: str, place: Place, words: NameWords) -> int:
    """The length of a name that somebody is called by at home; 0 if there is none."""
    if place.word in _PET_NAME_WORDS or (place.by_name and place.word in words.nicknames):
        any_name = _ANY_PET_NAME.match(text, place.start)
        if any_name:
            return len(any_name.group())
    if place.by_name and place.kind == "child_name" and _is_strange(text, run, place, words):
        return len(run)
    if place.behind_comma or run[:2] in words.before or is_titled(run, 2, words):
        return 0
    if length := _small_one(text, place, words):
        return length
    if place.kind == "other_name":
        return _others_pet_name(text, run, place, words)
    return _childs_pet_name(text, run, place, words)


def _small_one(text: str, place: Place, words: NameWords) -> int:
    """小葫芦, but not 孩子的小提琴."""
    called = place.by_name or place.word in words.family
    is_thing = text[place.start - 1 : place.start] == "的" != place.word[-1:] and not called
    return 0 if is_thing else small_thing(text, place.start, words, called=called)


def _others_pet_name(text: str, run: str, place: Place, words: NameWords) -> int:
    neighbour = _NEIGHBOUR.match(run)
    if neighbour and words.lists.may_begin(run):
        return neighbour.end()
    end = place.start + 2
    return 2 if is_others_pet_name(run[:2], words) and _may_end(text, end, words) else 0


def _childs_pet_name(text: str, run: str, place: Place, words: NameWords) -> int:
    if is_certain_pet_name(run, words):
        return 2
    name, end = run[:2], place.start + 2
    likely = _is_likely(name, text[end : end + 12], place, words)
    return 2 if likely and _may_end(text, end, words) else 0


def _may_end(text: str, end: int, words: NameWords) -> bool:
    """Whether what a child is called by may end there."""
    if is_boundary(text, end) or text[end] in words.follow or parent_behind(text, end, words):
        return True
    return words.pet_follow.match(text, end) is not None


def small_thing(text: str, start: int, words: NameWords, *, called: bool) -> int:
    """The length of 小葫芦, 小豆子: 小 before a thing, where a name may end; 0 if there is none."""
    name = text[start : start + 3]
    if name[:1] != "小" or words.lists.is_frequent(name[:2]):
        return 0
    thing = name[1:]
    if words.lists.is_word(name) and thing not in words.nicknames:
        return 0
    if thing in words.before or not (words.lists.is_word(thing) or thing[1:] in "子儿宝妹"):
        return 0
    end = start + 3
    fits = called and (is_boundary(text, end) or text[end : end + 1] in words.follow)
    return 3 if fits or words.pet_follow.match(text, end) else 0


def _is_strange(text: str, run: str, place: Place, words: NameWords) -> bool:
    """孬蛋, 团子: short, and no ordinary words in it."""
    bounded = 2 <= len(run) <= 3 and is_boundary(text, place.start + len(run))
    if len(run) == 2 and run[1] == "子" and is_boundary(text, place.start + 2):
        return run not in words.before  # 叫团子
    is_idiom = words.lists.is_word(place.joint + run)  # 叫苦不迭
    return bounded and not is_idiom and words.lists.words(run)[0] / len(run) < _STRANGE


def is_certain_pet_name(run: str, words: NameWords) -> bool:
    """轩轩, whatever follows."""
    name = run[:2]
    if run[:1] != run[1:2] or (len(run) > 3 and words.lists.is_word(run[:4])):
        return False  # 点点滴滴
    return name in words.nicknames or _is_no_word(run, words)


def _is_likely(name: str, behind: str, place: Place, words: NameWords) -> bool:
    if name in words.nicknames:
        return True
    if name[0] == name[1] and words.doings.match(behind):
        return True  # 一一今年四岁
    if _PET_NAME.match(name):
        return not words.lists.is_frequent(name)
    # 你家思远: without the surname
    is_given = len(name) == 2 and all(char in words.lists.given for char in name)
    is_given = is_given and name[1] not in "才刚"
    return place.word in words.family and is_given and not words.lists.is_word(name)


def is_others_pet_name(name: str, words: NameWords) -> bool:
    """小雅, 老魏: not 小声, 大家."""
    if name in words.nicknames and name[0] == "小":
        return True
    if not _OTHERS_PET_NAME.match(name) or words.lists.is_word(name):
        return False
    may_be_called_so = name[1] in words.lists.given or words.lists.may_begin(name[1])
    return may_be_called_so and name[1] not in words.follow


def _is_no_word(run: str, words: NameWords) -> bool:
    """轩轩, but not the 密密 of 密密麻麻 nor the 耿耿 of 耿耿于怀."""
    in_pairs = len(run) > 3 and run[2] == run[3]
    return not in_pairs and not any(words.lists.is_word(run[:length]) for length in (2, 3, 4))
