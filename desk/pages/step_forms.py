"""Which forms a ticket page shows: the likely next steps first, the others behind 更多操作."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from complaints.lifecycle.states import State
from complaints.model import Kind
from complaints.offices.case_file import CaseFile
from complaints.regions import City
from complaints.rules import Rules
from desk.pages.step_runs import Fields
from desk.pages.steps import MOVED, STEPS, Step

Option = tuple[str, str]  # value, label
Group = tuple[str, Sequence[Option]]  # heading, options

_NEXT: Mapping[State, tuple[str, ...]] = {
    State.PENDING: ("dispatch",),
    State.ACCEPTED: ("dispatch",),
    State.RETURN_PENDING: ("dispatch", "refuse-return"),
    State.PAUSED: ("resume", "supplement"),
    State.ANSWERED: ("call-back", "close"),
}
_NEXT_UNSOLVED: Mapping[State, tuple[str, ...]] = {
    State.CLOSED: ("reopen", "call-back"),
    State.MERGED: ("part", "call-back"),
}
_NOT_SENT = (State.PENDING, State.ACCEPTED)
_ELSEWHERE = ("redact", "reveal")  # beside what they are about
_BESIDE_ROWS = ("redact-said", "release")  # their forms stand in the page
_MOST_OPEN = 2
_MOVED, _RETURNED = "改派", "同意退单，改派"


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
    allowed = [name for name in offered if name not in _BESIDE_ROWS]
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
    if case.row.unsolved:
        yield from _NEXT_UNSOLVED.get(case.row.state, ())
    yield from _NEXT.get(case.row.state, ())
    if case.row.overdue:
        yield "supervise"


def _form(name: str, case: CaseFile, rules: Rules, given: Fields) -> StepForm:
    step, moves = STEPS[name], name == "dispatch" and case.choices.moves
    if moves:
        title = _RETURNED if case.row.state is State.RETURN_PENDING else _MOVED
        step = replace(step, title=title, fields=MOVED)
    return StepForm(
        name=name,
        step=step,
        title=step.title,
        hint=(_hint(name, case) or step.hint) + _helping(name, case),
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


def _helping(name: str, case: CaseFile) -> str:
    if name not in ("dispatch", "designate") or not case.help.helping:
        return ""
    return f"协办：{'、'.join(bureau.name for bureau in case.help.helping)}；派到别的区，换成那个区的单位。"


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
    if field == "also":
        return [(head, [(b.id, b.name) for b in some]) for head, some in case.help.others]
    if name == "correct":
        return _places(field, rules.city)
    lists: Mapping[str, Sequence[Option]] = {
        "kind": [(kind.value, kind.label) for kind in Kind],
        "district": case.choices.districts,
        "without": [(bureau.id, bureau.name) for bureau in case.help.helping],
        "result": tuple(rules.outcomes.results.items()),
        "reason": [(one.code, one.label) for one in rules.outcomes.rejections.values()],
    }
    return [("", lists[field])]


def _places(field: str, city: City) -> Sequence[Group]:
    """All districts, or all streets by their districts."""
    if field == "district":
        return [("", [(place.district, place.district_name) for place in city.districts])]
    streets = [(p.district, str(p.street), str(p.street_name)) for p in city.streets]
    return [
        (whole.district_name, [(id_, name) for of, id_, name in streets if of == whole.district])
        for whole in city.districts
    ]
