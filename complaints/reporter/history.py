"""A ticket's events as lines for its reporter: what was done, by which office, and why.

What only concerns the offices is left out: corrections, tasks, warnings, readings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from complaints.lifecycle.states import Action, Role
from complaints.rules import Rules
from complaints.storage.tables import Event
from complaints.workdays import SHANGHAI

_ERASED = "（内容已按保存期限清除）"
OTHERS_ASKED = "办理单位在等补充情况，期间不计时"
"""Of a pause of the main ticket (并单): who is asked for what is another reporter's."""


@dataclass(frozen=True)
class _Step:
    """One event, with the names that its line needs."""

    event: Event
    rules: Rules

    @property
    def by(self) -> str:
        """Who did it."""
        bureau = self.rules.city.bureaus.get(self.event.actor)
        if bureau:
            return bureau.name
        return "热线" if self.event.role == Role.HOTLINE else "办理单位"

    @property
    def text(self) -> str:
        return self.event.text or _ERASED

    @property
    def by_reporter(self) -> bool:
        return self.event.role == Role.REPORTER

    def bureau(self, fact: str) -> str:
        """The office that a fact names."""
        bureau = self.rules.city.bureaus.get(str(self.event.facts.get(fact)))
        return bureau.name if bureau else "其他单位"


def line(event: Event, rules: Rules) -> str | None:
    """An event in a reporter's words, with its time in Asia/Shanghai; None for internal ones."""
    says = _LINES.get(event.action)
    words = says(_Step(event, rules)) if says else None
    return _at(event, words) if words else None


def line_of_main(event: Event, rules: Rules) -> str | None:
    """An event of the main ticket for a reporter whose own was merged into it (并单).

    What the other reporters did and were asked is theirs; that the case was taken up again is not.
    """
    if event.action == Action.PAUSE:
        return _at(event, OTHERS_ASKED)
    if event.action == Action.REOPEN and event.role == Role.REPORTER:
        return _at(event, "已重新办理")
    if event.role == Role.REPORTER or event.action not in _OF_MAIN:
        return None
    return line(event, rules)


def _at(event: Event, words: str) -> str:
    return f"{event.at.astimezone(SHANGHAI):%m月%d日 %H:%M} {words}"


def promise_note(event: Event) -> str | None:
    """Why the promised day moved, when this event moved it."""
    if event.action == Action.PAUSE:
        return f"等您补充，期间不计时：{event.text or _ERASED}"
    if event.action == Action.EXTEND:
        return _extended(event)
    return None


def day_name(day: date) -> str:
    """A day as people write it: 2026年12月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _extended(event: Event) -> str:
    until, days = event.facts.get("until"), event.facts.get("workdays")
    by = f"延期到{day_name(date.fromisoformat(until))}" if until else f"延期{days}个工作日"
    return f"{by}，因为：{event.text or _ERASED}"


def _answered(step: _Step) -> str:
    outcomes, facts = step.rules.outcomes, step.event.facts
    finding = outcomes.findings.get(str(facts.get("finding")))
    results = [outcomes.results.get(code, code) for code in facts.get("results") or ()]
    parts = [f"核查结论：{finding.label}"] if finding else []
    parts += [f"办理结果：{'、'.join(results)}"] if results else []
    return f"{step.by}答复：{step.text}" + (f"（{'；'.join(parts)}）" if parts else "")


def _rejected(step: _Step) -> str:
    known = step.rules.outcomes.rejections.get(str(step.event.facts.get("reason")))
    return f"不予受理{f'（{known.label}）' if known else ''}：{step.text}"


def _arbitrated(step: _Step) -> str | None:
    refused = step.event.facts.get("decision") == "refused"
    return f"热线决定仍由{step.bureau('to')}办理" if refused else None


def _called_back(step: _Step) -> str:
    facts = step.event.facts
    if not step.by_reporter:
        return "热线已回访" if facts.get("reached") else "热线回访，没有联系到您"
    solved = "已解决" if facts.get("solved") else "没有解决"
    return f"您的评价：{solved}，{'满意' if facts.get('satisfied') else '不满意'}"


def _closed(step: _Step) -> str:
    result = step.rules.outcomes.results.get(str(step.event.facts.get("result")))
    return f"工单已办结：{result}" if result else "工单已办结"


def _supplemented(step: _Step) -> str:
    if not step.by_reporter:
        return "热线替您补充了情况"
    files = step.event.facts.get("files")
    return f"您补充了材料（{files}个文件）" if files else "您补充了情况"


def _split(step: _Step) -> str:
    into = step.event.facts.get("into")
    return f"其中一部分另立工单{into}办理" if into else "不再合并，单独办理"


_LINES: dict[str, Callable[[_Step], str | None]] = {
    "file": lambda step: "您的举报已登记",
    Action.ACCEPT: lambda step: "热线已受理",
    Action.REJECT: _rejected,
    Action.DISPATCH: lambda step: f"已转给{step.bureau('to')}",
    Action.DESIGNATE: lambda step: f"热线指定由{step.bureau('to')}办理",
    Action.ARBITRATE: _arbitrated,
    Action.SIGN: lambda step: f"{step.by}已签收，正在办理",
    Action.RETURN: lambda step: f"{step.by}认为不归其办理，热线正在重新安排",
    Action.TRANSFER: lambda step: f"已移交{step.bureau('to')}办理",
    Action.ESCALATE: lambda step: f"已提级，由{step.bureau('to')}办理",
    Action.WHISTLE: lambda step: "已请相关部门一起处理",
    Action.PAUSE: lambda step: f"{step.by}请您补充（期间不计时）：{step.text}",
    Action.RESUME: lambda step: "恢复办理",
    Action.EXTEND: lambda step: f"{step.by}{_extended(step.event)}",
    Action.ANSWER: _answered,
    Action.CALL_BACK: _called_back,
    Action.REDO: lambda step: "热线要求重新办理",
    Action.CLOSE: _closed,
    Action.REOPEN: lambda step: (
        "您反映没有解决，已重新办理" if step.by_reporter else "热线决定重新办理"
    ),
    Action.SUPPLEMENT: _supplemented,
    Action.WITHDRAW: lambda step: "您撤回了举报",
    Action.MERGE: lambda step: "已和同一件事的其他举报合并办理，仍可凭您的查询码查看",
    Action.SPLIT: _split,
    Action.OVERDUE: lambda step: "超过了答复时间，已提醒热线",
    Action.SUPERVISE: lambda step: "热线已督办",
    Action.ERASE: lambda step: "按保存期限，个人信息已清除",
}
_OF_MAIN = frozenset(
    {
        Action.DISPATCH,
        Action.DESIGNATE,
        Action.ARBITRATE,
        Action.SIGN,
        Action.RETURN,
        Action.TRANSFER,
        Action.ESCALATE,
        Action.WHISTLE,
        Action.PAUSE,
        Action.RESUME,
        Action.EXTEND,
        Action.ANSWER,
        Action.REDO,
        Action.CLOSE,
        Action.REOPEN,
        Action.OVERDUE,
        Action.SUPERVISE,
        Action.REJECT,
    }
)
