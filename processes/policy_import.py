"""Takes the text of a law or notice into the rule book and holds the rules that cite it against it.

python -m processes.policy_import D21 law.docx [--dry-run]
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from datafiles import DataFileError
from policy.document_identity import differences, title_of
from policy.figures import absent_figures
from policy.model import Rule, RuleBook
from policy.official import (
    OfficialText,
    load_official,
    missing_articles,
    passages,
    rules_citing,
    save_official,
)
from policy.official_text import foot_remarks, split_official
from policy.rule_book import load_rule_book
from processes.document_file import UnreadableFile, read_file
from settings import Settings, SettingsError

SHOWN = 40  # characters of an article
MOST_REMARKS = 30


class NothingToImport(ValueError):
    """The document is unknown or its file has no articles. The text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Import one document. Returns 1 if nothing could be imported, else 0, warnings or not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", help="id in documents.yml, such as D21")
    parser.add_argument("file", type=Path, help="docx, txt or html")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    given = parser.parse_args(arguments)
    try:
        folder = Settings.from_environment().policy_folder
        book = load_rule_book(folder, with_lines=True)
        official = load_official(folder)
        text, remarks = read_document(book, given.document, given.file)
        written = None if given.dry_run else save_official(folder, text)
    except (NothingToImport, UnreadableFile, SettingsError, DataFileError, OSError) as reason:
        print(f"没有导入：{reason}", file=sys.stderr)
        return 1
    for line in report(book, {**official, text.document: text}, text, remarks):
        print(line)
    print(f"已写入 {written}" if written else "这是试读，没有写入。")
    return 0


def read_document(book: RuleBook, document: str, file: Path) -> tuple[OfficialText, list[str]]:
    """The text of a document, and what to look at in its file.

    Raises NothingToImport if the document is unknown or nothing was found, UnreadableFile.
    """
    if document not in book.documents:
        raise NothingToImport(f"documents.yml 里没有 {document}。请先在那里登记这份文件。")
    known = book.documents[document]
    read = read_file(file)
    split = split_official(read.text)
    if not split.parts:
        advice = "".join(f"\n{remark}。" for remark in read.remarks)
        raise NothingToImport(
            f"{file} 里没有“第一条”或“一、”开头的段落。请确认是正文全文，每条另起一行。{advice}"
        )
    text = OfficialText(
        document=document,
        title=title_of(split.preamble, known),
        imported_on=date.today().isoformat(),
        sha256=hashlib.sha256(read.content).hexdigest(),
        articles=split.articles,
    )
    unlike = differences(known, split.preamble)
    return text, [*read.remarks, *unlike, *split.remarks, *foot_remarks(split)]


def report(
    book: RuleBook,
    official: Mapping[str, OfficialText],
    text: OfficialText,
    remarks: Sequence[str],
) -> Iterator[str]:
    """What was read, the rules that cite it with their articles, and what to look at, in lines.

    `official`: all imported texts, this one among them.
    """
    yield f"{text.document}《{text.title}》：{_size(text)}"
    citing = rules_citing(book.rules.values(), text.document)
    yield f"引用它的规则（{len(citing)}）：" if citing else "没有规则引用它。"
    for rule in citing:
        yield from _cited(rule, text)
    to_check = [*remarks[:MOST_REMARKS]]
    if len(remarks) > MOST_REMARKS:
        to_check.append(f"……这样的还有 {len(remarks) - MOST_REMARKS} 处")
    to_check += map(str, missing_articles(book, {text.document: text}))
    to_check += [remark for rule in citing for remark in _figures(rule, official)]
    if to_check:
        yield f"请核对（{len(to_check)}）："
        yield from (f"  {remark}" for remark in to_check)


def _size(text: OfficialText) -> str:
    articles = [key for key in text.articles if "条" in key]
    return f"{len(articles)} 条" if articles else f"{len(text.articles)} 节"


def _cited(rule: Rule, text: OfficialText) -> Iterator[str]:
    for source in rule.sources:
        if source.document.id != text.document:
            continue
        if source.article is None:
            yield f"  {rule.id} {rule.title}：没有写第几条"
            continue
        for words, said in passages(text, source.article):
            shown = "（没有这一条）" if said is None else " ".join(said.split())[:SHOWN]
            yield f"  {rule.id} {words}：{shown}"


def _figures(rule: Rule, official: Mapping[str, OfficialText]) -> Iterator[str]:
    absent = absent_figures(rule, official)
    if absent:
        yield f"{rule.id} 说的{'、'.join(absent)}，它引用的条文里没有找到"


if __name__ == "__main__":
    sys.exit(main())
