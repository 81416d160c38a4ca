"""The text of a law or notice comes apart at its articles, and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.articles import article_key, in_chinese, read_number, read_references
from policy.official_text import (
    SplitText,
    clean_lines,
    foot_remarks,
    join_official,
    split_official,
)

LAW = """\
青禾市校园午休办法
（青禾市政府令第7号）
目　　录
第一章　总则………1
第二章　午休的时间………2
第三章　附则………3
第一章　总　则
第一条　为了让孩子睡好，制定本办法。
第二条　本办法所称午休，是指
第三十三条规定的休息，
第五十条　的休息不算。
第二章　午休的时间
第三条　小学的午休不少于六十分钟。
学校应当：
（一）备好床铺；
（二）关灯。
第三条之一　老师不得占用午休。
第四条（例外）　第三条第二款不用于寄宿学校。
第三章　附　则
第五条　本办法自2030年1月1日起施行。
"""

NOTICE = """\
关于做好校园午休的通知
青教〔2030〕8号
各学校：
现将有关要求通知如下。
一、总体要求
1．睡好。让孩子睡好。
2．睡足。午休60.5分钟不算长。
二、时间安排
（一）小学。
一、二年级可以多睡一会儿。
（二）初中。每天30分钟。
三、监督
请家长监督。
"""


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture
def law() -> SplitText:
    return split_official(LAW)


def test_a_law_comes_apart_at_its_articles_and_chapters(law: SplitText) -> None:
    assert list(law.articles) == [
        "第1章", "第1条", "第2条", "第2章", "第3条", "第3条之一", "第4条", "第3章", "第5条",
    ]  # fmt: skip
    assert law.articles["第1条"] == "为了让孩子睡好，制定本办法。"
    assert law.articles["第2章"] == "午休的时间"
    assert law.articles["第4条"] == "（例外） 第三条第二款不用于寄宿学校。"


def test_the_paragraphs_of_an_article_stay_apart(law: SplitText) -> None:
    assert law.articles["第3条"].splitlines() == [
        "小学的午休不少于六十分钟。", "学校应当：", "（一）备好床铺；", "（二）关灯。",
    ]  # fmt: skip


def test_a_mention_at_the_beginning_of_a_line_is_no_article(law: SplitText) -> None:
    assert "第33条" not in law.articles and "第50条" not in law.articles
    assert law.articles["第2条"].endswith("第三十三条规定的休息，\n第五十条 的休息不算。")
    assert law.remarks == ()


def test_a_table_of_contents_is_no_chapter(law: SplitText) -> None:
    assert law.preamble[-1] == "第三章 附则………3"
    assert len(law.preamble) == 6


def test_a_table_of_contents_of_articles_is_no_article() -> None:
    split = split_official(
        "目录\n第一条 目的\n第二条 范围\n第一条 目的\n为了午休。\n第二条 范围\n全市。"
    )
    assert split.articles == {"第1条": "目的\n为了午休。", "第2条": "范围\n全市。"}
    assert split.remarks == ()


def test_a_table_of_contents_of_a_notice_is_no_section() -> None:
    split = split_official("目录\n一、目的\n二、范围\n一、目的\n为了午休。\n二、范围\n全市。")
    assert split.articles == {"一、": "目的\n为了午休。", "二、": "范围\n全市。"}


def test_articles_without_a_gap_behind_their_number_are_found() -> None:
    split = split_official(
        "第一条为了午休。\n第二条中小学应当午休。\n依照\n第一条规定办。\n第三条完。"
    )
    assert list(split.articles) == ["第1条", "第2条", "第3条"]
    assert split.articles["第2条"].endswith("第一条规定办。")


def test_one_article_whose_gap_was_forgotten_is_found_and_a_mention_is_not() -> None:
    split = split_official("第一条 甲。\n第二条乙。\n第三条 丙，按照\n第九条办理。\n第四条 丁。")
    assert list(split.articles) == ["第1条", "第2条", "第3条", "第4条"]


def test_a_stray_number_does_not_swallow_the_articles_behind_it() -> None:
    split = split_official("第一条 甲\n第五十条 乙\n第二条 丙\n第三条 丁\n第四条 戊")
    assert list(split.articles) == ["第1条", "第2条", "第3条", "第4条"]
    assert split.remarks == ("“第五十条 乙”不合顺序，当作前面一条的正文",)


def test_arabic_numbers_and_full_width_ones_are_the_same_articles() -> None:
    split = split_official("第1条 甲\n第２条 乙\n第 三 条 丙")
    assert split.articles == {"第1条": "甲", "第2条": "乙", "第3条": "丙"}


def test_a_heading_that_is_there_twice_is_reported_and_its_text_kept() -> None:
    split = split_official("第一条 甲\n第二条 乙\n第二条 丙\n第三条 丁")
    assert split.articles == {"第1条": "甲", "第2条": "乙\n第二条 丙", "第3条": "丁"}
    assert split.remarks == ("第2条出现了不止一次，只认第一处；另一处是“第二条 丙”",)


def test_a_chapter_that_is_there_twice_is_reported() -> None:
    split = split_official("第一章 甲\n第一条 乙\n第一章 甲\n第二条 丙")
    assert list(split.articles) == ["第1章", "第1条", "第2条"]
    assert "第1章出现了不止一次" in split.remarks[0]


def test_parts_of_chapters_are_named_with_what_they_stand_in() -> None:
    split = split_official(
        "第一编 总则\n第一章 甲\n第一节 乙\n第一条 丙\n第二章 丁\n第一节 戊\n第二条 己\n"
        "第二编 分则\n第一章 庚\n第三条 辛\n第一章规定的事。"
    )
    assert [key for key in split.articles if "条" not in key] == [
        "第1编", "第1编第1章", "第1编第1章第1节", "第1编第2章", "第1编第2章第1节", "第2编", "第2编第1章",
    ]  # fmt: skip
    assert split.remarks == ()


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("第一条 甲\n第三条 乙", "第1条之后是第3条，中间缺号"),
        ("第三条 甲\n第四条 乙", "从第3条开始，前面的没有"),
        ("第一条 甲\n第二条\n第三条 乙", "第2条没有内容"),
        ("一、甲\n三、乙", "一、之后是三、，中间缺号"),
        ("一、总\n（一）甲\n（一）乙", "一、里：（一）出现了不止一次"),
        ("一、甲\n二、乙\n附办法\n第一条 丙\n第二条 丁\n第三条 戊", "第一条之前还有 2 个“一、”"),
        ("一、甲\n二、乙\n三、丙\n第一条 丁\n第二条 戊", "文件里还有 2 处“第几条”，没有分开"),
    ],
)
def test_what_is_left_out_or_odd_is_reported(text: str, remark: str) -> None:
    assert any(remark in said for said in split_official(text).remarks)


def test_an_attachment_that_counts_anew_is_left_out_and_reported() -> None:
    split = split_official(
        "办法\n第一条 甲\n第二条 乙\n第三条 丙\n附件\n细则\n第一条 丁\n第二条 戊"
    )
    assert split.articles == {"第1条": "甲", "第2条": "乙", "第3条": "丙"}
    assert split.appendix == ("附件", "细则", "第一条 丁", "第二条 戊")
    assert split.remarks == ("编号在“第一条 丁”处另有一套，那一套没有导入",)


def test_the_law_behind_a_short_covering_letter_is_what_counts() -> None:
    split = split_official("通知\n一、请执行\n二、请上报\n办法\n" + "".join(
        f"第{in_chinese(n)}条 内容{n}。\n" for n in range(1, 6)
    ))  # fmt: skip
    assert list(split.articles) == [f"第{n}条" for n in range(1, 6)]


def test_a_notice_comes_apart_at_its_sections() -> None:
    split = split_official(NOTICE)
    assert list(split.articles) == ["一、", "一1.", "一2.", "二、", "二（一）", "二（二）", "三、"]
    assert split.articles["二（一）"] == "小学。\n一、二年级可以多睡一会儿。"
    assert split.articles["三、"] == "监督\n请家长监督。"
    assert split.remarks == ()


def test_a_short_notice_may_count_with_brackets_or_digits_only() -> None:
    assert list(split_official("通知\n（一）甲\n（二）乙").articles) == ["（一）", "（二）"]
    assert list(split_official("通知\n1. 甲\n2. 乙").articles) == ["1.", "2."]


@pytest.mark.parametrize("text", ["", "\n \n", "这里没有条文。\n第三十三条规定的事。"])
def test_a_text_without_headings_has_no_articles(text: str) -> None:
    split = split_official(text)
    assert split.articles == {}
    assert squeezed(join_official(split)) == squeezed(text)


def test_the_foot_of_a_web_page_is_noticed() -> None:
    assert foot_remarks(split_official(LAW)) == []
    assert foot_remarks(split_official("")) == []
    (remark,) = foot_remarks(split_official(LAW + "版权所有 青禾市"))
    assert remark.startswith("第5条后面像是网页的页脚")


# --- laws -----------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.sampled_from([
        "第一条 ", "第二条", "第三条　", "第二条之一 ", "第十条规定的", "第一章 总则", "第二章 分则",
        "第一节 甲", "第一编 乙", "一、", "二、", "（一）", "（二）", "1. ", "2．", "目录", "附件", "\n",
        "\r\n", "。", "孩子午休", "\u00a0", "\u200b", "\x07", "三十三", "：", "“",
    ]),
    st.text(max_size=6),
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_splitting_and_joining_loses_no_text(text: str) -> None:
    split = split_official(text)
    assert squeezed(join_official(split)) == squeezed("\n".join(clean_lines(text)))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_two_parts_have_the_same_key(text: str) -> None:
    split = split_official(text)
    assert len(split.articles) == len(split.parts)


@given(st.text())
def test_cleaning_takes_only_white_space_and_what_nobody_can_see(text: str) -> None:
    lines = clean_lines(text)
    assert all(line == line.strip() != "" for line in lines)
    assert "\n".join(clean_lines("\n".join(lines))) == "\n".join(lines)
    kept = iter(squeezed(text))
    assert all(sign in kept for sign in squeezed("".join(lines))), "in the same order"


@given(st.integers(1, 300))
def test_every_number_is_read_as_it_is_written(number: int) -> None:
    assert read_number(in_chinese(number)) == number
    assert read_number(in_chinese(number).replace("零", "〇")) == number
    assert read_number(str(number)) == number


@given(st.integers(1, 300), st.integers(0, 20))
def test_every_article_of_a_law_is_found_under_its_number(number: int, branch: int) -> None:
    heading = f"第{in_chinese(number)}条" + (f"之{in_chinese(branch)}" if branch else "")
    split = split_official(f"办法\n{heading}　孩子要午休。")
    assert split.articles == {article_key(number, branch): "孩子要午休。"}
    (reference,) = read_references(heading) or []
    assert (reference.number, reference.branch) == (number, branch)


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (33, "三十三"), (100, "一百"),
     (101, "一百零一"), (110, "一百一十"), (119, "一百一十九"), (300, "三百"), (1005, "一千零五"),
     (1260, "一千二百六十")],
)  # fmt: skip
def test_numbers_are_written_as_in_laws(number: int, written: str) -> None:
    assert in_chinese(number) == written


@pytest.mark.parametrize("wrong", [0, -1, 10000])
def test_a_number_that_no_article_has_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError):
        in_chinese(wrong)
    assert read_number(str(wrong)) is None


@pytest.mark.parametrize("wrong", ["", "千", "条", "三三十", "零"])
def test_what_is_no_number_is_not_read(wrong: str) -> None:
    assert read_number(wrong) is None


@pytest.mark.parametrize(
    ("cited", "found"),
    [
        ("第33条", [("条", 33, 0, None, None)]),
        ("第三十三条第三款", [("条", 33, 0, 3, None)]),
        ("第4条第（十）项", [("条", 4, 0, None, 10)]),
        ("第9条第2款第（一）项", [("条", 9, 0, 2, 1)]),
        ("第10条之一", [("条", 10, 1, None, None)]),
        ("第三部分第（三）项", [("部分", 3, 0, None, 3)]),
        ("第2章", [("章", 2, 0, None, None)]),
        ("第（十三）条", [("条", 13, 0, None, None)]),
        ("第15条、第20条第（六）项", [("条", 15, 0, None, None), ("条", 20, 0, None, 6)]),
        ("第9条第1款和第3款", [("条", 9, 0, 1, None), ("条", 9, 0, 3, None)]),
        ("第5条、第32条至第34条", [("条", n, 0, None, None) for n in (5, 32, 33, 34)]),
        ("第7至8条", [("条", n, 0, None, None) for n in (7, 8)]),
    ],
)  # fmt: skip
def test_what_a_rule_cites_is_read(cited: str, found: list[tuple[object, ...]]) -> None:
    read = read_references(cited)
    assert read is not None
    assert [(r.unit, r.number, r.branch, r.paragraph, r.item) for r in read] == found


@pytest.mark.parametrize(
    "cited", ["", "第", "第3款", "附件", "第五", "第34条至第32条", "第3条、", "第0条"]
)
def test_what_cannot_be_read_is_not_guessed(cited: str) -> None:
    assert read_references(cited) is None
