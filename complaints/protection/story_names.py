"""Names that nothing announces but what a story tells of them: lists, pupils' doings, who is scolded.

Only full names and pet names, and only where a teacher would hardly be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.findings import Finding
from complaints.protection.identifying_words import NameWords
from complaints.protection.name_shapes import is_full_name, listed_name
from complaints.protection.names_before import name_up_to

_RUN = re.compile(r"[一-鿿]{2,}")
_PET_FOLLOW = re.compile(r"[在被说回今上读哭打吓和跟把也就才]|以前|现在")
_SCOLDED = re.compile(
    r"[罚骂打伤刺笑立负评踢扇踹揪拽说喊叫](?:(?<=[罚骂打踢扇踹揪拽])|(?<=打伤)|(?<=讽刺)|(?<=嘲笑)|(?<=孤立)"
    r"|(?<=欺负)|(?<=批评)|(?<=[说骂喊叫])(?=[一-鿿]{2,3}(?P<said>[“\"])))[了过]?(?=[一-鿿]{2})"
)
_NEXT = re.compile(r" ?(?:\([^()\n]{1,24}\))? ?(?:[、,;]|和|及|以及|与) ?([一-鿿]{2,4})")
_LONGEST_NAME = 4
_WORK = re.compile("补课|收[费钱]|任教|教课|办班|开班|开课|涉事|违规|举报|投诉|股东|合伙")
_DONE_TO = tuple("把让叫罚骂打逼被给对点说使")  # before a pupil's name, whoever does it
_OTHERS_BEHIND = re.compile(r"(?:等|这)?[两几多一二三四五六七八九十0-9]{0,2}[位名个人]?")
_CLAUSE_END = re.compile(r"[,，。！？；;!?\n]")
_CLAUSE = 14  # characters before a list that may say whose names they are
_STORY, _SCOLDED_ONE, _SAID_OF = -3.0, -3.5, 1.0  # how much a story speaks for a name


def names_in_story(text: str, words: NameWords) -> Iterator[Finding]:
    """Pupils at the begin of a clause, those who are scolded, and the first of three names in a row."""
    for match in _RUN.finditer(text):
        run = match.group()
        if run[0] == run[1] or words.lists.may_begin(run):
            yield from _begun(text, match, words)
    for match in _SCOLDED.finditer(text):
        if not words.lists.may_begin(text[match.end() : match.end() + 2]):
            continue
        favour = _SAID_OF if match.group("said") else _SCOLDED_ONE
        end = listed_name(text, match.end(), words, favour)
        name = text[match.end() : end]
        given = name[:2] if match.group("said") else name  # 说池小鱼“…”
        if len(name) > 2 and _all_given(given, words):
            yield Finding("child_name", match.end(), end, True)


def _begun(text: str, match: re.Match[str], words: NameWords) -> Iterator[Finding]:
    """What the Chinese characters of a match begin with: 池小鱼被老师罚站; 康康和乐乐打架."""
    run, start = match.group(), match.start()
    if run[0] == run[1] and run[:2] in words.nicknames and _PET_FOLLOW.match(text, start + 2):
        yield Finding("child_name", start, start + 2, True)
    for length in range(2, min(len(run), _LONGEST_NAME) + 1):
        if words.doings.match(text, start + length) and _is_pupil(run[:length], words):
            yield Finding("child_name", start, start + length, True)
            return
    if len(run) <= _LONGEST_NAME:
        yield from _in_list(text, match, words)


def _is_pupil(name: str, words: NameWords) -> bool:
    if len(name) == 2 and name[0] == name[1]:
        known = name in words.nicknames or name[0] in words.lists.given
        return known and not words.lists.is_frequent(name)
    return is_full_name(name, words) and _all_given(name, words)


def _all_given(name: str, words: NameWords) -> bool:
    surname = 2 if name[:2] in words.lists.compound else 1
    return all(char in words.lists.given for char in name[surname:])


def _in_list(text: str, match: re.Match[str], words: NameWords) -> Iterator[Finding]:
    """Three names in a row that a match begins, or goes on with: 把赵一、钱二、孙三赶出."""
    start = match.start()
    if text[start - 1 : start] != "、" or not is_full_name(match.group(), words):
        yield from _list_from(text, match, words)
        return
    first = next(name_up_to(text, start - 1, words), None)
    link = _NEXT.match(text, match.end())
    end = listed_name(text, link.start(1), words, _STORY) if link else 0
    if first and link and end and not _is_of_staff(text, first.start, end, words):
        yield first
        yield Finding("other_name", *match.span(), True)
        yield Finding("other_name", link.start(1), end, True)


def _list_from(text: str, match: re.Match[str], words: NameWords) -> Iterator[Finding]:
    """The first three names of a list; whoever is listed behind follows from them."""
    second = _NEXT.match(text, match.end())
    third = _NEXT.match(text, second.end()) if second else None
    if not second or not third:
        return
    found = [match.span(), second.span(1)]
    if not all(is_full_name(text[start:end], words) for start, end in found):
        return
    end = listed_name(text, third.start(1), words, _STORY)
    if end and not _is_of_staff(text, match.start(), end, words):
        for span in (*found, (third.start(1), end)):
            yield Finding("other_name", *span, True)


def _is_of_staff(text: str, start: int, end: int, words: NameWords) -> bool:
    """Whether teachers are listed: 补课老师有李、王…; 李、王…三位老师."""
    clause = _CLAUSE_END.split(text[max(0, start - _CLAUSE) : start])[-1]
    behind = _OTHERS_BEHIND.match(text, end)
    titled = behind is not None and text.startswith(words.titles, behind.end())
    suffers = clause[-1:] in _DONE_TO
    accused = any(word in clause for word in words.accused) or _WORK.search(clause)
    return titled or (not suffers and bool(accused))
