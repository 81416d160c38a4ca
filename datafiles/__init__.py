"""Checked YAML: what an operator edits is read here, and a mistake names file, line and field.

A leaf package: it knows neither tickets nor rules, only how to read a file and say where it is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

__all__ = ["DataFileError", "error_at", "load_checked"]


class DataFileError(ValueError):
    """A data file that cannot be used. The text reads `file:line: field: what is wrong`."""

    def __init__(self, message: str, file: Path | None = None) -> None:
        super().__init__(message)
        self.file = file


def load_checked(path: Path, schema: Path, *, lines: bool = True) -> Any:
    """Read a YAML file and hold it against a JSON Schema (draft 7).

    Returns ruamel's mappings and sequences, which behave as dict and list and know their lines.
    Raises DataFileError naming file, line and field for the first mistake in the file. Without
    `lines` plain dicts and lists come ten times faster, but a mistake is placed in line 1: for
    large files, which the caller then reads again with lines.
    """
    try:
        content = YAML(typ="rt" if lines else "safe").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise DataFileError(f"{path}:1: file is missing", path) from missing
    except UnicodeDecodeError as foreign:
        line = foreign.object[: foreign.start].count(b"\n") + 1
        raise DataFileError(f"{path}:{line}: not UTF-8 text", path) from foreign
    except MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise DataFileError(f"{path}:{line}: not valid YAML: {broken.problem}", path) from broken
    validator = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    mistakes = sorted(
        validator.iter_errors(content), key=lambda mistake: _line(content, mistake.absolute_path)
    )
    if mistakes:
        raise _schema_error(path, content, mistakes[0])
    return content


def error_at(path: Path, node: Any, key: Any, message: str) -> DataFileError:
    """A DataFileError for `node[key]`, for checks that a schema cannot express (references)."""
    return DataFileError(f"{path}:{_line(node, [key])}: {key}: {message}", path)


def _schema_error(path: Path, content: Any, mistake: ValidationError) -> DataFileError:
    steps = list(mistake.absolute_path)
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return DataFileError(
        f"{path}:{_line(content, steps)}: {field.lstrip('.') or 'file'}: {mistake.message}", path
    )


def _line(node: Any, steps: Any) -> int:
    """1-based line of the deepest step that exists below `node`."""
    line = int(node.lc.line) + 1 if hasattr(node, "lc") else 1
    for step in steps:
        marks = getattr(node, "lc", None)
        try:
            position = marks.item(step) if isinstance(step, int) else marks.key(step)  # type: ignore[union-attr]
            line = int(position[0]) + 1
            node = node[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line
