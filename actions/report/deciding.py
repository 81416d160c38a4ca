"""The questions whose answer decides who handles a report (facts B2), asked before the read-back."""

from __future__ import annotations

from actions.report.draft import UNKNOWN, Draft, missing
from actions.report.filing import to_report
from actions.turn import Turn
from complaints.regions import City
from complaints.routing.deciding import deciding_question
from complaints.routing.questions import UNKNOWN as NOT_KNOWN
from complaints.routing.questions import Question
from complaints.routing.table import RoutingTable

ASKED = "fact"
"""The name under which such a question is asked for, like a slot."""

_AFTERWARDS = (None, "anonymous", "contact")
_TRIES = 2


def question_for(draft: Draft, city: City, table: RoutingTable) -> Question | None:
    """What to ask now: nothing before the report itself is told, nor what was asked in other words."""
    if missing(draft, city) not in _AFTERWARDS:
        return None
    skip = {"subject_class"} if draft.subject == UNKNOWN else set()
    skip |= {"stage"} if draft.grade == UNKNOWN else set()
    return deciding_question(to_report(draft), city, table, skip=skip)


def answered(
    draft: Draft, turn: Turn, asked: str | None, city: City, table: RoutingTable
) -> Draft | None:
    """The draft with the fact that a button or a short typed answer tells; None when it tells none."""
    if turn.is_button:
        return _pressed(draft, turn, table)
    question = question_for(draft, city, table) if asked == ASKED else None
    value = question.answer(turn.text) if question else None
    return _stated(draft, turn, question.fact, value) if question and value else None


def not_understood(draft: Draft, city: City, table: RoutingTable) -> Draft:
    """After a second answer that says nothing the fact counts as not known: nobody is held up by it."""
    question = question_for(draft, city, table)
    if question is None or draft.fact_asked + 1 < _TRIES:
        return draft.with_answers(fact_asked=draft.fact_asked + 1)
    return draft.with_answers(stated={**draft.stated, question.fact: NOT_KNOWN}, fact_asked=0)


def told_lines(draft: Draft, table: RoutingTable) -> tuple[tuple[str, str], ...]:
    """(title, answer) of what was answered, for the read-back."""
    asked = (question for question in table.questions if question.fact in draft.stated)
    return tuple((q.title, q.label(draft.stated[q.fact])) for q in asked)


def _pressed(draft: Draft, turn: Turn, table: RoutingTable) -> Draft | None:
    # A button of a policy answer names facts too: those are another book's.
    if turn.act != "choose":
        return None
    fact, value = turn.choice.get("fact"), str(turn.choice.get("value"))
    question = next((one for one in table.questions if one.fact == fact), None)
    if question is None or value not in dict(question.choices):
        return None
    return _stated(draft, turn, question.fact, value)


def _stated(draft: Draft, turn: Turn, fact: str, value: str) -> Draft:
    draft = draft.with_answers(
        stated={**draft.stated, fact: value}, fact_asked=0, urgent=draft.urgent or turn.urgent
    )
    if turn.contact_ref and draft.anonymous is None:
        return draft.with_answers(anonymous=False, contact=turn.contact_ref)
    return draft
