"""Entities that follow a form: times, grades, sums of money; and the list of subjects.

All patterns work on normalised text. They find the form, not whether it matters; what only a
reader can tell (which of two names is complained of) is left to the trained model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """An entity from `start` to `end` (exclusive)."""

    start: int
    end: int
    label: str


_NUMBER = r"(?:\d{1,2}|[二三]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_WEEK = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天末1-6]"
_WEEKDAY = (
    rf"(?:每逢|每个?|本|这个?|那个?|上个?|下个?|逢|隔)?(?<![一二两三四五六几半]){_WEEK}{_DAY}"
    rf"(?:(?:、|和|到|至|-)?(?:{_WEEK}{_DAY}|(?<=[一二三四五六])[二三四五六日天](?![一二三四五六七八九十个次节]))){{,6}}"
)
_HOLIDAY = (
    r"(?:今年|去年|前年|明年|每年|每逢|每个?|整个)?"
    r"(?:国庆(?:节|假期|长假)?|五一(?:节|假期|长假)?|端午节?|清明节?|中秋节?|元旦|春节|元宵节?|除夕|"
    r"寒暑假|暑假|寒假|暑期|小长假|(?:法定)?节假日|双休日)"
)
_DATE = (
    rf"(?:20\d\d年|今年|去年|前年|明年)?{_NUMBER}月(?:份|底|初|中旬|{_NUMBER}[日号])?"
    rf"|正月(?:初?{_NUMBER})?|腊月{_NUMBER}|大年(?:初{_NUMBER}|三十)|(?<!\d)20\d\d年"
    r"|今年|去年|前年|昨[天晚]|前天|今[天晚]|明[天晚]|上个?月|上周|(?:这|本|上)个?学期"
)
_PART = (
    r"(?:每天|天天|每)?(?:早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|夜晚|半夜|凌晨|深夜)"
    r"|每晚|每天(?=(?:\d{1,2}|[六七八九十][一二]?)[点:])|放学后|全天|(?<=[一二三四五六日天末号])[早晚](?![间自餐饭读操辅托])|[早晚](?=[六七八九十\d])"
)
_CLOCK = (
    r"(?:\d{1,2}:\d{2}|(?:\d{1,2}|[一二两三四五六七八九]{1,2}|二?十[一二三]?)点钟?"
    r"(?:半|[一三]刻|\d{1,2}分?|[一二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]分?)?多?)"
)
_MOMENT = rf"(?:{_DATE}|{_HOLIDAY}|{_WEEKDAY}|{_PART}|{_CLOCK})"
_WHEN = re.compile(rf"{_MOMENT}(?:的?{_MOMENT})*(?:(?:到|至|-|~|—){_MOMENT}(?:的?{_MOMENT})*)?")
# By themselves these are as often said in passing: the model decides from the rest.
_PASSING = re.compile(
    rf"(?:今年|去年|前年|昨天|前天|今天|明天|今晚|上个?月|上周|(?:这|本|上)个?学期|{_NUMBER}月|[一二两三四五]点|{_PART})"
)

_NTH = "[一二三四五六七八九1-9]"
_GRADE = re.compile(
    rf"新?{_NTH}(?:(?:、|到|至|-)?{_NTH})?年级|新?(?:初|高)[一二三123](?!点|\d|那|的时候)|小升初"
)

_SUM = r"[一二两三四五六七八九][一二两三四五六七八九十百千万零]*"
_AMOUNT = re.compile(
    rf"(?:\d[\d,]*(?:\.\d+)?[多余]?[百千万k]?[多余]?|(?!一块(?!钱)){_SUM}[多余来]?)(?:块钱|块|元钱|元)(?![一次旦])"
    r"|\d+(?:\.\d+)?万(?![人名平])|¥\d[\d,]*(?:\.\d+)?"
)

_SUBJECTS = (
    "语数外|语数英|数理化|语文|数学|英语|物理|化学|生物|奥数|作文|写作(?!业)|拼音|识字|新概念|看图写话|外语|"
    "美术|音乐|书法|编程|舞蹈|钢琴|围棋|跆拳道|篮球|足球|游泳|小提琴|古筝|口才|幼小衔接|珠心算"
)
_SUBJECT = re.compile(rf"(?:{_SUBJECTS})(?!老师|课代表|组|楼)")

_PATTERNS = {"when": _WHEN, "grade": _GRADE, "amount": _AMOUNT, "subject": _SUBJECT}


def find_patterns(text: str) -> Iterator[Span]:
    """Yield what the patterns find in normalised `text`; spans of two labels may overlap."""
    for label, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if not (label == "when" and _PASSING.fullmatch(match.group())):
                yield Span(match.start(), match.end(), label)
