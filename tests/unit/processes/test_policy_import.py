"""An operator imports a law from the file at hand and learns which rules do not fit it."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from policy.model import RuleBook
from policy.official import load_official
from processes import policy_import, word_file
from processes.document_file import LARGEST, UnreadableFile, decoded, page_text, read_file
from tests.unit.policy.small_book import book, document, rule

ROOT = Path(__file__).resolve().parents[3]
LINES = (
    "青禾市校园午休办法",
    "青禾市政府令第7号",
    "第一条　学校应当安排午休，不少于六十分钟。",
    "老师不得占用午休。",
    "第二条　违反第一条的，罚款一千元。",
)
ARTICLES = {
    "第1条": "学校应当安排午休，不少于六十分钟。\n老师不得占用午休。",
    "第2条": "违反第一条的，罚款一千元。",
}
PAGE = (
    "<html><head><title>网站</title><meta charset='gb2312'></head><body><nav>首页</nav>"
    f"<h1>{LINES[0]}</h1><p>{LINES[1]}</p><div><strong>第一条</strong>&nbsp; 学校应当安排午休，\n不少于六十分钟。<br>{LINES[3]}</div>"
    f"<script>alert('第三条 坏')</script><!-- 第四条 坏 --><p>{LINES[4]}</p><footer>版权所有</footer></body></html>"
)


def word(*lines: str) -> docx.document.Document:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    return made


def saved(made: docx.document.Document) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with an empty policy folder; its rule book is set by `rules`."""
    shutil.copytree(ROOT / "data" / "policy" / "schema", tmp_path / "data" / "policy" / "schema")
    monkeypatch.setenv("JIESU_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Import a file whose content is given, under a rule book."""

    def run_with(content: bytes, name: str = "law.txt", *more: str, rules: RuleBook) -> int:
        monkeypatch.setattr(policy_import, "load_rule_book", lambda folder, with_lines: rules)
        (root / name).write_bytes(content)
        return policy_import.main(["D21", str(root / name), *more])

    return run_with


NAPS = document()
RULES = book(
    rule("T1", (NAPS, "第1条第2款"), statement="老师不能占用午休"),
    rule("T2", (NAPS, None)),
    rule("T3", (document("D22", "别的办法"), "第1条")),
)
TEXT = "\n".join(LINES)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("law.docx", saved(word(*LINES))),
        ("law.txt", TEXT.encode()),
        ("law.TXT", b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()),
        ("law.txt", TEXT.encode("gb18030")),
        ("law.txt", TEXT.encode("utf-16")),
        ("law.html", PAGE.encode()),
        ("law.htm", PAGE.encode("gb18030")),
    ],
    ids=["docx", "utf-8", "utf-8 with mark", "gb18030", "utf-16", "html", "html in gb18030"],
)
def test_a_law_is_imported_from_any_of_the_formats(root, run, capsys, name, content) -> None:
    assert run(content, name, rules=RULES) == 0
    text = load_official(root / "data" / "policy")["D21"]
    assert text.articles == ARTICLES
    assert text.title == "青禾市校园午休办法"
    assert text.imported_on == date.today().isoformat()
    assert text.sha256 == hashlib.sha256(content).hexdigest()
    assert capsys.readouterr().err == ""


def test_the_rules_that_cite_it_are_shown_with_its_words(run, capsys) -> None:
    assert run(TEXT.encode(), rules=RULES) == 0
    said = capsys.readouterr().out
    assert said.startswith("D21《青禾市校园午休办法》：2 条\n引用它的规则（2）：\n")
    assert "  T1 第1条第2款：学校应当安排午休" in said
    assert "  T2 午休：没有写第几条" in said
    assert "T3" not in said and "请核对" not in said


def test_what_does_not_fit_is_said_and_the_text_is_kept_all_the_same(root, run, capsys) -> None:
    rules = book(
        rule("T1", (document(title="青禾市晚托办法", number="青教〔2030〕8号"), "第1条、第3条"),
             statement="午休不少于60分钟"),
        rule("T2", (NAPS, "第2条"), statement="罚款5000元"),
    )  # fmt: skip
    assert run(TEXT.encode() + "\n第四条 完。\n第四条 完。".encode(), rules=rules) == 0
    said = capsys.readouterr().out
    assert "rules/nap.yml:3: T1 引用的 D21 第3条，原文里没有" in said
    assert "  T1 第3条：（没有这一条）" in said
    assert "T2 说的5000元，它引用的条文里没有找到" in said
    assert "第4条出现了不止一次" in said and "中间缺号" in said
    assert "D21" in load_official(root / "data" / "policy")


