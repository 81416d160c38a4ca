"""Reads `sections.yml`: the order and the headings under which the rule book is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datafiles import error_at, load_checked
from policy.model import Rule


@dataclass(frozen=True, slots=True)
class Section:
    """A file of rules (its name without .yml) and the heading above them."""

    file: str
    title: str

    def holds(self, rule: Rule) -> bool:
        """Whether a rule stands in this section's file."""
        return Path(rule.file).stem == self.file


def load_sections(folder: Path) -> tuple[Section, ...]:
    """The sections of the rule book in `folder`, in the order in which they are read.

    Raises DataFileError naming file, line and field; also for a file of rules without a heading.
    """
    path = folder / "sections.yml"
    entries = load_checked(path, folder / "schema" / "sections.schema.json")
    wanting = {rules.stem for rules in (folder / "rules").glob("*.yml")}
    known = set(wanting)
    for entry in entries:
        if entry["file"] not in known:
            raise error_at(path, entry, "file", f"there is no rules/{entry['file']}.yml")
        if entry["file"] not in wanting:
            raise error_at(path, entry, "file", f"{entry['file']} is there twice")
        wanting.remove(entry["file"])
    if wanting:
        raise error_at(path, entries[-1], "file", f"no heading for rules/{min(wanting)}.yml")
    return tuple(Section(entry["file"], entry["title"]) for entry in entries)
