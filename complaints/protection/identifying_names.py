"""Names of the reporter, of children and of other private persons in a plain text.

A name is looked for only behind words that announce one (我儿子, 我叫, 联系人：), before whose mother
somebody is (…的妈妈), and as a signature. Whoever carries a title (李老师, 校长王某) or is announced as
the party complained of (被举报人) keeps the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.protection.findings import Finding
from complaints.protection.identifying_words import NameWords
from complaints.protection.likely_names import likely_name
from complaints.protection.name_borders import is_boundary, parent_behind
from complaints.protection.name_places import place_behind, place_called
from complaints.protection.name_shapes import AT_END, is_full_name, is_name, listed_name, name_end
from complaints.protection.names_before import listed_before, names_before
from complaints.protection.parties import ACCUSED, clause_is_of_accused, last_party
from complaints.protection.story_names import names_in_story
from complaints.protection.unusual_names import small_thing

_STRICT = ("我是", "我系", "我乃", "家长", "我叫", "俺叫", "咱叫")  # a name alone, or no name
_GOES_ON = re.compile("实名|投诉|举报|反映|申诉|来信|来电|求助|控告|咨询|[是系今现家我俺]")
_AND = re.compile(
    r"(?:\([^()\n]{1,24}\))?[^\S\n]?(?:[、,;和与跟及]|还有|以及)[^\S\n]?(?:(?:我|俺|咱)们?家?的?)?"
)
_SIGNED = re.compile(
    r"\n[ \t]*([一-鿿]{2,4})[ \t]*(?:\n[ \t]*[^\n。！？!?]{0,3}[12二十][^\n。！？!?]{0,14})?[\s。]*\Z"
)
_SIGNED_WITH_PHONE = re.compile(
    r"(?:[。！？；!?;\n]|\A)[ \t]*([一-鿿]{2,4})[ ,:]{0,2}(?=(?:\ue000|1[3-9][0-9][0-9 \-]{8,12})[\s。]*\Z)"
)
_SIGNATURE = 60  # characters at the end within which a name and a telephone stand
_BESIDE = re.compile(r"[^\S\n]{1,4}([一-鿿]{2,4})(?![一-鿿:])")
_NAMED_WITH_OF = re.compile(r"((?:班主任|[一-鿿]{2})[一-鿿]{0,4})的\Z")
_GREETINGS = ("敬礼", "敬礼!", "敬上", "谢谢", "谢谢!", "感谢", "感谢!", "敬礼\n", "敬礼!\n")
_SURNAME = re.compile(r"(?:我|免贵|本人|鄙人)姓[^\S\n]?([一-鿿])(?!名)")
_MOST_NAMES = 20  # that are looked for again in the whole text
_LISTED = -2.0  # how much another name before speaks for one
_CLASSMATE = -2.5  # how much a school class before does


def find_names(text: str, words: NameWords, *, to_end: bool = True) -> list[Finding]:
    """Names in a plain text, in no order; they may overlap.

    A signature is looked for where the text goes on `to_end`.
    """
    found = [*_announced(text, words), *names_before(text, words)]
    found += [*_called(text, words), *_classmates(text, words), *names_in_story(text, words)]
    found += _signed(text, words) if to_end else []
    for match in _SURNAME.finditer(text):
        surname = match.group(1)
        if surname in words.lists.common or surname in words.lists.rare:
            found.append(Finding("own_name", *match.span(1), True))
    return [*found, *_again(text, found, words)]


def _announced(text: str, words: NameWords) -> Iterator[Finding]:
    match, tried = words.trigger.search(text), 0
    while match:
        names = [] if match.end() == tried else _names_announced(text, match, words)
        yield from names
        # 我儿 is tried before the 儿子 that begins within it, 我儿子 and 儿子 only once.
        tried = match.end()
        onward = max(name.end for name in names) if names else match.start() + 1
        match = words.trigger.search(text, onward)


def _names_announced(text: str, match: re.Match[str], words: NameWords) -> list[Finding]:
    """The names behind a word that announces one, and those listed before it."""
    names = _names_behind(text, match, words)
    if not names or _is_of_accused(text, match, words):
        return []
    if names[0].kind == "child_name":
        names += listed_before(text, match.start(), words)
    return names


def _names_behind(text: str, match: re.Match[str], words: NameWords) -> list[Finding]:
    """The name that a word announces, and those listed behind it."""
    place = place_behind(text, match, words)
    end = name_end(text, place, words)
    if not end:
        return []
    parent = parent_behind(text, end, words)
    if place.word in _STRICT and not (parent or _is_alone(text, end)):
        return []
    kind = "child_name" if parent and place.kind == "own_name" else place.kind
    sure = place.word not in words.doubtful and not (
        place.word in words.fields and clause_is_of_accused(text, match.end(), words.party)
    )
    sure = sure and not _is_accuseds_kin(text, match.start(), words)
    listed = [*_listed(text, end, kind, words)]
    if place.word in words.fields and not listed:
        listed = [*_signed_too(text, end, kind, words)]
    return [Finding(kind, place.start, end, sure), *listed]


def _signed_too(text: str, end: int, kind: str, words: NameWords) -> Iterator[Finding]:
    """Names behind one another in a field of a form: 签名：赵文 赵武."""
    while match := _BESIDE.match(text, end):
        name, end = match.group(1), match.end()
        if not is_full_name(name, words) or words.next_field.match(name):
            return
        yield Finding(kind, *match.span(1), True)


def _called(text: str, words: NameWords) -> Iterator[Finding]:
    """Names behind 叫 when the child or the writer is who was spoken of: 我娃在……上学，叫蒲雨."""
    for match in words.called.finditer(text):
        kind = last_party(text, match.start(), words.party)
        if kind is None or kind == ACCUSED:
            continue
        place = place_called(text, match, kind)
        end = name_end(text, place, words)
        if end and (parent_behind(text, end, words) or is_boundary(text, end)):
            yield Finding(kind, place.start, end, True)
            yield from _listed(text, end, kind, words)


def _classmates(text: str, words: NameWords) -> Iterator[Finding]:
    """Names behind a school class: 三年五班的简宁、简安."""
    for match in words.classmates.finditer(text):
        end = listed_name(text, match.end(), words, _CLASSMATE)
        if not end and (length := small_thing(text, match.end(), words, called=True)):
            end = match.end() + length
        if end:
            yield Finding("child_name", match.end(), end, True)
            yield from _listed(text, end, "other_name", words)


def _is_of_accused(text: str, match: re.Match[str], words: NameWords) -> bool:
    """Whether a word that announces a name speaks of the party complained of (被举报人, 老师姓名)."""
    before = text[max(0, match.start() - 8) : match.end()]
    if before.endswith(words.accused):
        return True
    if match.group() not in words.fields:
        return False
    return before.removesuffix(match.group()).removesuffix("的").endswith(words.accused)


def _is_accuseds_kin(text: str, start: int, words: NameWords) -> bool:
    """Whether the accused party's family is spoken of: 园长秦某的女儿."""
    before = _NAMED_WITH_OF.search(text, max(0, start - 12), start)
    return before is not None and before.group(1).startswith(words.accused)


