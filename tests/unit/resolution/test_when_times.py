"""Times of day, and whether training certainly went on past 20:30."""

from __future__ import annotations

import pytest

TIMES = [
    ("每晚六点多至八点半", "18:00", "20:30", False),
    ("下午两点到五点", "14:00", "17:00", False),
    ("下午四点半到八点", "16:30", "20:00", False),
    ("晚七点至九点", "19:00", "21:00", True),
    ("晚7-9点", "19:00", "21:00", True),
    ("晚上7:00—9:00", "19:00", "21:00", True),
    ("19:00-20:30", "19:00", "20:30", False),
    ("19:00-20:31", "19:00", "20:31", True),
    ("16:00至17:30", "16:00", "17:30", False),
    ("早八点到晚六点", "08:00", "18:00", False),
    ("上午9点到11点半", "09:00", "11:30", False),
    ("上午9点到3点", "09:00", "15:00", False),
    ("中午十二点到两点", "12:00", "14:00", False),
    ("上午8点半到11点，下午2点到5点", "08:30", "17:00", False),
    ("七点到晚上九点", "19:00", "21:00", True),
    ("晚上八点到凌晨一点", "20:00", "23:59", True),
    ("晚上十点到一点", "22:00", "23:59", True),
    ("四点到六点", "16:00", "18:00", False),
    ("六点到十点", "18:00", "22:00", True),
    ("八点到十一点半", "08:00", "11:30", False),
    ("九点到十一点", "09:00", "11:00", False),
    ("七点到九点", None, None, None),
    ("晚8点", "20:00", None, None),
    ("晚上八点半", "20:30", None, True),
    ("晚上8.30", "20:30", None, True),
    ("20点40", "20:40", None, True),
    ("二十点五十分", "20:50", None, True),
    ("晚上九点四十五", "21:45", None, True),
    ("晚上九点零五", "21:05", None, True),
    ("晚上九点多", "21:00", None, True),
    ("晚上八九点", "20:00", None, None),
    ("昨晚十二点", "23:59", None, True),
    ("24:00", "23:59", None, True),
    ("上到晚上九点", None, "21:00", True),
    ("上到晚上八点多", None, "20:00", None),
    ("晚上八点半左右下课", None, "20:30", None),
    ("十点半才放学", None, "22:30", True),
    ("晚上八点半准时下课", None, "20:30", False),
    ("晚上七点上课，九点半才放学", "19:00", "21:30", True),
    ("晚上九点还没下课", "21:00", None, True),
    ("超过晚上9点", "21:00", None, True),
    ("20:30以后", "20:30", None, True),
    ("周六八点半", None, None, None),
    ("周六三点半", "15:30", None, False),
    ("早上七点十分", "07:10", None, False),
    ("早上不到七点", "07:00", None, False),
    ("下午一点", "13:00", None, False),
    ("凌晨三点", "03:00", None, None),
    ("八点半", None, None, None),
    ("早一点", None, None, None),
    ("25:00", None, None, None),
]

PARTS = [
    ("上午", {"morning"}, False),
    ("周日早", {"morning"}, False),
    ("下午", {"afternoon"}, False),
    ("中午", {"afternoon"}, False),
    ("白天", {"morning", "afternoon"}, False),
    ("晚上", {"evening"}, None),
    ("每晚", {"evening"}, None),
    ("傍晚", {"evening"}, None),
    ("深夜", {"evening"}, None),
    ("放学后", {"afternoon", "evening"}, None),
    ("全天", {"morning", "afternoon", "evening"}, None),
    ("下午五点到晚上七点", {"afternoon", "evening"}, False),
    ("晚一点", set(), None),
    ("太晚了", set(), None),
]


@pytest.mark.parametrize(("text", "start", "end", "late"), TIMES)
def test_clock_times(when, text, start, end, late):
    found = when(text)
    shown = [t.strftime("%H:%M") if t else None for t in (found.start_time, found.end_time)]
    assert (*shown, found.after_2030) == (start, end, late)


@pytest.mark.parametrize(("text", "parts", "late"), PARTS)
def test_parts_of_the_day(when, text, parts, late):
    found = when(text)
    assert found.parts == parts
    assert found.after_2030 is late


@pytest.mark.parametrize(
    ("text", "sentence", "end"),
    [
        ("九点", "机构每天都上到九点。", None),  # in the morning or in the evening?
        ("九点", "机构晚上都上到九点。", "21:00"),
        ("晚上八点半", "他家天天上到晚上八点半，邻居都知道", "20:30"),
        ("十点半", "孩子十点半才放学", "22:30"),
        ("十一点", "作业要写到十一点", "23:00"),
    ],
)
def test_the_sentence_around_tells_an_end(when, text, sentence, end):
    found = when(text, sentence=sentence)
    assert (found.end_time.strftime("%H:%M") if found.end_time else None) == end
    assert found.start_time is None


def test_an_end_at_half_past_eight_sharp_keeps_the_rule(when):
    assert when("晚上八点半", sentence="每天晚上八点半下课").after_2030 is False


def test_a_sentence_without_the_entity_is_left_aside(when):
    assert when("九点", sentence="晚上好") == when("九点")
