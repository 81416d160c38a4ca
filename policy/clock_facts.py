"""At what time of day something starts and ends, in minutes since midnight.

Parents rarely say which half of the day they mean (上到九点, 七点到校); what they do there tells.
"""

from __future__ import annotations

import re
from datetime import time

from resolution.clock import Phrase, read_clock
from resolution.clock_times import Spoken, clock_times, undotted

_NOON = 12 * 60
_EVENING_FROM = 18 * 60
_CLAUSES = re.compile(r"[,，。；;！!？?\n]")
_MORNING = re.compile(
    r"到校|早读|早自习|进校|入校|起床|晨读|到学校|早操|进班|到班|早到|早上|上学|第一节|头节课|头一节|早课"
    r"|(?:小学|初中|中学|高中|学校|[初高][一二三]).{0,6}[七八789]点.{0,3}上课"
)
_ENDING = re.compile(
    r"^(?:多|半)?(?:钟|整|多)?(?:才|都|就|准时)*(?:下课|放学|结束|放人|散|回家|下学|睡|关门|为止|收|下(?![午周面个月次来去])|就寝|熄灯|放(?!假))"
)
_UNTIL = re.compile(r"(?:[到至拖]|才|-)$")
_GOES_ON = re.compile(r"还在|还没|仍在|还上|还有|开始上|才开始|之后|以后|上课|的课")


def read_times(plain: str) -> dict[str, float]:
    """`starts` and `ends` of a normalised text, as far as it tells; the latest end counts.

    What is still going on at a time (九点还在上课) ends later than that time.
    """
    starts: list[int] = []
    ends: list[int] = []
    for clause in _CLAUSES.split(undotted(plain)):
        begin, end = _of_clause(clause)
        starts += [begin] if begin is not None else []
        ends += [end] if end is not None else []
    found: dict[str, float] = {}
    if starts:
        found["starts"] = float(min(starts))
    if ends:
        found["ends"] = float(max(ends))
    return found


def _of_clause(clause: str) -> tuple[int | None, int | None]:
    clock = read_clock(Phrase("", clause, ""))
    begin, end = _minutes(clock.start), _minutes(clock.end)
    if begin is None and end is None:
        begin, end = _by_context(clause)
    if end is None and begin is not None and begin >= _EVENING_FROM and _GOES_ON.search(clause):
        return begin, begin + 1
    return begin, end


def _minutes(moment: time | None) -> int | None:
    return None if moment is None else moment.hour * 60 + moment.minute


def _by_context(clause: str) -> tuple[int | None, int | None]:
    """Times whose half of the day was not said: mornings at school, evenings elsewhere."""
    begin = end = None
    for said in clock_times(clause):
        minutes = said.hour * 60 + said.minute
        if _MORNING.search(clause) and said.hour <= 11:
            begin = minutes
        elif 5 <= said.hour <= 11:
            if _is_end(said, clause):
                end = minutes + _NOON
            else:
                begin = minutes + _NOON
    return begin, end


def _is_end(said: Spoken, clause: str) -> bool:
    return bool(_UNTIL.search(clause[: said.begin]) or _ENDING.match(clause[said.end :]))
