"""Whom a stretch of text speaks of: the reporter's side, or the party complained of.

Decides for what is found (a telephone, a name behind 叫) whose it is. Only what clearly speaks of the
accused counts as his: in doubt everything is the reporter's, and is protected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from complaints.protection.word_patterns import any_of

ACCUSED = "accused"
_SENTENCE_END = "。！？!?"
_CLAUSE_END = re.compile(r"[,，。！？；;!?\n]")
_CLAUSE = 16  # characters before a number within which its owner is named
_SENTENCE = 60  # characters before a name within which the one is named who is called so
_HEADED = 5  # lines of a form between the accused's name and the telephone below it


@dataclass(frozen=True)
class PartyWords:
    """Words that tell parties apart.

    `parties`: any party; the group that matched is the kind of its name, or ACCUSED. `theirs`: things
    that make a number a body's (客服, 传单), before it or behind. `details`: lines of a form that go
    on with the same person (职务, 单位).
    """

    parties: re.Pattern[str]
    theirs: re.Pattern[str]
    details: re.Pattern[str]


# Who was named before is called by name (负责人叫李慧，电话…), or a payee (户名晨光公司，账号…).
_INTRODUCED = re.compile(
    r"(?:叫|真名|姓|[:：])[^\S\n]?[“\"「]?[一-鿿*]{1,10}[”\"」]?[,，]"
    r"|[小老][一-鿿][,，]"
    r"|(?P<payee>户名|收款方|收款人|商户|开户名)[^,，]{2,24}[,，]"
)
# The accused's, though it is said like the writer's: 公司登记的联系人.
_OF_ACCUSED = "(?:[一-鿿]{0,6}?(?:联系人|姓名))?"


def party_words(
    sides: dict[str, Iterable[str]], theirs: Sequence[str], details: Sequence[str]
) -> PartyWords:
    """Compiled lists; `sides` has the words of each side, those tried first at a place first."""
    groups = [
        f"(?P<{side}>(?:{any_of(entries)}){_OF_ACCUSED if side == ACCUSED else ''})"
        for side, entries in sides.items()
    ]
    return PartyWords(
        parties=re.compile("|".join(groups)),
        theirs=re.compile(any_of(theirs)),
        details=re.compile(any_of(details)),
    )


def last_party(text: str, at: int, words: PartyWords) -> str | None:
    """The side that is named last before `at` in its sentence; None when none is."""
    return _last_side(_since(text, at, _SENTENCE_END), words)


def clause_is_of_accused(text: str, at: int, words: PartyWords) -> bool:
    """Whether the accused is named last before `at` in its clause."""
    clause = _CLAUSE_END.split(text[max(0, at - _CLAUSE) : at])[-1]
    return _last_side(clause, words) == ACCUSED


def is_of_accused(text: str, start: int, end: int, words: PartyWords) -> bool:
    """Whether the telephone or account from `start` to `end` is clearly the accused party's."""
    clause = _CLAUSE_END.split(text[max(0, start - _CLAUSE) : start])[-1]
    side = _last_side(clause, words)
    if side not in (None, ACCUSED):
        return False
    behind = _CLAUSE_END.split(text[end : end + _CLAUSE])[0]
    if side or words.theirs.search(clause) or words.theirs.search(behind):
        return True
    return _was_introduced(text, start, words) or _is_below_accused(text, start, words)


def _last_side(stretch: str, words: PartyWords) -> str | None:
    side = None
    for match in words.parties.finditer(stretch):
        side = match.lastgroup
    return side


def _was_introduced(text: str, start: int, words: PartyWords) -> bool:
    """Whether the accused was called by name in the sentence, and nobody else named since."""
    sentence = _since(text, start, _SENTENCE_END + "\n")
    calls = list(_INTRODUCED.finditer(sentence))
    if not calls:
        return False
    named = calls[-1].end() if calls[-1].group("payee") else calls[-1].start()
    if _last_side(sentence[:named], words) != ACCUSED:
        return False
    return _last_side(sentence[calls[-1].end() :], words) in (None, ACCUSED)


def _is_below_accused(text: str, start: int, words: PartyWords) -> bool:
    """Whether it stands in a form below the accused party's name."""
    lines = text[max(0, start - 4 * _SENTENCE) : start].split("\n")[:-1]
    for line in reversed(lines[-_HEADED:]):
        label = re.split("[:：]", line, maxsplit=1)[0]
        if (side := _last_side(label, words)) is not None:
            return side == ACCUSED
        if not words.details.search(label):
            return False
    return False


def _since(text: str, at: int, ends: str) -> str:
    """What stands before `at` since the last of some characters."""
    before = text[max(0, at - _SENTENCE) : at]
    return before[max(map(before.rfind, ends)) + 1 :]