def test_another_title_and_number_are_said(run, capsys) -> None:
    rules = book(documents=(document(title="青禾市晚托办法", number="青教〔2030〕8号"),))
    assert run(TEXT.encode(), rules=rules) == 0
    said = capsys.readouterr().out
    assert "没有规则引用它。" in said
    assert "没有“青禾市晚托办法”" in said and "写的是 青禾市政府令第7号" in said


def test_a_dry_run_writes_nothing(root, run, capsys) -> None:
    assert run(TEXT.encode(), "law.txt", "--dry-run", rules=RULES) == 0
    assert "T1" in capsys.readouterr().out
    assert not (root / "data" / "policy" / "official").exists()


def test_a_flood_of_remarks_is_cut_short(run, capsys) -> None:
    text = "青禾市校园午休办法\n青禾市政府令第7号\n" + "".join(
        f"第{n}条 甲\n" for n in range(1, 99, 2)
    )
    assert run(text.encode(), rules=RULES) == 0
    said = capsys.readouterr().out
    assert said.count("中间缺号") == policy_import.MOST_REMARKS and "……这样的还有 18 处" in said


def test_a_document_that_is_not_registered_is_not_imported(run, capsys) -> None:
    assert run(TEXT.encode(), rules=book()) == 1
    assert "documents.yml 里没有 D21" in capsys.readouterr().err


def test_a_broken_rule_book_is_named(root: Path, capsys) -> None:
    (root / "law.txt").write_text(TEXT, encoding="utf-8")
    assert policy_import.main(["D21", str(root / "law.txt")]) == 1
    assert "documents.yml:1: file is missing" in capsys.readouterr().err


