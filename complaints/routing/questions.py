"""The questions about facts that decide who handles a report: words, buttons, typed answers.

Data: `data/routing/questions.yml`. Which of them is asked decides `deciding.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from complaints.said import NotMeant, Word
from datafiles import error_at, load_checked

UNKNOWN = "unknown"
"""The value of a fact that was asked for and is not known."""
UNKNOWN_LABEL = "不清楚"

_LONGEST_ANSWER = (
    30  # characters; a longer text is a story, not an answer to a question with buttons
)
_NOT_KNOWN = re.compile(
    r"不知道|不清楚|不确定|不了解|不晓得|说不清|说不准|没注意|没留意|不记得|记不清|看不出"
)
_ASKS = re.compile(r"[?？]\s*$|[吗么呢][?？。！\s]*$")
_MARKS = "。，,.！!～~、；; \u3000\n"


@dataclass(frozen=True)
class Choice:
    """One value of a fact: its button, the words that tell it unasked, and typed answers."""

    value: str
    label: str
    told: tuple[Word, ...]
    typed: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked about one fact, in Chinese. `in_story`: where `told` looks, else in the name."""

    fact: str
    title: str
    ask: str
    in_story: bool
    options: tuple[Choice, ...]

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(value, label) of the buttons, 不清楚 last."""
        return (*((o.value, o.label) for o in self.options), (UNKNOWN, UNKNOWN_LABEL))

    def without(self, values: Iterable[str]) -> Question:
        """The question without some of its values."""
        out = frozenset(values)
        return replace(self, options=tuple(o for o in self.options if o.value not in out))

    def told(self, party: str, story: str) -> str | None:
        """The value that a report's own words tell, by the longest of them; None when unclear.

        Both texts as `said.as_searched` makes them.
        """
        said = story if self.in_story else party
        return _longest(
            {o.value: [len(w.text) for w in o.told if w.is_in(said)] for o in self.options}
        )

    def answer(self, text: str) -> str | None:
        """The value that a short typed answer means, UNKNOWN included; None when it is no answer."""
        said = text.strip(_MARKS)
        if not said or len(said) > _LONGEST_ANSWER or _ASKS.search(text):
            return None
        if _NOT_KNOWN.search(said):
            return UNKNOWN
        for option in self.options:
            if said == option.label or said in option.typed:
                return option.value
        words = {o.value: (o.label, *(w for w in o.typed if len(w) > 1)) for o in self.options}
        return _longest({value: [len(w) for w in own if w in said] for value, own in words.items()})

    def label(self, value: str) -> str:
        """What people read for a value."""
        return dict(self.choices).get(value, value)


def load_questions(folder: Path, not_meant: NotMeant) -> tuple[Question, ...]:
    """Read `questions.yml`, in the order of asking. Raises DataFileError."""
    path = folder / "questions.yml"
    questions: dict[str, Question] = {}
    for entry in load_checked(path, folder / "schema" / "questions.json")["questions"]:
        if entry["fact"] in questions:
            raise error_at(path, entry, "fact", f"{entry['fact']} is asked twice")
        options: dict[str, Choice] = {}
        for one in entry["choices"]:
            if one["value"] in options:
                raise error_at(path, one, "value", f"{one['value']} is there twice")
            told, typed = not_meant.words(one["told"]), tuple(map(str, one["typed"]))
            options[one["value"]] = Choice(str(one["value"]), str(one["label"]), told, typed)
        questions[entry["fact"]] = Question(
            fact=str(entry["fact"]),
            title=str(entry["title"]),
            ask=str(entry["ask"]),
            in_story=entry["look_in"] == "story",
            options=tuple(options.values()),
        )
    return tuple(questions.values())


def _longest(found: Mapping[str, Iterable[int]]) -> str | None:
    """The value with the longest word, of their lengths; None if there is none or two are as long."""
    lengths = {value: max(own, default=0) for value, own in found.items()}
    longest = max(lengths.values(), default=0)
    best = [value for value, length in lengths.items() if length == longest]
    return best[0] if longest and len(best) == 1 else None
