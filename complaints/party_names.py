"""How a reporter's words name a registered school or training body."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SHORTEST_PART = 3  # characters of a name that can stand for the whole
# Words that say of what sort a body is. What is made of them alone names none.
_SORT = re.compile(
    "(?:第|[一二三四五六七八九十]|市|区|县|镇|初级|高级|中心|初中|高中|小学|中学|学校|幼儿园|双语|九年|一贯制"
    "|培训|辅导|托管|晚托|晚辅|小饭桌|饭桌|补习|教育|文化|咨询|课业|同步|职业|技能|少儿|儿童|青少年"
    "|语文|数学|英语|思维|阅读|写作|作文|数理化|书法|书画|舞蹈|钢琴|古筝|琴行|琴社|口才|画室|童画"
    "|编程|机器人|无人机|航模|积木|科学|篮球|足球|羽毛球|游泳|跆拳道|体适能|体能|裁剪|烘焙"
    "|工作室|教室|课堂|学堂|俱乐部|训练营|公司|总校|分校|校区|球馆|道馆|[班馆院坊营校])+"
)
_NUMBERED_SCHOOL = re.compile("[一二三四五六七八九十][小中]")
# What stands around 一中 when it is no name: 第一中学, 第三十一中, 周一中午, 云山区一中.
_NOT_BEHIND, _NOT_BEFORE = tuple("第十周初高年级区县市镇"), ("学", "午", "间")


def named_length(names: Sequence[str], text: str, places: tuple[str, ...]) -> int:
    """How many characters of one of a party's `names` stand in `text`; 0 when it names another.

    A text that is only a part of a name counts when it is at least half of it and more than words
    for a sort of body. `places` are the city's place names: 鹭鸣区二小 names 二小.
    """
    wanted, known = plain(text), [plain(name) for name in names]
    held = max((len(name) for name in known if _holds(wanted, name, places)), default=0)
    if held or len(wanted) < _SHORTEST_PART or _SORT.fullmatch(wanted):
        return held
    is_part = any(wanted in name and 2 * len(wanted) >= len(name) for name in known)
    return len(wanted) if is_part else 0


def plain(text: str) -> str:
    """A name without what people write or leave out at will: spaces, brackets, quotes."""
    return "".join(char for char in text if char not in ' \u3000()（）·“”"')


def without_sort(name: str) -> str:
    """What is particular about a name: 砚秋 of 砚秋语文培训中心; empty if it is of one sort only."""
    return _SORT.sub("", name)


def _holds(wanted: str, name: str, places: tuple[str, ...]) -> bool:
    if not _NUMBERED_SCHOOL.fullmatch(name):
        return name in wanted
    before, is_there, after = wanted.partition(name)
    is_own = before.endswith(places) or not before.endswith(_NOT_BEHIND)
    return bool(is_there) and is_own and not after.startswith(_NOT_BEFORE)
