"""Names of schools, training bodies and places that the operator's region files list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.nlu.entity_patterns import Span
from bot.nlu.normalise import normalise

_PLACE = re.compile(
    r"(?:省|市|区|县|旗|镇|乡|村|街道|路|街|巷|社区|小区|家园|花园|公寓|大厦|广场|新城|大道)$"
)
# A bureau is whom a parent asks for help, not what the report is about.
_AUTHORITY = re.compile(r"(?:局|委|委员会|厅|政府|大队|支队|办公室|管理所|派出所|中心组)$")


class RegionFileError(RasaException):
    """A region file is not YAML."""


def region_files(folder: Path) -> list[Path]:
    """The YAML files under `folder`; none if there is no such folder."""
    return sorted(folder.rglob("*.yml"))


def read_names(folder: Path) -> dict[str, str]:
    """Map each `name` and alias in the region files to `org` or `place`, told by its ending.

    Raises RegionFileError for a file that is not YAML; what the files mean is checked elsewhere.
    """
    names: dict[str, str] = {}
    for path in region_files(folder):
        try:
            content = YAML(typ="safe").load(path)
        except YAMLError as error:
            raise RegionFileError(f"{path}: {error}") from error
        for written in _names_in(content):
            name = normalise(written)[0].strip()
            if len(name) > 1 and not _AUTHORITY.search(name):
                names[name] = "place" if _PLACE.search(name) else "org"
    return names


def _names_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            values = value if isinstance(value, list) else [value]
            if key in {"name", "alias", "aliases"}:
                yield from (item for item in values if isinstance(item, str))
            yield from _names_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from _names_in(item)


class Gazetteer:
    """Finds known names in normalised text, the longest at each place."""

    def __init__(self, names: dict[str, str]) -> None:
        """`names`: normalised name → label."""
        self.names = names
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def find(self, text: str) -> Iterator[Span]:
        """Yield the names in normalised `text`."""
        for match in self._pattern.finditer(text):
            yield Span(match.start(), match.end(), self.names[match.group()])
