"""Which forms a ticket page shows: the likely next steps first, the others behind 更多操作."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from complaints.lifecycle.states import State
from complaints.model import Kind
from complaints.offices.case_file import CaseFile
from complaints.rules import Rules
from desk.pages.step_runs import Fields
from desk.pages.steps import STEPS, Step

Option = tuple[str, str]  # value, label
Group = tuple[str, Sequence[Option]]  # heading, options

_NEXT: Mapping[State, tuple[str, ...]] = {
    State.PENDING: ("dispatch",),
    State.ACCEPTED: ("dispatch",),
    State.RETURN_PENDING: ("dispatch", "refuse-return"),
    State.PAUSED: ("resume", "supplement"),
    State.ANSWERED: ("call-back", "close"),
}
_NOT_SENT = (State.PENDING, State.ACCEPTED)
_ELSEWHERE = ("redact", "reveal")  # beside what they are about
_MOST_OPEN = 2
_RETURNED = "同意退单，改派"


@dataclass(frozen=True)
class StepForm:
    """One form as the template shows it.

    `groups` are the options of its fields, `given` what stands in them.
    """

    name: str
    step: Step
    title: str
    hint: str
    groups: Mapping[str, Sequence[Group]]
    given: Fields
    is_open: bool
    likely: Sequence[Option] = ()
    told: Sequence[Option] = ()


@dataclass(frozen=True)
class Forms:
    """The forms of a page: those that are likely next, the rest, and those in places of their own."""

    now: tuple[StepForm, ...]
    more: tuple[StepForm, ...]
    redact: StepForm | None
    reveal: StepForm


def forms(case: CaseFile, rules: Rules, refused: tuple[str, Fields] | None = None) -> Forms:
    """The forms for what this clerk may do; `refused` is the step that failed, with what was given."""
    failed, given = refused or ("", {})
    may, state = case.choices.may, case.row.state
    offered = (name for name, step in STEPS.items() if step.is_offered(state, may))
    allowed = [name for name in offered if name != "release"]
    first = [name for name in dict.fromkeys((failed, *_first(case, rules))) if name in allowed]
    found = {
        name: _form(name, case, rules, given if name == failed else {})
        for name in dict.fromkeys((*first, *allowed))
    }
    placed = [name for name in found if name not in _ELSEWHERE]
    shown = [name for name in placed if name in first][:_MOST_OPEN]
    return Forms(
        now=tuple(found[name] for name in shown),
        more=tuple(found[name] for name in placed if name not in shown),
        redact=found.get("redact"),
        reveal=found["reveal"],
    )


def _first(case: CaseFile, rules: Rules) -> Iterator[str]:
    """What a clerk most likely does next, in this order."""
    if (case.row.kind_confidence or 1) < rules.routing.sure_kind and case.row.state in _NOT_SENT:
        yield "kind"
    if case.row.state is State.ANSWERED and case.solved is False:
        yield "redo"
    yield from _NEXT.get(case.row.state, ())
    if case.row.overdue:
        yield "supervise"


def _form(name: str, case: CaseFile, rules: Rules, given: Fields) -> StepForm:
    step = STEPS[name]
    returned = name == "dispatch" and case.row.state is State.RETURN_PENDING
    return StepForm(
        name=name,
        step=step,
        title=_RETURNED if returned else step.title,
        hint=_hint(name, case) or step.hint,
        groups={
            field.name: _groups(name, field.name, case, rules)
            for field in step.fields
            if field.input == "choice"
        },
        given=_prefilled(name, case, rules) | dict(given),
        is_open=bool(given) or (name == "redact" and case.row.to_check),
        likely=[(one.number, f"{one.why}，{one.state.label}") for one in case.related.likely]
        if name == "merge"
        else (),
        told=[(one.label, one.door) for one in rules.outcomes.rejections.values()]
        if name == "reject"
        else (),
    )


def _hint(name: str, case: CaseFile) -> str:
    if name == "dispatch" and case.choices.designates:
        return "已经派过两次，这次由热线指定承办，不能再退单。"
    if name == "dispatch" and case.choices.suggested:
        return f"按现在的类别，管辖表建议：{case.choices.suggested.name}。"
    if name == "escalate" and case.choices.above:
        return f"提到：{case.choices.above.name}。"
    return ""


def _prefilled(name: str, case: CaseFile, rules: Rules) -> dict[str, str]:
    if name == "dispatch" and case.choices.suggested:
        return {"bureau": case.choices.suggested.id}
    if name == "redact":
        return {"detail": case.detail}
    if name == "kind":
        return {"kind": case.row.kind.value}
    if name == "close":
        return {"result": case.result or rules.outcomes.default_result}
    return {}


def _groups(name: str, field: str, case: CaseFile, rules: Rules) -> Sequence[Group]:
    """What can be chosen in a field, by headings; one without a heading for a plain list."""
    if field == "bureau":
        return [(head, [(b.id, b.name) for b in some]) for head, some in case.choices.bureaus]
    lists: Mapping[str, Sequence[Option]] = {
        "kind": [(kind.value, kind.label) for kind in Kind],
        "district": case.choices.districts,
        "result": tuple(rules.outcomes.results.items()),
        "reason": [(one.code, one.label) for one in rules.outcomes.rejections.values()],
    }
    return [("", lists[field])]
