"""Which fact to ask for: the first unknown one whose values lead to different matters or offices.

Found by trying the values against the tables, so a new row or a city's own division of work asks
its question by itself (facts B2).
"""

from __future__ import annotations

from collections.abc import Collection

from complaints.model import Report, is_plausible
from complaints.regions import City
from complaints.routing.case import Case, open_case
from complaints.routing.decision import decide
from complaints.routing.questions import Question
from complaints.routing.table import RoutingTable

MOST_QUESTIONS = 2
"""How many of these questions one report is asked at most."""


def deciding_question(
    report: Report, city: City, table: RoutingTable, *, skip: Collection[str] = ()
) -> Question | None:
    """The question to ask next, or None when nothing that could be told would change the way.

    Nothing is asked when the kind is unsure (a clerk decides) or when it is urgent. `skip` are facts
    that were asked for in other words.
    """
    asked = report.stated
    if report.urgent or report.kind_confidence < table.sure_kind or len(asked) >= MOST_QUESTIONS:
        return None
    case = open_case(report, city, table)
    if decide(case).urgent:
        return None
    for question in table.questions:
        fact = question.fact
        if fact in asked or fact in skip or case.facts.known(fact) is not None:
            continue
        plausible = _plausible(question, report)
        outcomes = {_outcome(case.with_fact(fact, o.value)) for o in plausible.options}
        if len(outcomes) > 1:
            return plausible
    return None


def _plausible(question: Question, report: Report) -> Question:
    if question.fact != "party_type":
        return question
    return question.without(
        o.value for o in question.options if not is_plausible(report.kind, o.value)
    )


def _outcome(case: Case) -> tuple[str, str]:
    decision = decide(case)
    return decision.matter_code, decision.lead
