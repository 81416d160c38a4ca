"""Whether a text says a word of a list: what the tables of routing look for in a report.

A word is looked for as written, in simplified characters of normal width, small letters alike:
- No letter stands beside its letters, no digit beside its digits: APP is not said in Happy.
- … in a word is a gap of at most eight characters within one clause.
- Inside a longer word of `not_meant.yml` a word does not count: 跳楼 is not said in 跳楼价.
- Instead of a word a list may hold words that count only beside others: see `Saying`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from opencc import OpenCC  # type: ignore[import-untyped]

from datafiles import error_at, load_checked

GAP = "…"
_SENTENCE, _CLAUSE = "。!?;\n", "。!?;\n,、:"
_GAP = rf"[^{_CLAUSE}]{{0,8}}?"
_ALONE = ("[0-9]", "[a-z]")

Span = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """One word of a list; `not_in` are longer ones in which it means something else."""

    text: str
    key: str
    pattern: re.Pattern[str]
    not_in: tuple[re.Pattern[str], ...] = ()

    def spans(self, said: str) -> Iterator[Span]:
        """Where it is said and meant, in a text as `as_searched` makes it."""
        if self.key not in said:
            return
        other = [hit.span() for longer in self.not_in for hit in longer.finditer(said)]
        for hit in self.pattern.finditer(said):
            if not any(first <= hit.start() and hit.end() <= last for first, last in other):
                yield hit.span()

    def is_in(self, said: str) -> bool:
        """Whether it is said."""
        return any(True for _ in self.spans(said))


@dataclass(frozen=True)
class Saying:
    """Words of which one counts beside others only.

    `beside`: of each of these lists one word must stand in the same sentence. `after`: one of these
    must stand before it in the same clause; `not_after`: none of these may.
    """

    words: tuple[Word, ...]
    beside: tuple[tuple[Word, ...], ...] = ()
    not_after: tuple[Word, ...] = ()
    after: tuple[Word, ...] = ()

    def spans(self, said: str) -> Iterator[Span]:
        """Where one of the words counts."""
        for first, last in (span for word in self.words for span in word.spans(said)):
            before = said[_start(said, first, _CLAUSE) : first]
            sentence = said[_start(said, first, _SENTENCE) : _end(said, last, _SENTENCE)]
            if any(word.is_in(before) for word in self.not_after):
                continue
            if self.after and not any(word.is_in(before) for word in self.after):
                continue
            if all(any(word.is_in(sentence) for word in words) for words in self.beside):
                yield first, last


@dataclass(frozen=True)
class WordList:
    """A list of a table: plain words, and words that count beside others."""

    sayings: tuple[Saying, ...]

    def spans(self, said: str) -> Iterator[Span]:
        """Where something of it is said."""
        return (span for saying in self.sayings for span in saying.spans(said))

    def is_in(self, said: str) -> bool:
        """Whether something of it is said."""
        return any(True for _ in self.spans(said))


@dataclass(frozen=True)
class NotMeant:
    """From a word to the longer ones in which it does not count."""

    longer: Mapping[str, tuple[re.Pattern[str], ...]]

    def word(self, text: str) -> Word:
        """A word of a table, ready to be looked for."""
        plain = text.lower()
        return Word(plain, plain.partition(GAP)[0], _pattern(plain), self.longer.get(plain, ()))

    def words(self, texts: Iterable[str]) -> tuple[Word, ...]:
        """Several of them."""
        return tuple(self.word(str(text)) for text in texts)

    def word_list(self, entries: Iterable[Any]) -> WordList:
        """A list as it stands in a data file: words, and mappings with the fields of Saying."""
        given = list(entries)
        plain = self.words(entry for entry in given if isinstance(entry, str))
        sayings = [Saying(plain)] if plain else []
        sayings += [
            Saying(
                self.words(entry["words"]),
                tuple(self.words(words) for words in entry.get("beside", ())),
                self.words(entry.get("not_after", ())),
                self.words(entry.get("after", ())),
            )
            for entry in given
            if not isinstance(entry, str)
        ]
        return WordList(tuple(sayings))


NOTHING_ELSE = NotMeant({})
"""Where every word counts wherever it stands."""


def load_not_meant(folder: Path) -> NotMeant:
    """Read `not_meant.yml`.

    Raises DataFileError for a word that is there twice, or that is in none of its longer words.
    """
    path = folder / "not_meant.yml"
    longer: dict[str, tuple[re.Pattern[str], ...]] = {}
    for entry in load_checked(path, folder / "schema" / "not_meant.json")["words"]:
        word = str(entry["word"]).lower()
        if word in longer:
            raise error_at(path, entry, "word", f"{entry['word']} is there twice")
        texts = [str(text).lower() for text in entry["not_in"]]
        wrong = [text for text in texts if word not in text or word == text]
        if wrong:
            raise error_at(path, entry, "not_in", f"{entry['word']} is no part of {wrong[0]}")
        longer[word] = tuple(_pattern(text) for text in texts)
    return NotMeant(longer)


def as_searched(text: str) -> str:
    """A text in small letters of normal width, simplified, without marks and what nobody sees."""
    return plain_characters(text).lower()


def plain_characters(text: str) -> str:
    """Width folded, marks and invisible characters out, traditional characters simplified."""
    seen = "".join(char for char in unicodedata.normalize("NFKC", text) if _is_seen(char))
    # OpenCC keeps 著, which is 着 in all but 著名 and 著作.
    return str(_to_simplified().convert(seen)).replace("著", "着")


def clauses(said: str) -> list[str]:
    """The clauses of a text as `as_searched` makes it."""
    return [clause for clause in re.split(f"[{_CLAUSE}]", said) if clause]


def _pattern(word: str) -> re.Pattern[str]:
    body = _GAP.join(map(re.escape, word.split(GAP)))
    before = "".join(f"(?<!{sort})" for sort in _ALONE if re.match(sort, word))
    behind = "".join(f"(?!{sort})" for sort in _ALONE if re.match(sort, word[-1]))
    return re.compile(before + body + behind)


def _start(said: str, at: int, marks: str) -> int:
    """Where the sentence or clause begins that this place is in."""
    return max(said.rfind(mark, 0, at) for mark in marks) + 1


def _end(said: str, at: int, marks: str) -> int:
    """Where it ends."""
    return min((end for mark in marks if (end := said.find(mark, at)) >= 0), default=len(said))


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def _is_seen(char: str) -> bool:
    category = unicodedata.category(char)
    return char in "\n\t" or not (category[0] == "M" or category in ("Cc", "Cf", "Cs", "Co"))
