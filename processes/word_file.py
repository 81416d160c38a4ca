"""The text of a Word file (docx), without running or fetching anything that it holds.

A docx is a zip of XML. It is unpacked here once, in bounded pieces, before python-docx sees it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

MOST_UNPACKED = 40 * 1024 * 1024
MOST_MEMBERS = 2000
_STEP = 64 * 1024

_BREAKS = {qn("w:p"), qn("w:br"), qn("w:cr")}
_RUN, _TEXT, _TAB = qn("w:r"), qn("w:t"), qn("w:tab")
# What was moved away while changes were tracked, and the second form of a text box.
_SHOWN_ELSEWHERE = (
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_NUMBERED = './/w:pPr/w:numPr/w:numId[not(@w:val="0")]'
_BROKEN = (
    OpcError, zipfile.BadZipFile, zlib.error, etree.LxmlError, KeyError, ValueError, AttributeError,
    TypeError, RuntimeError, EOFError, OSError, AssertionError,
)  # fmt: skip


class UnreadableWord(ValueError):
    """Not a docx that can be read safely. The text says why, in words for an operator."""


@dataclass(frozen=True)
class WordText:
    """The words, one paragraph a line. `numbered`: paragraphs whose number Word adds by itself,
    which is therefore not among the words."""

    text: str
    numbered: int


def read_word(content: bytes) -> WordText:
    """Read a docx. Raises UnreadableWord."""
    try:
        _check_archive(content)
        document = Document(io.BytesIO(content))
        body = document.element.body
        numbered = len(body.xpath(_NUMBERED))
        return WordText(_text(body), numbered)
    except UnreadableWord:
        raise
    except _BROKEN as broken:
        raise UnreadableWord("文件坏了，或者不是 Word 的 .docx") from broken


def _check_archive(content: bytes) -> None:
    """Unpack everything once and throw it away: sizes that a zip states may be lies."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise UnreadableWord("压缩包里的文件太多，不像 Word 文件")
        left = MOST_UNPACKED
        for member in members:
            with archive.open(member) as file:
                opening = True
                while piece := file.read(_STEP):
                    left -= len(piece)
                    if left < 0:
                        raise UnreadableWord("解压后太大，不像 Word 文件")
                    if opening and _declares(member.filename, piece):
                        raise UnreadableWord("里面带有外部引用的声明（DOCTYPE），Word 不会这样写")
                    opening = False


def _declares(name: str, opening: bytes) -> bool:
    """Whether an XML part has a document type, the place of entities; in UTF-16 as well."""
    return name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in opening.replace(b"\0", b"")


def _text(body: etree._Element) -> str:
    etree.strip_elements(body, *_SHOWN_ELSEWHERE, with_tail=False)
    words: list[str] = []
    for node in body.iter():
        if node.tag in _BREAKS:
            words.append("\n")
        elif node.tag == _TEXT:
            words.append(node.text or "")
        elif node.tag == _TAB and node.getparent().tag == _RUN:
            words.append(" ")
    return "".join(words)
