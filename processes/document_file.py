"""The text of a file that an operator has: docx, txt or html; anything else is refused with advice."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import lxml.html
from lxml import etree

from processes.word_file import UnreadableWord, read_word

LARGEST = 5 * 1024 * 1024
_SAVE_AS = "用 Word 或 WPS 打开，另存为 .docx 再导入"
_COPY = "把全文复制到记事本，存成 .txt 再导入"
_OTHER_FORMATS = {
    ".doc": _SAVE_AS, ".wps": _SAVE_AS, ".rtf": _SAVE_AS, ".docm": _SAVE_AS, ".dotx": _SAVE_AS,
    ".odt": _SAVE_AS, ".pdf": _COPY, ".ofd": _COPY, ".caj": _COPY,
}  # fmt: skip
_OLD_WORD = b"\xd0\xcf\x11\xe0"  # also the wrapping of an encrypted docx
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A line break between Chinese characters in the source of a page stands for nothing.
_BROKEN_LINE = re.compile(r"(?<=[^\x00-\x7f])[ \t\r]*\n[ \t\r\n]*(?=[^\x00-\x7f])")
# Parts of a web page that hold no words of the document.
_ASIDE = (
    "script", "style", "head", "noscript", "template", "nav", "footer", "aside", "form", "button",
    "select", "iframe", "object", "svg",
)  # fmt: skip
_BLOCKS = (
    "p", "div", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "caption",
    "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "main", "header", "blockquote",
    "center", "pre",
)  # fmt: skip


class UnreadableFile(ValueError):
    """A file whose text cannot be had. The text says what to do, in words for an operator."""


@dataclass(frozen=True)
class FileText:
    """A file's words and its bytes; `remarks` on what may be missing."""

    content: bytes
    text: str
    remarks: tuple[str, ...] = ()


def read_file(path: Path) -> FileText:
    """Read a file of at most LARGEST bytes. Raises UnreadableFile."""
    suffix = path.suffix.lower()
    if suffix in _OTHER_FORMATS:
        raise UnreadableFile(f"不能直接读 {suffix} 文件。请{_OTHER_FORMATS[suffix]}。")
    if suffix not in (".docx", ".txt", ".html", ".htm"):
        raise UnreadableFile("只认 .docx、.txt、.html 文件。请先另存为其中一种。")
    content = _content(path)
    if suffix == ".docx":
        return _word(content)
    source = decoded(content)
    return FileText(content, source if suffix == ".txt" else page_text(source))


def decoded(content: bytes) -> str:
    """Text in UTF-8, GB18030 (so GBK and GB2312), or UTF-16 with its mark.

    Raises UnreadableFile for anything else.
    """
    encodings = [name for mark, name in _MARKS if content.startswith(mark)]
    for encoding in encodings or ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("不是文字文件，或者编码不认得。请在记事本里另存为，编码选 UTF-8。")


def page_text(source: str) -> str:
    """The words of a web page, a block or <br> a line. Nothing is fetched. Raises UnreadableFile."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    flat = re.sub(r"\s+", " ", _BROKEN_LINE.sub("", source))
    advice = f"网页读不出来。请在浏览器里打开，{_COPY}。"
    try:
        page = lxml.html.document_fromstring(flat.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError) as broken:
        raise UnreadableFile(advice) from broken
    if any(error.level_name == "FATAL" for error in parser.error_log):
        raise UnreadableFile(advice)  # the parser gave up and would lose the rest
    etree.strip_elements(page, *_ASIDE, with_tail=False)
    for block in page.iter(*_BLOCKS):
        block.text = "\n" + (block.text or "")
        block.tail = "\n" + (block.tail or "")
    return str(page.text_content())


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableFile(f"没有这个文件：{path}")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFile(f"打不开 {path}：{error.strerror}") from error
    if len(content) > LARGEST:
        raise UnreadableFile(
            f"文件超过 {LARGEST // 1024 // 1024} MB。请去掉图片和附件，只留正文再导入。"
        )
    if not content.strip():
        raise UnreadableFile("文件是空的。")
    return content


def _word(content: bytes) -> FileText:
    if content.startswith(_OLD_WORD):
        raise UnreadableFile(f"这是旧版 Word 或加了密码的文件。请{_SAVE_AS}，不要设密码。")
    try:
        word = read_word(content)
    except UnreadableWord as reason:
        raise UnreadableFile(f"{reason}。请{_SAVE_AS}。") from reason
    remarks: tuple[str, ...] = ()
    if word.numbered:
        remarks = (
            f"有 {word.numbered} 段的编号是 Word 自动加的，读不到。如果条号因此缺了：在 Word 里全选、"
            "复制，到空白文档里“只保留文本”粘贴，另存后再导入",
        )
    return FileText(content, word.text, remarks)
