"""What a clerk can do with a ticket: path → what is given → step of the life cycle.

All that a form of the ticket page may ask for; what is not here is no address of the pages, and what
is not offered in the ticket's state is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from complaints.lifecycle.act import Actor, barred_from
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import NotAllowed
from complaints.offices.choices import hotline_may
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from desk.pages import step_runs
from desk.pages.step_runs import Fields

Run = Callable[[Session, Ticket, Actor, Fields, Rules, datetime], object]
Input = Literal["words", "line", "choice", "yes_no"]


@dataclass(frozen=True)
class Field:
    """One field of a form: `words` is a text of several lines, `choice` is chosen from a list."""

    name: str
    label: str
    input: Input = "words"
    required: bool = True


@dataclass(frozen=True)
class Step:
    """One step: which action must be allowed, the fields, what runs, and what the page says.

    `states`: those in which it is offered, where the action alone does not tell.
    """

    action: Action | None
    title: str
    button: str
    done: str
    fields: tuple[Field, ...]
    run: Run
    hint: str = ""
    states: Collection[State] = tuple(State)

    def is_offered(self, state: State, may: Collection[Action]) -> bool:
        """Whether a ticket in this state, with which the hotline may do this, can take the step."""
        return (self.action is None or self.action in may) and state in self.states


def take(
    session: Session,
    ticket: Ticket,
    name: str,
    clerk: Actor,
    fields: Fields,
    rules: Rules,
    now: datetime,
) -> None:
    """Take a step of `STEPS` in an open write transaction. Raises NotAllowed, NotFound."""
    step, state = STEPS[name], State(ticket.state)
    may = hotline_may(ticket, barred_from(session, ticket), rules.city)
    if not step.is_offered(state, may):
        raise NotAllowed("wrong_state", f"工单当前状态为“{state.label}”，不能{step.title}。")
    step.run(session, ticket, clerk, fields, rules, now)


_UNMERGED = tuple(state for state in State if state is not State.MERGED)
_REASON = Field("reason", "理由")
_KIND = Field("kind", "事项类别", "choice")
_BUREAU = Field("bureau", "承办单位", "choice")
_HELP = (
    Field("also", "另请协办（可不选）", "choice", required=False),
    Field("without", "不请协办（可不选）", "choice", required=False),
)
MOVED = (_BUREAU, *_HELP, Field("reason", "改派的理由", "line"))
"""The fields of a dispatch of what was sent before."""

STEPS: Mapping[str, Step] = {
    "accept": Step(Action.ACCEPT, "受理", "受理", "工单已受理。", (), step_runs.accept, "先受理，稍后再派单。"),
    "reject": Step(
        Action.REJECT, "不予受理", "不予受理", "已不予受理，举报人会看到说明。",
        (Field("reason", "理由", "choice"), Field("door", "给举报人的说明（留空则用该理由的说明）", required=False)),
        step_runs.reject,
    ),
    "dispatch": Step(
        Action.DISPATCH, "派单", "派出工单", "工单已派出。",
        (_BUREAU, *_HELP, Field("reason", "说明（可不填）", "line", required=False)), step_runs.dispatch,
    ),
    "designate": Step(
        Action.DESIGNATE, "指定承办", "指定承办", "已指定承办单位。", (_BUREAU, *_HELP, _REASON), step_runs.designate,
        "指定后承办单位不能退单。办理中、待补充的工单也可以换单位：暂停结束，答复期限不变。",
    ),
    "refuse-return": Step(
        Action.ARBITRATE, "退单不成立", "退回原单位办理", "退单未获同意，工单已回到原单位。",
        (_REASON,), step_runs.refuse_return,
    ),
    "transfer": Step(
        Action.TRANSFER, "跨区移交", "移交", "工单已移交。",
        (Field("district", "移交到", "choice"), _REASON), step_runs.transfer, "移交给另一个区的同类单位。",
    ),
    "escalate": Step(Action.ESCALATE, "提级办理", "提级办理", "工单已提级。", (_REASON,), step_runs.escalate),
    "kind": Step(
        Action.RECLASSIFY, "改定事项类别", "改定类别", "事项类别已改定。", (_KIND,), step_runs.reclassify
    ),
    "correct": Step(
        Action.CORRECT, "更正对象和地点", "更正", "对象和地点已更正。",
        (
            Field("party", "举报的是谁（名册里的名称会自动对上）", "line", required=False),
            Field("place", "地点", "line", required=False),
            Field("district", "区", "choice", required=False),
            Field("street", "镇街", "choice", required=False),
        ),
        step_runs.correct, "只填要更正的，留空的不变。期限、协办、回避、通报都按更正后的重新算。",
    ),
    "redact": Step(
        Action.REDACT, "改正脱敏文字", "保存文字", "承办单位看到的文字已改正。",
        (Field("detail", "承办单位看到的文字"),), step_runs.redact,
        "请去掉能认出举报人和孩子的内容，事实要留下。原话密封保存，不会改动。",
    ),
    "resume": Step(Action.RESUME, "恢复办理", "恢复办理", "已恢复计时。", (), step_runs.resume, "不再等举报人补充。"),
    "supplement": Step(
        Action.SUPPLEMENT, "代举报人补充", "补充到工单", "已补充，承办单位看到的是脱敏后的文字。",
        (Field("text", "举报人来电补充的内容"),), step_runs.supplement,
    ),
    "supervise": Step(
        Action.SUPERVISE, "督办", "发出督办单", "督办单已发出。", (Field("text", "督办要求"),), step_runs.supervise
    ),
    "call-back": Step(
        Action.CALL_BACK, "回访", "记录回访", "回访已记录。",
        (
            Field("reached", "是否联系到举报人", "yes_no"),
            Field("solved", "是否解决", "yes_no"),
            Field("satisfied", "是否满意", "yes_no"),
            Field("words", "举报人的意见（可不填）", required=False),
        ),
        step_runs.call_back,
    ),
    "redo": Step(
        Action.REDO, "退回重办", "退回重办", "已退回承办单位重办。", (_REASON,), step_runs.redo,
        "答复没有说清或没有办到位，期限重新计算。",
    ),
    "close": Step(
        Action.CLOSE, "办结", "办结工单", "工单已办结。", (Field("result", "办理结果", "choice"),), step_runs.close
    ),
    "reopen": Step(Action.REOPEN, "重新办理", "重新办理", "工单已重新办理。", (_REASON,), step_runs.reopen),
    "merge": Step(
        Action.MERGE, "并单", "并入主单", "已并入主单。", (Field("main", "主单的工单号", "line"),), step_runs.merge,
        "并单不并人：举报人的查询码和评价照旧，承办单位只看到主单。",
    ),
    "part": Step(
        Action.SPLIT, "从主单拆出", "拆出", "已从主单拆出，请重新派单。", (), step_runs.part, "不是同一件事，单独办理。",
        (State.MERGED,),
    ),
    "split": Step(
        Action.SPLIT, "拆单", "拆出一件", "已拆出一件新工单。",
        (_KIND, Field("detail", "拆出的事项（承办单位看到的文字）")), step_runs.split, "一件举报里说了两件事。",
        _UNMERGED,
    ),
    "reveal": Step(
        None, "申请查看举报人信息", "提交申请", "申请已提交，请另一位同事审批。", (_REASON,), step_runs.ask_reveal,
        "要另一位同事同意，24 小时内有效，每次查看都会留痕。",
    ),
    "redact-said": Step(
        Action.REDACT, "改正这段话", "保存文字", "承办单位看到的文字已改正。",
        (Field("event", "哪一段", "line"), Field("words", "承办单位看到的文字")), step_runs.redact_said,
    ),
    "release": Step(
        None, "放行材料", "放行给承办单位", "材料已放行。", (Field("ref", "材料", "line"),), step_runs.release
    ),
}  # fmt: skip
