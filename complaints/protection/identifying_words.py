"""The operator's lists and patterns for identifying text, from `data/routing/identifying.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.protection.likely_names import NameLists
from complaints.protection.parties import ACCUSED, PartyWords, party_words
from complaints.protection.word_patterns import any_of
from datafiles import error_at, load_checked

# What patterns may use beside the lists of the file.
_BUILT_IN = {
    "gap": r"[^\S\n]{0,2}",
    "district": r"(?:[一-鿿A-Za-z0-9]{1,5}?(?:省|市|县|镇|街道|乡|(?<![小社校园片厂学置宿A-Za-z])区(?![0-9]))){0,4}+",
    "door": r"(?:[A-Za-z0-9一二三四五六七八九十百]{1,5}+(?:-[0-9]{1,4}){0,3}+"
    r"(?:号院|号楼|期|区|组|队|弄|号|栋|幢|座|单元|室|楼|层|房|门|户|排|#)?+"
    r"|[一-鿿]{1,4}?[组队](?![一-鿿]))",
}
# Behind it may stand a pupil: 三年五班的简宁.
_CLASS = (
    r"(?:[0-9一二三四五六七八九十][)]?|[A-Za-z])[^\S\n]?班的?(?:学生|同学|孩子|娃)?[:,]?[^\S\n]?"
)
_PLACEHOLDER = re.compile(r"(\(\?:|\|)?%([a-z_]+)%")


@dataclass(frozen=True)
class Rule:
    """A pattern whose group `found` gives the reporter away.

    It is tried only where one of the words `cue` stands in the text (none: always). `others`:
    what to do where the clause speaks of the accused party: "" (nothing), "unsure", "sentence"
    (unsure, where the whole sentence does, too), "skip".
    """

    kind: str
    sure: bool
    pattern: re.Pattern[str]
    cue: tuple[str, ...]
    others: str


@dataclass(frozen=True)
class NameWords:
    """What stands before, behind and instead of names. `lists` says how likely characters are one."""

    lists: NameLists
    nicknames: frozenset[str]
    before: Mapping[str, str]  # word → kind of the name behind it
    trigger: re.Pattern[str]  # any word of `before`
    fields: frozenset[str]
    family: frozenset[str]
    doubtful: frozenset[str]
    parents: re.Pattern[str]
    belonging: re.Pattern[str]  # parents, and what a pupil is called by others
    titles: tuple[str, ...]
    accused: tuple[str, ...]
    no_name: tuple[
        str, ...
    ]  # titles and bodies: what stands behind them is no private person's name
    follow: str
    called: re.Pattern[str]  # 叫, 名叫: who is called so was named before
    next_field: re.Pattern[str]  # what a form asks for behind a name
    borrowed: re.Pattern[str]  # a name from another language, written without a dot: 扎西平措
    things: re.Pattern[str]  # behind a pupil's name: 的学籍
    doings: re.Pattern[str]  # behind a pupil's name: 被老师罚站
    pet_follow: re.Pattern[str]  # behind what a child is called by others: 天天, 打, 三年级
    classmates: re.Pattern[str]  # a school class, before one of its pupils
    party: PartyWords


@dataclass(frozen=True)
class IdentifyingWords:
    """All that `find_identifying` compares a text with."""

    rules: tuple[Rule, ...]
    names: NameWords
    own: tuple[str, ...]
    orders: re.Pattern[str]  # before a number: it counts orders or contracts


def load_identifying(folder: Path) -> IdentifyingWords:
    """Read `identifying.yml` and the general dictionary (half a second, 40 MB, once).

    Raises DataFileError for a wrong entry or a broken pattern.
    """
    path = folder / "identifying.yml"
    content = load_checked(path, folder / "schema" / "identifying.json")
    words = {name: _alternatives(entries) for name, entries in content["words"].items()}
    names = _name_words(content["names"])
    words["given"] = str(content["names"]["given"])
    words["surname"] = f"(?:{'|'.join(sorted(names.lists.compound))}|[{_surnames(names.lists)}])"
    names.lists.read_dictionary()
    return IdentifyingWords(
        rules=tuple(_rule(path, entry, {**words, **_BUILT_IN}) for entry in content["rules"]),
        names=names,
        own=tuple(content["words"]["own"]),
        orders=re.compile(words["order"]),
    )


def _surnames(lists: NameLists) -> str:
    return "".join(sorted(lists.common | lists.rare))


def _alternatives(words: list[str]) -> str:
    """One of the words or small patterns, the longest first."""
    if all(re.escape(word) == word for word in map(str, words)):
        return any_of(map(str, words))
    return "|".join(sorted(map(str, words), key=len, reverse=True))


def _rule(path: Path, entry: Any, words: Mapping[str, str]) -> Rule:
    def word(match: re.Match[str]) -> str:
        if match.group(2) not in words:
            raise error_at(path, entry, "pattern", f"no word list {match.group(2)!r}")
        alternatives = words[match.group(2)]
        # Among other alternatives without a group of its own: re then knows how a match begins.
        is_one_of_them = match.group(1) and match.string[match.end() : match.end() + 1] in (
            "|",
            ")",
        )
        return (match.group(1) or "") + (alternatives if is_one_of_them else f"(?:{alternatives})")

    source = entry["pattern"]
    while _PLACEHOLDER.search(source):  # a list's small patterns may use lists too
        source = _PLACEHOLDER.sub(word, source)
    try:
        pattern = re.compile(source)
    except re.error as broken:
        raise error_at(path, entry, "pattern", str(broken)) from broken
    if "found" not in pattern.groupindex:
        raise error_at(path, entry, "pattern", "has no group (?P<found>…)")
    return Rule(
        kind=str(entry["kind"]),
        sure=bool(entry["sure"]),
        pattern=pattern,
        cue=tuple(entry.get("cue", ())),
        others=str(entry.get("others", "")),
    )


def _name_words(names: Any) -> NameWords:
    before = {
        str(word): kind
        for kind in ("other", "own", "child")  # a word in two lists is a child's first
        for word in names[kind]
    }
    return NameWords(
        lists=NameLists(
            common=frozenset(names["surnames_common"]),
            rare=frozenset(names["surnames_rare"]),
            compound=frozenset(names["surnames_compound"]),
            given=frozenset(names["given"]),
            ordinary=frozenset(names["ordinary"]),
            follow=frozenset(names["follow"]),
        ),
        nicknames=frozenset(names["nicknames"]),
        before={word: f"{kind}_name" for word, kind in before.items()},
        trigger=re.compile(any_of(before)),
        fields=frozenset(names["fields"]),
        family=frozenset(names["family"]),
        doubtful=frozenset(names["doubtful"]),
        parents=re.compile(any_of(names["parents"])),
        belonging=re.compile(any_of([*names["parents"], "同学", "小朋友"])),
        titles=tuple(names["titles"]),
        accused=tuple(names["accused"]),
        no_name=(*names["titles"], *names["bodies"]),
        follow=str(names["follow"]),
        called=re.compile(rf"(?<![一-鿿])(?:{any_of(names['called'])})"),
        next_field=re.compile(any_of(names["next_fields"])),
        borrowed=_borrowed(names["borrowed"]),
        things=re.compile(f"的(?:{any_of(names['things'])})"),
        doings=re.compile(_alternatives(names["doings"])),
        pet_follow=re.compile(_alternatives([*names["doings"], *names["pet_follow"]])),
        classmates=re.compile(_CLASS),
        party=_parties(names),
    )


def _borrowed(parts: list[str]) -> re.Pattern[str]:
    """Two parts or more, or one and a character at the end: 卓玛央宗, 乌日娜."""
    part = f"(?:{any_of(parts)})"
    return re.compile(
        f"{part}(?:{part}{{1,2}}[一-鿿]?(?![一-鿿])|{part}{{1,2}}|[一-鿿](?![一-鿿])|(?![一-鿿]))"
    )


def _parties(names: Any) -> PartyWords:
    sides = {
        ACCUSED: names["accused"],
        "child_name": set(names["child"]) - set(names["fields"]),
        "own_name": names["reporter"],
        "other_name": names["family_members"],
    }
    return party_words(sides, names["theirs"], names["details"])