def test_the_command_ends_with_the_exit_code_and_the_reason(root: Path) -> None:
    command = [sys.executable, "-m", "processes.policy_import", "D21", str(root / "none.txt")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert ended.returncode == 1 and ended.stderr.startswith("没有导入：")


@pytest.mark.parametrize(
    ("name", "content", "advice"),
    ids=map(str, range(14)),
    argvalues=[
        ("law.txt", "这里没有条文。".encode(), "每条另起一行"),
        ("law.txt", b" \n", "空的"),
        ("law.txt", b"\xff\xfe\x00", "UTF-8"),
        ("law.txt", b"PK\x03\x04\x00\x00\x14\x00", "UTF-8"),
        ("law.txt", b"x" * (LARGEST + 1), "超过 5 MB"),
        ("law.doc", b"\xd0\xcf\x11\xe0", "另存为 .docx"),
        ("law.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "密码"),
        ("law.docx", b"plain words", "另存为 .docx"),
        ("law.docx", saved(word(*LINES))[:-200], "另存为 .docx"),
        ("law.pdf", b"%PDF-1.7", "存成 .txt"),
        ("law.xyz", b"?", "只认 .docx、.txt、.html"),
        ("law.html", b"<!-- -->", "存成 .txt"),
        ("law.html", b"<p>empty</p>", "每条另起一行"),
        ("law.html", b"<div>" * 400 + "第一条 甲".encode(), "存成 .txt"),
    ],
)
def test_a_broken_or_foreign_file_says_what_to_do(
    root, run, capsys, name: str, content: bytes, advice: str
) -> None:
    assert run(content, name, rules=RULES) == 1
    said = capsys.readouterr()
    assert said.err.startswith("没有导入：") and advice in said.err and said.out == ""
    assert not (root / "data" / "policy" / "official").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="没有这个文件"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(UnreadableFile, match="没有这个文件"):
        read_file(tmp_path.with_suffix(".txt"))


# --- Word files -----------------------------------------------------------------------------------


def test_words_in_tables_boxes_links_and_tracked_changes_are_read() -> None:
    made = word("第一条　甲")
    made.add_table(rows=1, cols=2).cell(0, 1).text = "表里的字"
    paragraph = made.add_paragraph("改动：")._p
    for tag in ("w:ins", "w:smartTag", "w:hyperlink", "w:moveTo"):
        around = OxmlElement(tag)
        around.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>〔{tag}〕</w:t></w:r>"))
        paragraph.append(around)
    box = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    made.element.body.insert(0, parse_xml(box))
    assert word_file.read_word(saved(made)).text.split() == [
        "框里的字", "第一条", "甲", "表里的字", "改动：〔w:ins〕〔w:smartTag〕〔w:hyperlink〕〔w:moveTo〕",
    ]  # fmt: skip


def test_words_that_were_deleted_or_moved_away_are_not_read() -> None:
    made = word("第一条　甲")
    deleted = f"<w:del {nsdecls('w')}><w:r><w:delText>删了的</w:delText></w:r></w:del>"
    moved = f"<w:moveFrom {nsdecls('w')}><w:r><w:t>移走的</w:t></w:r></w:moveFrom>"
    for part in (deleted, moved):
        made.paragraphs[0]._p.append(parse_xml(part))
    assert word_file.read_word(saved(made)).text.split() == ["第一条", "甲"]


def test_a_line_break_and_a_tab_stand_between_words() -> None:
    made = word()
    made.add_paragraph("第一条\t甲\n乙").paragraph_format.tab_stops.add_tab_stop(914400)
    assert word_file.read_word(saved(made)).text.strip() == "第一条 甲\n乙"


def test_numbers_that_word_adds_by_itself_are_pointed_out(run, capsys) -> None:
    made = word("午休办法")
    for line in ("学校应当安排午休。", "老师不得占用。"):
        properties = made.add_paragraph(line)._p.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().set(qn("w:val"), "3")
    assert run(saved(made), "law.docx", rules=RULES) == 1
    assert "有 2 段的编号是 Word 自动加的" in capsys.readouterr().err


def test_a_document_with_macros_is_not_opened() -> None:
    macro = repacked(
        saved(word(*LINES)),
        lambda name, part: part.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )
    with pytest.raises(word_file.UnreadableWord):
        word_file.read_word(macro)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_so_no_entity_is_ever_read(tmp_path, encoding) -> None:
    secret = tmp_path / "secret"
    secret.write_text("秘密", encoding="utf-8")
    kind = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'

    def with_entity(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        xml = part.decode().split("?>", 1)[1].replace("午休", "&e;", 1)
        return (f'<?xml version="1.0" encoding="{encoding}"?>' + kind + xml).encode(encoding)

    with pytest.raises(word_file.UnreadableWord, match="DOCTYPE"):
        word_file.read_word(repacked(saved(word("第一条 午休")), with_entity))


def test_an_entity_behind_a_long_comment_is_not_read_either(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("秘密", encoding="utf-8")
    kind = f'<!--{"x" * 99999}--><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'

    def with_entity(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        head, xml = part.decode().split("?>", 1)
        return f"{head}?>{kind}{xml.replace('午休', '&e;', 1)}".encode()

    text = word_file.read_word(repacked(saved(word("第一条 午休")), with_entity)).text
    assert text.split() == ["第一条"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO(saved(word(*LINES)))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/big.bin", b"\0" * (word_file.MOST_UNPACKED + 1))
    assert len(bomb.getvalue()) < LARGEST
    with pytest.raises(word_file.UnreadableWord, match="太大"):
        word_file.read_word(bomb.getvalue())


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    size = 3 * 1024 * 1024
    bomb = io.BytesIO(saved(word(*LINES)))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/big.bin", b"\0" * size)
    lie = bomb.getvalue().replace(size.to_bytes(4, "little"), (99).to_bytes(4, "little"))
    assert lie != bomb.getvalue()
    with pytest.raises(word_file.UnreadableWord):
        word_file.read_word(lie)


def test_an_archive_of_too_many_files_is_refused() -> None:
    many = io.BytesIO(saved(word(*LINES)))
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(word_file.MOST_MEMBERS):
            archive.writestr(f"{number}", b"")
    with pytest.raises(word_file.UnreadableWord, match="太多"):
        word_file.read_word(many.getvalue())


# --- web pages and encodings ----------------------------------------------------------------------


def test_a_page_fetches_and_expands_nothing(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("秘密", encoding="utf-8")
    page = f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret.as_uri()}">]><p>第一条 &e;</p>'
    assert "秘密" not in page_text(page)


def test_a_page_that_states_another_encoding_is_read_by_its_bytes() -> None:
    source = "<?xml version='1.0' encoding='gb2312'?><html><p>第一条 午休</p></html>"
    assert page_text(decoded(source.encode())).strip() == "第一条 午休"
