"""The official texts that an operator has imported (`data/policy/official/`) and what cites them.

Reads, writes and looks up; how a text is taken apart is `official_text`'s business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from datafiles import error_at, load_checked
from policy.articles import Reference, article_key, in_chinese, read_references
from policy.model import Rule, RuleBook

_ITEM = re.compile(r"^[（(]")


@dataclass(frozen=True, slots=True)
class OfficialText:
    """An imported document: texts by key (第33条, 第2章, 一、, 一（三）). `sha256`: of its file."""

    document: str
    title: str
    imported_on: str
    sha256: str
    articles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MissingArticle:
    """A rule cites what the text of the document does not have. `article`: as the rule writes it,
    of several only the one that is missing."""

    rule: Rule
    document: str
    article: str

    def __str__(self) -> str:
        place = f"{self.rule.file}:{self.rule.line}"
        return f"{place}: {self.rule.id} 引用的 {self.document} {self.article}，原文里没有"


def load_official(folder: Path) -> dict[str, OfficialText]:
    """Read official/*.yml below the policy folder, by document; none if nothing was imported.

    Raises DataFileError naming file, line and field for the first mistake.
    """
    texts = {}
    for path in sorted((folder / "official").glob("*.yml")):
        content = load_checked(path, folder / "schema" / "official.schema.json")
        if content["document"] != path.stem:
            raise error_at(path, content, "document", f"must be {path.stem}, as the file is called")
        texts[path.stem] = OfficialText(**{**content, "articles": dict(content["articles"])})
    return texts


def save_official(folder: Path, text: OfficialText) -> Path:
    """Write official/<document>.yml below the policy folder, whole or not at all; returns it."""
    path = folder / "official" / f"{text.document}.yml"
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".new")
    content = {
        "document": text.document,
        "title": text.title,
        "imported_on": text.imported_on,
        "sha256": text.sha256,
        "articles": {key: _block(said) for key, said in text.articles.items()},
    }
    yaml = YAML()
    yaml.width = 10**6  # type: ignore[assignment]  # ruamel declares it as None
    with fresh.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)
    os.replace(fresh, path)
    return path


def passage(text: OfficialText, reference: Reference) -> str | None:
    """The words that a reference points at, with everything below them; None if they are not there.

    In a notice without 条, 第3条 and 第三部分 are its 三、 and 第（二）项 is 三（二）.
    """
    key = _key(text, reference)
    if key is None:
        return None
    said = "\n".join([text.articles[key], *_below(text, key)])
    if reference.item is not None:
        within = f"{key.removesuffix('、')}（{in_chinese(reference.item)}）"
        if within in text.articles:
            return text.articles[within]
        if not re.search(rf"[（(]{in_chinese(reference.item)}[）)]", said):
            return None
    paragraphs = [line for line in said.splitlines() if not _ITEM.match(line)]
    if reference.paragraph is not None and reference.paragraph > len(paragraphs):
        return None
    return said


def passages(text: OfficialText, cited: str) -> list[tuple[str, str | None]]:
    """Each part of the `article` of a rule with the words that it points at, None if missing."""
    references = read_references(cited)
    if references is None:
        return [(cited, None)]
    return [(_spoken(reference), passage(text, reference)) for reference in references]


def missing_articles(
    rule_book: RuleBook, official: Mapping[str, OfficialText]
) -> list[MissingArticle]:
    """What rules cite and the imported text does not have, in the order of the rules."""
    return [missing for rule in rule_book.rules.values() for missing in _missing_of(rule, official)]


def rules_citing(rules: Iterable[Rule], document: str) -> list[Rule]:
    """The rules with a source in this document."""
    return [
        rule for rule in rules if any(source.document.id == document for source in rule.sources)
    ]


def _missing_of(rule: Rule, official: Mapping[str, OfficialText]) -> Iterator[MissingArticle]:
    for source in rule.sources:
        text = official.get(source.document.id)
        if text is None or source.article is None:
            continue
        for cited, said in passages(text, source.article):
            if said is None:
                yield MissingArticle(rule, text.document, cited)


def _spoken(reference: Reference) -> str:
    """As cited; one of a span by itself, so that it is clear which one is meant."""
    alone = reference.paragraph is None and reference.item is None and reference.unit == "条"
    return article_key(reference.number, reference.branch) if alone else reference.words


def _key(text: OfficialText, reference: Reference) -> str | None:
    """The key under which the text has it."""
    if reference.unit == "条":
        key = article_key(reference.number, reference.branch)
        if any(key.endswith("条") for key in text.articles):
            return key if key in text.articles else None
    elif reference.unit != "部分":
        ending = f"第{reference.number}{reference.unit}"
        return _only(key for key in text.articles if key.endswith(ending))
    numeral = in_chinese(reference.number)
    for key in (f"{numeral}、", f"（{numeral}）", f"{reference.number}."):
        if key in text.articles:
            return key
    if reference.unit != "条":
        return None
    number = re.compile(rf"[^0-9]{reference.number}\.$")
    return _only(key for key in text.articles if number.search(key))


def _only(keys: Iterator[str]) -> str | None:
    """The key, if it is the only one."""
    found = list(keys)
    return found[0] if len(found) == 1 else None


def _below(text: OfficialText, key: str) -> list[str]:
    """The texts of the points of a section such as 三、"""
    if not key.endswith("、"):
        return []
    point = re.compile(rf"^{key.removesuffix('、')}(?:（|[0-9])")
    return [said for name, said in text.articles.items() if point.match(name)]


def _block(said: str) -> str:
    return LiteralScalarString(said) if "\n" in said else said