def _is_alone(text: str, end: int) -> bool:
    return is_boundary(text, end) or _GOES_ON.match(text, end) is not None


def _listed(text: str, end: int, kind: str, words: NameWords) -> Iterator[Finding]:
    """More names behind a first: 儿子赵文、赵武."""
    for _ in range(_MOST_NAMES):
        link = _AND.match(text, end)
        start = link.end() if link else 0
        end = listed_name(text, start, words, _LISTED) if link else 0
        if not end:
            return
        yield Finding(kind, start, end, True)


def _signed(text: str, words: NameWords) -> Iterator[Finding]:
    """A last line that holds a name only, with the date below it if any."""
    match = _SIGNED_WITH_PHONE.search(text, max(0, len(text) - _SIGNATURE))
    if match and is_name(match.group(1), words) and not words.lists.is_word(match.group(1)):
        yield Finding("own_name", *match.span(1), True)
    match = _SIGNED.search(text)
    if not match or words.lists.is_word(match.group(1)):
        return
    name = match.group(1)
    is_greeted = text.endswith(_GREETINGS, 0, match.start()) and is_name(name, words)
    if is_greeted or likely_name(name, words.lists, 0.0, AT_END) == len(name):
        yield Finding("own_name", *match.span(1), True)


def _again(text: str, found: list[Finding], words: NameWords) -> Iterator[Finding]:
    """Where else the names stand that were found, also without their surname."""
    kinds: dict[str, str] = {}
    for finding in found:
        name = text[finding.start : finding.end]
        if len(name) > 1 and finding.sure:
            kinds.setdefault(name, finding.kind)
        given = name[1:]
        if (
            len(name) == 3
            and finding.sure
            and words.lists.may_begin(name)
            and not words.lists.is_word(given)
        ):
            kinds.setdefault(given, finding.kind)
    names = list(kinds)[:_MOST_NAMES]
    if not names:
        return
    for match in re.finditer("|".join(map(re.escape, sorted(names, key=len, reverse=True))), text):
        if not text.startswith(words.titles, match.end()):
            yield Finding(kinds[match.group()], *match.span(), True)
            if len(match.group()) > 2:
                yield from _listed(text, match.end(), kinds[match.group()], words)
