"""Which offices a reporter complains of, by their names or as people call them.

Looked for in the party complained of, not in the story: who tells that the 教育局 did not answer
complains of a school all the same. Only who gave a reporter away is looked for there, and only where
a clause says that an office did it. The words are data (`data/routing/bureau_words.yml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from complaints.party_names import plain
from complaints.regions import Bureau, City, Party, Place
from complaints.said import NotMeant, Span, Word, WordList, as_searched, clauses
from datafiles import error_at, load_checked

_GONE = "\n"  # stands where a name was, so that what is left does not grow together
_REST_OF_NAME = (
    "[救援管理执法分大中支局队所站处办委员会]{0,6}"  # between a word and what is behind it
)


@dataclass(frozen=True)
class BureauWords:
    """From a word to the function it stands for, the longest first.

    `as_landmark`: what behind it makes it a place; `asked`: what before it makes it whom somebody
    turned to; `gave_away`: what says that a reporter became known.
    """

    functions: Mapping[Word, str]
    as_landmark: re.Pattern[str]
    asked: tuple[Word, ...]
    gave_away: WordList


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


def load_bureau_words(folder: Path, not_meant: NotMeant) -> BureauWords:
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
    return BureauWords(
        functions={not_meant.word(word): function for word, function in longest_first},
        as_landmark=re.compile(f"{_REST_OF_NAME}(?:{landmark})"),
        asked=not_meant.words(content["asked"]),
        gave_away=not_meant.word_list(content["gave_away"]),
    )


def find_reported(
    named: str, city: City, words: BureauWords, party: Party | None, place: Place | None
) -> Reported:
    """The offices in `named`, what the reporter calls the party complained of.

    `party` is the registered party found in it, `place` where the matter is.
    """
    text = as_searched(plain(named))
    for name in (party.name, *party.aliases) if party else ():
        text = text.replace(_registered(name), _GONE)
    return _offices(text, city, words, city.find_place(named) or place)


def find_accused(told: str, city: City, words: BureauWords, place: Place | None) -> Reported:
    """The offices that a story (`as_searched`) accuses of having given the reporter away.

    That is an office that stands before the words for it, in their clause: not one that somebody
    turned to (我向教育局举报后), and not one that only did not answer.
    """
    found = [Reported()]
    for clause in clauses(told):
        ends = [first for first, _ in words.gave_away.spans(clause)]
        if ends:
            doer = _without_asked(clause[: max(ends)], words)
            found.append(_offices(plain(doer), city, words, city.find_place(doer) or place))
    bureaus = tuple(dict.fromkeys(bureau for one in found for bureau in one.bureaus))
    return Reported(bureaus, frozenset(name for one in found for name in one.functions))


def _offices(text: str, city: City, words: BureauWords, place: Place | None) -> Reported:
    bureaus: list[Bureau] = []
    for name, bureau in _names(city, words):
        spans = (hit.span() for hit in re.finditer(re.escape(name), text))
        bureaus += [bureau for _ in _said(text, spans, words)]
        text = text.replace(name, _GONE)
    functions: set[str] = set()
    for word, function in words.functions.items():
        for before in _said(text, word.spans(text), words):
            meant = _of_function(function, before, city, place)
            bureaus += [meant] if meant else []
            functions |= set() if meant else {function}
        text = text.replace(word.text, _GONE)
    return Reported(tuple(dict.fromkeys(bureaus)), frozenset(functions))


def _said(text: str, spans: Iterable[Span], words: BureauWords) -> list[str]:
    """What stands before each mention of an office that is not only a landmark."""
    return [text[:first] for first, last in spans if not words.as_landmark.match(text, last)]


def _without_asked(clause: str, words: BureauWords) -> str:
    """A clause from behind the last word that says whom somebody turned to, and what was said there."""
    ends = [last for word in words.asked for _, last in word.spans(clause)]
    return clause[max(ends, default=0) :]


def _names(city: City, words: BureauWords) -> list[tuple[str, Bureau]]:
    """Names and aliases of all offices, the longest first."""
    everyday = {word.text for word in words.functions}
    names = [(name, b) for b in city.bureaus.values() for name in (b.name, *b.aliases)]
    own = [(_registered(name), bureau) for name, bureau in names if name not in everyday]
    return sorted(own, key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=4096)  # of names in the register, which are asked for with every report
def _registered(name: str) -> str:
    return as_searched(plain(name))


def _of_function(function: str, before: str, city: City, place: Place | None) -> Bureau | None:
    """The office of a function that is meant after the words `before`; None when it is not clear."""
    short = city.name.removesuffix("市")
    levels = {bureau.level for bureau in city.bureaus.values() if bureau.function == function}
    if levels == {"city"} or before.endswith(("市", "市里", "市里的", "市级", "市属", short)):
        return city.bureau_for(function, "city", None)
    place = next((own for name, own in city.place_names if before.endswith(name)), place)
    level = "street" if function == "street_office" else "district"
    return city.bureau_for(function, level, place)
