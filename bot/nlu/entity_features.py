"""What the entity model sees of each character: its neighbours, its word, and hints.

A hint marks where a name of some form could lie (a surname before a title, the characters before
小学 or 街道, a pattern of times or sums); whether it is one, the model learns from the examples.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.nlu.entity_patterns import find_patterns


class Word(NamedTuple):
    """A segmented word, from `start` to `end` of the normalised text, with its dictionary tag."""

    start: int
    end: int
    text: str
    tag: str


_BODY = re.compile(
    "小学|中学|学校|幼儿园|教育|学堂|学社|书院|学苑|学馆|托管|培训|辅导|中心|机构|英语|数学|作文|艺术|舞蹈|美术|"
    "俱乐部|工作室|公司|学院|大学|驾校|补习班|培训班|[一二三四五六七八九]中|[一二三四五六]小|实验|集团|课堂|网校|乐园|馆"
)
_PLACE = re.compile(
    "省|市|区|县|镇|乡|村|街道|路|街|巷|社区|小区|家园|花园|公寓|大厦|广场|号楼|号|栋|单元|楼|层|室"
)
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅卞齐康伍余卜顾孟黄穆萧尹姚邵湛汪祁毛狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈"
    "项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪包"
    "诸左石崔吉龚程嵇邢裴陆荣翁荀於惠甄曲家封芮储靳焦巴弓牧山谷车侯全班秋仲宫宁仇栾甘厉戎武符刘景詹束龙叶幸司韶黎薄印白怀蒲"
    "鄂索赖卓蔺蒙池乔阴苍双翟谭贡劳申扶冉雍桑桂牛寿通边燕冀浦尚农温别庄晏柴瞿阎连习艾鱼容向古易戈廖居衡步都耿满匡国文寇东"
    "欧沃利师巩聂冷辛阚那简饶曾关相查荆游权盖益桓公佟肖岳闫覃仝付冼"
)
_SURNAME = "".join(sorted(_SURNAMES))
_PERSON = re.compile(
    rf"[{_SURNAME}][一-鿿]{{0,2}}?(?:老师|校长|主任|园长|老板|教练|院长|阿姨|姐|哥|局长|书记|班主任|总|导员)"
    rf"|[{_SURNAME}](?:某某|某)|[姓叫][{_SURNAME}]"
)
_TITLED = re.compile(
    "老师|校长|主任|园长|老板|教练|院长|姓|某"
)  # quick to look for, before _PERSON
_REACH = 9
_BREAK = frozenset(",。!?;、: ")


def character_features(text: str, words: Sequence[Word]) -> list[list[str]]:
    """The features of each character of a normalised text that was segmented into `words`."""
    body, place = _distances(text, _BODY), _distances(text, _PLACE)
    person = _marks(len(text), [match.span() for match in _PERSON.finditer(text)])
    form = ["-"] * len(text)
    for start, end, label in find_patterns(text):
        form[start:end] = [f"B{label}"] + [f"I{label}"] * (end - start - 1)
    word_of = _word_features(len(text), words)
    chars = ["#"] * 2 + ["0" if char.isdigit() else char for char in text] + ["#"] * 3
    return [
        [
            *_neighbours(chars[i : i + 6]),
            *word_of[i],
            f"body={body[i]}",
            f"place={place[i]}",
            f"form={form[i]}",
            f"person={person[i]}",
            f"person+1={person[i + 1] if i + 1 < len(text) else ''}",
            f"surname={text[i] in _SURNAMES}",
        ]
        for i in range(len(text))
    ]


def names_a_person(text: str) -> bool:
    """Whether a surname stands before a title."""
    return bool(_TITLED.search(text) and _PERSON.search(text))


def _neighbours(window: list[str]) -> list[str]:
    second, before, here, after, next_but_one, last = window
    return [
        f"0={here}",
        f"-1={before}",
        f"-2={second}",
        f"+1={after}",
        f"+2={next_but_one}",
        f"+3={last}",
        f"-2-1={second}{before}",
        f"-10={before}{here}",
        f"0+1={here}{after}",
        f"+1+2={after}{next_but_one}",
        f"-10+1={before}{here}{after}",
    ]


def _word_features(length: int, words: Sequence[Word]) -> list[tuple[str, ...]]:
    features: list[tuple[str, ...]] = [("word=_",)] * length  # blanks belong to no word
    for at, word in enumerate(words):
        around: tuple[str, ...] = (f"word={word.text}",)
        if at + 1 < len(words):
            around += (f"word+={words[at + 1].text}", f"tag+={words[at + 1].tag}")
        size = word.end - word.start
        for i, mark in enumerate(_marks(size, [(0, size)])):
            features[word.start + i] = (
                *around,
                f"border={mark}",
                f"tag={word.tag}{mark}",
            )
        if at:
            before = words[at - 1]
            features[word.start] += (f"word-={before.text}", f"tag-={before.tag}")
    return features


def _marks(length: int, spans: Sequence[tuple[int, int]]) -> list[str]:
    """S for a span of one, else B, I… and E; "-" outside of all spans."""
    marks = ["-"] * length
    for start, end in spans:
        marks[start:end] = ["I"] * (end - start)
        marks[start], marks[end - 1] = "B", "E"
        if end - start == 1:
            marks[start] = "S"
    return marks


def _distances(text: str, ending: re.Pattern[str]) -> list[str]:
    """How far each character stands before the end of the next `ending`; "in": part of it."""
    distances = ["-"] * len(text)
    for match in ending.finditer(text):
        length = match.end() - match.start()
        for back in range(_REACH):
            at = match.end() - 1 - back
            if at < 0 or text[at] in _BREAK:
                break
            distances[at] = "in" if back < length else str(back)
    return distances
