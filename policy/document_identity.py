"""Whether an imported text is the document that documents.yml describes: its title and number.

Reads what stands before the first article; remarks are in words for an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policy.model import Document

_TITLE_END = re.compile(
    r"(?:法|条例|规定|办法|通知|意见|准则|规则|决定|细则|指南|方案|通告|公告|规范|标准|制度|措施|清单)"
    r"(?:[（(][^（()）]{1,20}[）)])?$"
)
_SEARCHED = 20  # lines at the top in which a title may stand
_LONGEST_TITLE = 80
_LABEL = r"(?:(?:发文字号|发文文号|文号|令号)[:：]?)?"
_BRACKETS = str.maketrans("[]［］【】()（）０１２３４５６７８９", "〔〕〔〕〔〕〔〕〔〕0123456789")
_NUMBER = re.compile(
    rf"^〔?{_LABEL}((?:[\u4e00-\u9fff]{{1,20}}〔[0-9]{{4}}〕[0-9]{{1,5}}号)"
    r"|(?:[\u4e00-\u9fff]{2,20}令第?[0-9]{1,5}号))〕?$"
)


def title_of(preamble: Sequence[str], document: Document) -> str:
    """The text's own title, joined where it stands on two lines; that of the document if no line
    looks like one."""
    head = [line.strip("《》 ") for line in preamble[:_SEARCHED]]
    if _plain(document.title) in map(_plain, head):
        return document.title
    for first in range(len(head)):
        for end in range(first + 1, min(first + 4, len(head) + 1)):
            title = "".join(head[first:end])
            if len(title) > _LONGEST_TITLE or re.search("[。；：，]", title):
                break
            if _TITLE_END.search(title) and (end == first + 1 or "关于" in head[first]):
                return title
    return document.title


def differences(document: Document, preamble: Sequence[str]) -> Iterator[str]:
    """What is unlike documents.yml."""
    whole = _plain("".join(preamble))
    if _plain(document.title) not in whole:
        yield (
            f"文件开头没有“{document.title}”（documents.yml 里 {document.id} 的标题）"
            f"，像标题的是“{_guess(preamble, document)}”"
        )
    printed = [match[1] for line in preamble if (match := _NUMBER.match(_plain(line)))]
    if document.number is None:
        if printed:
            yield f"文件里有文号 {printed[0]}，documents.yml 里 {document.id} 没有写"
    elif _plain(document.number) not in whole:
        found = f"写的是 {printed[0]}" if printed else "没有找到文号"
        yield f"documents.yml 里 {document.id} 的文号是 {document.number}，文件开头{found}"


def _guess(preamble: Sequence[str], document: Document) -> str:
    guess = title_of(preamble, document)
    if guess != document.title:
        return guess
    return preamble[0][:_LONGEST_TITLE] if preamble else "（没有）"


def _plain(words: str) -> str:
    """Without white space and book-title marks; brackets and digits of one kind, none in 令（第5号）."""
    bare = re.sub(r"[\s《》]", "", words).translate(_BRACKETS)
    return re.sub(r"令〔(第?[0-9]+号)〕", r"令\1", bare)
