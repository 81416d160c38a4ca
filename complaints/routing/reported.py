"""Which offices a reporter complains of, by their names or as people call them.

Looked for in the party complained of, never in the story: who tells that the 教育局 did not answer
complains of a school all the same. The words are data (`data/routing/bureau_words.yml`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from complaints.party_names import plain
from complaints.regions import Bureau, City, Party, Place
from datafiles import error_at, load_checked

_GONE = "\n"  # stands where a name was, so that what is left does not grow together
_REST_OF_NAME = (
    "[救援管理执法分大中支局队所站处办委员会]{0,6}"  # between a word and what is behind it
)


@dataclass(frozen=True)
class BureauWords:
    """From a word to the function it stands for, the longest first; and what makes it a place."""

    functions: Mapping[str, str]
    as_landmark: re.Pattern[str]


@dataclass(frozen=True)
class Reported:
    """The offices complained of: `bureaus`, and functions of which it is not clear which office."""

    bureaus: tuple[Bureau, ...] = ()
    functions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether any office is complained of."""
        return bool(self.bureaus or self.functions)

    def has(self, bureau: Bureau) -> bool:
        """Whether `bureau` is complained of, or may be."""
        return bureau in self.bureaus or bureau.function in self.functions


def load_bureau_words(folder: Path) -> BureauWords:
    """Read `bureau_words.yml`. Raises DataFileError for a wrong entry or one that is there twice."""
    path = folder / "bureau_words.yml"
    content = load_checked(path, folder / "schema" / "bureau_words.json")
    functions: dict[str, str] = {}
    for entry in content["functions"]:
        if entry["function"] in functions.values():
            raise error_at(path, entry, "function", f"{entry['function']} is used twice")
        for word in entry["words"]:
            if word in functions:
                raise error_at(path, entry, "words", f"{word} stands for {functions[word]} too")
            functions[str(word)] = str(entry["function"])
    longest_first = sorted(functions.items(), key=lambda pair: -len(pair[0]))
    landmark = "|".join(map(re.escape, content["as_landmark"]))
    return BureauWords(dict(longest_first), re.compile(f"{_REST_OF_NAME}(?:{landmark})"))


def find_reported(
    named: str, city: City, words: BureauWords, party: Party | None, place: Place | None
) -> Reported:
    """The offices in `named`, what the reporter calls the party complained of.

    `party` is the registered party found in it, `place` where the matter is.
    """
    text = plain(named)
    for name in (party.name, *party.aliases) if party else ():
        text = text.replace(plain(name), _GONE)
    bureaus: list[Bureau] = []
    for name, bureau in _names(city, words):
        bureaus += [bureau for _ in _said(text, name, words)]
        text = text.replace(name, _GONE)
    place = city.find_place(named) or place
    functions: set[str] = set()
    for word, function in words.functions.items():
        for before in _said(text, word, words):
            meant = _of_function(function, before, city, place)
            bureaus += [meant] if meant else []
            functions |= set() if meant else {function}
        text = text.replace(word, _GONE)
    return Reported(tuple(dict.fromkeys(bureaus)), frozenset(functions))


def _said(text: str, name: str, words: BureauWords) -> list[str]:
    """What stands before each mention of an office that is not only a landmark."""
    mentions = re.finditer(re.escape(name), text)
    return [text[: m.start()] for m in mentions if not words.as_landmark.match(text, m.end())]


def _names(city: City, words: BureauWords) -> list[tuple[str, Bureau]]:
    """Names and aliases of all offices, the longest first."""
    names = [(name, b) for b in city.bureaus.values() for name in (b.name, *b.aliases)]
    own = [(plain(name), bureau) for name, bureau in names if name not in words.functions]
    return sorted(own, key=lambda pair: -len(pair[0]))


def _of_function(function: str, before: str, city: City, place: Place | None) -> Bureau | None:
    """The office of a function that is meant after the words `before`; None when it is not clear."""
    short = city.name.removesuffix("市")
    levels = {bureau.level for bureau in city.bureaus.values() if bureau.function == function}
    if levels == {"city"} or before.endswith(("市", "市里", "市里的", "市级", "市属", short)):
        return city.bureau_for(function, "city", None)
    place = next((own for name, own in city.place_names if before.endswith(name)), place)
    level = "street" if function == "street_office" else "district"
    return city.bureau_for(function, level, place)
