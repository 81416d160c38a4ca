"""Imported texts are kept whole, and rules that cite what they do not have are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from datafiles import DataFileError
from policy.articles import read_references
from policy.document_identity import differences, title_of
from policy.figures import absent_figures
from policy.official import (
    OfficialText,
    load_official,
    missing_articles,
    passages,
    rules_citing,
    save_official,
)
from policy.official_text import clean_lines, split_official
from tests.unit.policy.small_book import book, document, rule

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "policy"
NAPS, LETTER = document(), document("D22", "关于做好校园午休的通知", "青教〔2030〕8号")

LAW_TEXT = """\
第一章 总则
第一条 学校应当安排午休，不少于六十分钟。
老师不得占用午休。
第二条 有下列情形之一的，罚款一千元以上三千元以下：
（一）占用午休；
（二）吵闹。
第二条之一 晚八点半以后不得留学生。"""
NOTICE_TEXT = "一、目的\n1.睡好\n2.睡足\n二、时间\n（一）小学每天30分钟\n3.连着数\n（二）初中"


def official(document: str = "D21", text: str = LAW_TEXT) -> OfficialText:
    articles = split_official(text).articles
    return OfficialText(document, "青禾市校园午休办法", "2030-01-02", "0" * 64, articles)


LAW, NOTICE = official(), official("D22", NOTICE_TEXT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "schema", tmp_path / "schema")
    return tmp_path


def test_a_text_that_was_written_is_read_again(folder: Path) -> None:
    path = save_official(folder, LAW)
    assert path == folder / "official" / "D21.yml"
    save_official(folder, NOTICE)
    assert load_official(folder) == {"D21": LAW, "D22": NOTICE}
    assert [file.name for file in sorted(path.parent.iterdir())] == ["D21.yml", "D22.yml"]


def test_a_second_import_takes_the_place_of_the_first(folder: Path) -> None:
    save_official(folder, LAW)
    save_official(folder, official(text="第一条 改了"))
    assert load_official(folder)["D21"].articles == {"第1条": "改了"}


def test_nothing_imported_is_no_mistake(folder: Path) -> None:
    assert load_official(folder) == {}


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_words_survive_the_file(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    shutil.copytree(SHIPPED / "schema", folder / "schema")
    text = official(text="\n".join(["第一条 甲", *clean_lines(words)]))
    save_official(folder, text)
    assert load_official(folder) == {"D21": text}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("document: D21", "document: D22", r"D21\.yml:1: document: must be D21"),
        ("第1条:", "第一条:", r"D21\.yml:5: articles"),
        ("imported_on: '2030-01-02'", "imported_on: 2030-01-02", r"D21\.yml:3: imported_on"),
        ("sha256", "sha265", r"D21\.yml:1: file"),
    ],
)
def test_a_mistake_in_a_kept_text_names_file_line_and_field(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    path = save_official(folder, LAW)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError, match=complaint):
        load_official(folder)


@pytest.mark.parametrize(
    ("text", "cited", "opening"),
    [
        (LAW, "第1条", "学校应当"),
        (LAW, "第一条", "学校应当"),
        (LAW, "第1条第2款", "学校应当"),
        (LAW, "第2条第（二）项", "有下列情形"),
        (LAW, "第2条之一", "晚八点半"),
        (LAW, "第1章", "总则"),
        (NOTICE, "第1条", "目的"),
        (NOTICE, "第二部分", "时间"),
        (NOTICE, "第二部分第（二）项", "初中"),
        (NOTICE, "第二条第（一）项", "小学每天"),
    ],
)
def test_what_a_rule_cites_is_found(text: OfficialText, cited: str, opening: str) -> None:
    ((_, said),) = passages(text, cited)
    assert said is not None and said.startswith(opening)


def test_a_section_is_read_with_its_points() -> None:
    ((_, said),) = passages(NOTICE, "第1条")
    assert said == "目的\n睡好\n睡足"


def test_points_that_count_through_a_whole_notice_are_cited_by_their_number() -> None:
    text = official("D22", "一、目的\n1.睡好\n2.睡足\n二、时间\n3.小学\n4.初中")
    assert passages(text, "第4条") == [("第4条", "初中")]
    twice = official("D22", "一、目的\n1.睡好\n2.睡足\n3.睡够\n二、时间\n1.小学\n2.初中\n3.高中")
    assert passages(twice, "第3条") == [("第3条", None)], "which of the two is not known"


@pytest.mark.parametrize(
    ("text", "cited", "missing"),
    [
        (LAW, "第3条", "第3条"),
        (LAW, "第1条之一", "第1条之一"),
        (LAW, "第1条、第4条", "第4条"),
        (LAW, "第2条至第3条", "第3条"),
        (LAW, "第1条第3款", "第1条第3款"),
        (LAW, "第2条第（三）项", "第2条第（三）项"),
        (LAW, "第2章", "第2章"),
        (LAW, "附件", "附件"),
        (NOTICE, "第三部分", "第三部分"),
        (NOTICE, "第二部分第（三）项", "第二部分第（三）项"),
    ],
)
def test_a_rule_that_cites_what_the_text_does_not_have_is_named(
    text: OfficialText, cited: str, missing: str
) -> None:
    cites = NAPS if text is LAW else LETTER
    rules = book(rule("T1", (cites, cited)), rule("T2", (cites, "第1条"), (NAPS, None)))
    (found,) = missing_articles(rules, {text.document: text})
    assert (found.rule.id, found.document, found.article) == ("T1", text.document, missing)
    assert str(found).startswith("rules/nap.yml:3: T1 ")


def test_documents_that_were_not_imported_are_not_judged() -> None:
    assert missing_articles(book(rule("T1", (NAPS, "第99条"))), {}) == []
    assert missing_articles(book(rule("T1", (NAPS, "第99条"))), {"D22": NOTICE}) == []


def test_every_article_that_a_shipped_rule_cites_can_be_read() -> None:
    for path in sorted((SHIPPED / "rules").glob("*.yml")):
        for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8")):
            for cited in entry["documents"]:
                if cited["article"] is not None:
                    assert read_references(cited["article"]), (path.name, entry["id"], cited)


def test_the_rules_that_cite_a_document_are_found() -> None:
    rules = book(rule("T1", (NAPS, None)), rule("T2", (LETTER, None), (NAPS, "第1条")))
    assert [found.id for found in rules_citing(rules.rules.values(), "D21")] == ["T1", "T2"]
    assert [found.id for found in rules_citing(rules.rules.values(), "D22")] == ["T2"]


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cited", "statement", "absent"),
    [
        ("第1条", "午休不少于60分钟", []),
        ("第1条", "午休不少于1小时", []),
        ("第1条", "午休不少于90分钟", ["90分钟"]),
        ("第2条", "罚1000至3000元，2030年起", []),
        ("第2条", "罚款5000元以下", ["5000元"]),
        ("第1条", "20:30以后不能留", ["20:30"]),
        ("第2条之一", "20:30以后不能留，三年级也一样", []),
        (None, "午休60分钟，20:30以后不能留", []),
        (None, "3个月、7个工作日、14周岁", ["3个月", "7个工作日", "14周岁"]),
    ],
)
def test_numbers_that_the_cited_article_does_not_have_are_named(
    cited: str | None, statement: str, absent: list[str]
) -> None:
    stated = rule("T1", (NAPS, cited), statement=statement)
    assert absent_figures(stated, {"D21": LAW}) == absent
    said = rule("T1", (NAPS, cited), say=statement)
    assert absent_figures(said, {"D21": LAW}) == absent


@pytest.mark.parametrize("sources", [((NAPS, "第1条"), (LETTER, None)), ((NAPS, "第9条"),)])
def test_numbers_are_not_judged_while_a_source_is_not_there(sources) -> None:  # type: ignore[no-untyped-def]
    assert absent_figures(rule("T1", *sources, statement="午休90分钟"), {"D21": LAW}) == []


# --- title and number -----------------------------------------------------------------------------

HEAD = ("青禾市人民政府令", "（第7号）", "《青禾市校园午休办法》", "2030年1月1日")


def remarks(*preamble: str, **changes: str | None) -> list[str]:
    return list(differences(document(**changes), preamble))  # type: ignore[arg-type]


def test_the_same_title_and_number_are_not_remarked_on() -> None:
    assert remarks("青禾市政府令（第７号）", "青禾市校园午休办法") == []
    assert remarks("关于做好", "校园午休的通知", "青教[2030]8号", "各学校：",
                   title=LETTER.title, number=LETTER.number) == []  # fmt: skip


def test_another_title_is_shown_beside_the_one_that_is_known() -> None:
    (remark,) = remarks("青禾市校园晚托办法", "青禾市政府令第7号")
    assert "没有“青禾市校园午休办法”" in remark and "“青禾市校园晚托办法”" in remark
    (remark,) = remarks("随便写的", number=None)
    assert "“随便写的”" in remark
    assert len(remarks(number=None)) == 1


def test_another_number_is_shown_beside_the_one_that_is_known() -> None:
    assert remarks("青禾市校园午休办法", "青禾市政府令第9号") == [
        "documents.yml 里 D21 的文号是 青禾市政府令第7号，文件开头写的是 青禾市政府令第9号"
    ]
    assert remarks("青禾市校园午休办法") == [
        "documents.yml 里 D21 的文号是 青禾市政府令第7号，文件开头没有找到文号"
    ]
    assert remarks("青禾市校园午休办法", "发文字号：青教〔2030〕8号", number=None) == [
        "文件里有文号 青教〔2030〕8号，documents.yml 里 D21 没有写"
    ]


def test_a_number_of_another_document_inside_a_sentence_is_not_the_own_one() -> None:
    head = ("青禾市校园午休办法", "根据青教〔2029〕1号文件，制定本办法。")
    assert remarks(*head, number=None) == []


@pytest.mark.parametrize(
    ("preamble", "title"),
    [
        (HEAD, "青禾市校园午休办法"),
        (("首页 > 政务", "青禾市晚托管理规定（试行）", "正文"), "青禾市晚托管理规定（试行）"),
        (("青禾市教育局关于做好", "校园晚托的", "通知"), "青禾市教育局关于做好校园晚托的通知"),
        (("没有标题。", "各学校："), "青禾市校园午休办法"),
        ((), "青禾市校园午休办法"),
    ],
)
def test_the_title_is_the_texts_own(preamble: tuple[str, ...], title: str) -> None:
    assert title_of(preamble, NAPS) == title
