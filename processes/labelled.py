"""An operator's own labelled messages: read from JSON lines, checked, turned into examples.

A line is an object with `text` and, where known, `title`, `act`, `category`, and lists of names
(`org`, `person`, `place`, `when`, `amount`, `subject`, `grade`) as they stand in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from complaints.model import Kind
from datafiles import DataFileError

ENTITIES = ("org", "person", "place", "when", "amount", "subject", "grade")
# Labels for messages that want nothing, which the product answers as out of its scope.
_NO_WISH = {"other": "out_of_scope", "chitchat": "out_of_scope"}
_ACTS = {"report", "question", "suggestion", *_NO_WISH}
_MARKUP = str.maketrans({"[": "［", "]": "］", "(": "（", ")": "）", "{": "｛", "}": "｝"})


@dataclass(frozen=True)
class Labelled:
    """One message with its act, kind and the names in it as (label, words)."""

    title: str
    text: str
    act: str
    kind: str
    names: tuple[tuple[str, str], ...]

    @property
    def whole(self) -> str:
        """Title and text as one message."""
        return f"{self.title}。{self.text}" if self.title else self.text


def read_labelled(path: Path) -> list[Labelled]:
    """Read all lines. Raises DataFileError (file, line, field) for the first wrong one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{path}:1: file: not readable as UTF-8 ({error})") from error
    rows = [_row(f"{path}:{n}", line) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise DataFileError(f"{path}:1: file: holds no messages")
    return rows


def _row(where: str, line: str) -> Labelled:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataFileError(f"{where}: line: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise DataFileError(f"{where}: line: not an object")
    texts = {name: row.get(name, "") for name in ("title", "text")}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise DataFileError(f"{where}: {name}: not a text")
    if not texts["text"].strip():
        raise DataFileError(f"{where}: text: empty")
    if row.get("act") not in _ACTS:
        raise DataFileError(f"{where}: act: {row.get('act')!r} is none of {sorted(_ACTS)}")
    if row.get("category") not in {kind.value for kind in Kind}:
        raise DataFileError(f"{where}: category: {row.get('category')!r} is no kind")
    return Labelled(
        **texts,
        act=_NO_WISH.get(row["act"], row["act"]),
        kind=row["category"],
        names=tuple(_names(where, row)),
    )


def _names(where: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for label in ENTITIES:
        values = row.get(label) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise DataFileError(f"{where}: {label}: not a list of texts")
        yield from ((label, value) for value in values if value.strip())


def as_training_data(rows: Iterable[Labelled]) -> str:
    """The rows as Rasa's YAML; a title is also an example of its own, as people send mere titles."""
    blocks: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        examples = blocks.setdefault((row.act, row.kind), [])
        parts = [row.whole, *([row.title] if row.title else [])]
        examples += [f"- {_annotated(part, row.names)}" for part in parts]
    return nlu_yaml(
        ({"intent": act, "metadata": {"kind": kind}}, dict.fromkeys(examples))
        for (act, kind), examples in blocks.items()
    )


def nlu_yaml(blocks: Iterable[tuple[dict[str, Any], Iterable[str]]]) -> str:
    """Blocks of Rasa's training data, each its labels and its lines `- example`, as YAML."""
    nlu = [
        {**labels, "examples": LiteralScalarString("".join(f"{line}\n" for line in lines))}
        for labels, lines in blocks
    ]
    text = StringIO()
    YAML().dump({"version": "3.1", "nlu": nlu}, text)
    return text.getvalue()


def _annotated(text: str, names: tuple[tuple[str, str], ...]) -> str:
    """One line of text with each name marked where it stands; of overlapping ones, the longest."""
    plain = " ".join(text.translate(_MARKUP).split())
    labels = {" ".join(words.translate(_MARKUP).split()): label for label, words in names}
    longest_first = sorted(labels, key=len, reverse=True)
    if not longest_first:
        return plain
    known = re.compile("|".join(map(re.escape, longest_first)))
    return known.sub(lambda found: f"[{found[0]}]({labels[found[0]]})", plain)
