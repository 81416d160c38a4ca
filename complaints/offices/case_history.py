"""A ticket's events in a clerk's words: who did what when, and what came with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints.lifecycle.redacting import SAID_LATER
from complaints.lifecycle.states import Action
from complaints.lifecycle.tasks import TaskKind
from complaints.model import Kind
from complaints.offices.names import Names
from complaints.rules import Rules
from complaints.storage.tables import Event, Task

STEP_WORDS = {action.value: action.label for action in Action} | {
    "file": "登记举报",
    "receipt": "换发查询码",
    "reveal_asked": "申请查看举报人信息",
    "reveal_decided": "审批查看申请",
    "revealed": "查看了举报人信息",
    "evidence_released": "放行材料给承办单位",
    "declare_interest": "登记回避",
    "end_interest": "结束回避登记",
    "risk": "风险提示",
}
"""What people read for every action that an event can tell."""

_CLEARED = "（内容已按保存期限清除）"


@dataclass(frozen=True)
class Step:
    """One line of the history: when, who, what, and the words or changes that go with it.

    `seq`: the event whose words are a reporter's and may be corrected.
    """

    at: datetime
    who: str
    what: str
    change: str | None
    text: str | None
    seq: int | None = None


@dataclass(frozen=True)
class _Told:
    """The facts of one event and what their codes stand for."""

    facts: Mapping[str, Any]
    rules: Rules
    names: Names
    tasks: Mapping[int, Task]


def history(
    events: Sequence[Event], tasks: Iterable[Task], rules: Rules, names: Names
) -> tuple[Step, ...]:
    """The events of a ticket, in their order."""
    by_id = {task.id: task for task in tasks}
    return tuple(
        Step(
            at=event.at,
            who=names.who(event.role, event.actor),
            what=_what(event),
            change=_change(event, _Told(event.facts, rules, names, by_id)),
            text=event.text or (_CLEARED if event.text_hash else None),
            seq=event.seq if event.text and event.action in SAID_LATER else None,
        )
        for event in events
    )


def _what(event: Event) -> str:
    if event.action == Action.SIGN and event.facts.get("silent"):
        return "期限内未退单，视为签收"
    return STEP_WORDS.get(event.action, event.action)


def _change(event: Event, told: _Told) -> str | None:
    says = _CHANGES.get(event.action)
    return says(told) or None if says else None


def _moved(told: _Told) -> str:
    before, after = told.facts.get("from"), told.facts.get("to")
    if after and before and before != after:
        return f"{told.names.bureau(before)} → {told.names.bureau(after)}{_helped(told)}"
    return f"{told.names.bureau(after)}{_helped(told)}" if after else ""


def _helped(told: _Told) -> str:
    """What a clerk changed of the co-handlers."""
    words = (("also", "另请协办"), ("without", "不请协办"))
    parts = ((word, told.facts.get(name) or ()) for name, word in words)
    named = ((word, "、".join(map(told.names.bureau, some))) for word, some in parts if some)
    return "".join(f"；{word}：{bureaus}" for word, bureaus in named)


def _kinds(told: _Told) -> str:
    return f"{_kind(told.facts.get('from'))} → {_kind(told.facts.get('to'))}"


def _kind(value: object) -> str:
    return Kind(str(value)).label if value in set(Kind) else str(value)


def _corrected(told: _Told) -> str:
    return f"{_subject(told, told.facts.get('from') or {})} → {_subject(told, told.facts)}"


def _subject(told: _Told, ids: Mapping[str, Any]) -> str:
    """Registered party and place before or after a correction."""
    city = told.rules.city
    party = city.parties.get(ids.get("party_id") or "")
    place = city.place_at(ids.get("district"), ids.get("street"))
    return f"{party.name if party else '名册外'}（{place.name if place else '所在区不明'}）"


def _rejected(told: _Told) -> str:
    known = told.rules.outcomes.rejections.get(str(told.facts.get("reason")))
    return known.label if known else ""


def _arbitrated(told: _Told) -> str:
    if told.facts.get("decision") == "refused":
        return f"退单不成立，由{told.names.bureau(told.facts.get('to'))}继续办理{_helped(told)}"
    return "同意退单"


def _answered(told: _Told) -> str:
    finding = told.rules.outcomes.findings.get(str(told.facts.get("finding")))
    results = [_result(told, code) for code in told.facts.get("results") or ()]
    return "；".join(([finding.label] if finding else []) + results)


def _result(told: _Told, code: object) -> str:
    return told.rules.outcomes.results.get(str(code), str(code))


def _called_back(told: _Told) -> str:
    if told.facts.get("reached") is False:
        return "没有联系到举报人"
    asked = (("solved", "已解决", "没解决"), ("satisfied", "满意", "不满意"))
    return "，".join(yes if told.facts.get(name) else no for name, yes, no in asked)


def _into(told: _Told) -> str:
    into, out_of = told.facts.get("into"), told.facts.get("from")
    return str(into) if into else (f"从 {out_of} 分出" if out_of else "")


_STEPS_OVER = {
    "accept": "受理已到期限",
    "sign": "签收已到期限，承办单位还没有签收",
    "arbitrate": "退单审定已到期限",
}


def _warned(told: _Told) -> str:
    left, of_task = told.facts.get("workdays_left"), told.tasks.get(told.facts.get("task") or 0)
    if told.facts.get("step") in _STEPS_OVER:
        return _STEPS_OVER[told.facts["step"]]
    if of_task:
        return f"{TaskKind(of_task.kind).label}已到期限（{told.names.bureau(of_task.bureau)}）"
    return f"还剩 {left} 个工作日" if left else ""


def _task(told: _Told) -> str:
    task = told.tasks.get(told.facts.get("task") or 0)
    if task is None:
        return told.names.bureau(told.facts["to"]) if told.facts.get("to") else ""
    return f"{TaskKind(task.kind).label}（{told.names.bureau(task.bureau)}）"


_CHANGES: Mapping[str, Callable[[_Told], str]] = {
    Action.DISPATCH: _moved,
    Action.DESIGNATE: _moved,
    Action.TRANSFER: _moved,
    Action.ESCALATE: _moved,
    Action.WHISTLE: _moved,
    Action.REOPEN: _moved,
    Action.RECLASSIFY: _kinds,
    Action.CORRECT: _corrected,
    Action.REJECT: _rejected,
    Action.ARBITRATE: _arbitrated,
    Action.EXTEND: lambda told: f"{told.facts.get('workdays')} 个工作日",
    Action.ANSWER: _answered,
    Action.CALL_BACK: _called_back,
    Action.CLOSE: lambda told: _result(told, told.facts.get("result")),
    Action.MERGE: lambda told: f"并入 {told.facts.get('into')}",
    Action.SPLIT: _into,
    Action.WARN: _warned,
    Action.TASK_SIGN: _task,
    Action.TASK_DONE: _task,
    Action.NOTIFY: _task,
    "reveal_decided": lambda told: "同意" if told.facts.get("approved") else "不同意",
}
