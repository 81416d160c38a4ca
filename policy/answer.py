"""How an answer reads: plain words first, then the source, then one next step.

Which rules decide is `decision`'s business; where it is shown is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policy.conditions import FactValue
from policy.decision import Decision
from policy.model import NATIONAL, Document, FactWords, Rule, Verdict

LONGEST = 120  # characters of plain words
OPENING = {
    Verdict.FORBIDDEN: "不允许。",
    Verdict.ALLOWED: "允许。",
    Verdict.DEPENDS: "要看情况。",
    Verdict.INFO: "",
}
NO_LONGER = "（旧规定，已不再施行，只作了解）"
STATUS_NAMES = {
    "in_force": "现行有效",
    "expired": "已期满",
    "repealed": "已废止",
    "draft": "征求意见稿，未施行",
}
NOT_FOUND = "这个问题我没有查到有出处的规定，不敢乱说。"
BEYOND = "这不在规则库里："
STEPS = {
    Verdict.FORBIDDEN: "要反映这件事，点“我要举报”，您说过的会填进表里。",
    Verdict.OUT_OF_SCOPE: "您可以转人工问问，也可以让我登记成一件咨询。",
}
LOOK_UP = "查机构：全国校外教育培训监管与服务综合平台，或“校外培训家长端”。"
READ_ON = "想看这条规则的全文，点下面的文件名。"
_ABOUT_BODIES = frozenset({"training_fees_refund", "unlicensed_training"})


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands. `status` is in_force, expired, repealed or draft."""

    rule_id: str
    document: str
    number: str | None
    article: str | None
    url: str | None
    date: str
    region: str
    status: str

    def as_dict(self) -> dict[str, str | None]:
        """The form in which the chat API hands it out."""
        return {
            "document": self.document,
            "number": self.number,
            "article": self.article,
            "url": self.url,
            "status": self.status,
            "page": f"/policy#{self.rule_id}",
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another rule that may be meant: its title is what a button says."""

    rule_id: str
    title: str


@dataclass(frozen=True, slots=True)
class AskBack:
    """The one fact that would decide, as a question with buttons (title, value)."""

    fact: str
    question: str
    buttons: tuple[tuple[str, FactValue], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. Not understood: the words decline, and there is no citation and no rule.

    `rule_ids`: the deciding rules in order, then the nearest others. `next_step`: one sentence.
    `facts`, `question`: what the answer rests on, to be kept for a follow-up.
    """

    verdict: Verdict
    words: str
    next_step: str
    citations: tuple[Citation, ...] = ()
    rule_ids: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    ask: AskBack | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    question: str = ""

    @property
    def offers_report(self) -> bool:
        """Whether a report is the natural next step: of what is not allowed or may not be."""
        return self.verdict in (Verdict.FORBIDDEN, Verdict.DEPENDS, Verdict.OUT_OF_SCOPE)

    @property
    def understood(self) -> bool:
        """Whether a rule answers."""
        return self.verdict is not Verdict.OUT_OF_SCOPE

    @property
    def text(self) -> str:
        """All of it: words, source, next step; a question back is the next step."""
        step = self.ask.question if self.ask else self.next_step
        return f"{self.plain}\n{step}"

    @property
    def plain(self) -> str:
        """Words and source alone, for where another step is already under way."""
        return "\n".join(part for part in (self.words, source_line(self.citations)) if part)


def answer_decision(
    decision: Decision, words: FactWords, facts: Mapping[str, FactValue], on: date
) -> Answer:
    """The answer that a decision of the judge becomes on a day."""
    first = decision.findings[0]
    verdict = decision.verdict if first.rule.in_force_on(on) else Verdict.INFO
    ask = ask_back(decision.missing, words) if verdict is Verdict.DEPENDS else None
    if verdict is Verdict.INFO or first.case is None:
        said = _informed(first.rule, verdict, decision.missing, words, on)
    else:
        said = OPENING[verdict] + first.case.say
    return Answer(
        verdict=verdict,
        words=said,
        next_step=_next_step(verdict, first.rule),
        citations=citations(first.rule, on),
        rule_ids=tuple(finding.rule.id for finding in decision.findings),
        ask=ask,
        facts=facts,
    )


def answer_rule(rule: Rule, on: date) -> Answer:
    """A rule as it stands, for example when its button was pressed."""
    said = rule.statement if rule.in_force_on(on) else _as_history(rule)
    step = _next_step(Verdict.INFO, rule)
    return Answer(Verdict.INFO, said, step, citations(rule, on), (rule.id,))


def declined(door: str | None) -> Answer:
    """No rule answers; `door` says who does."""
    words = BEYOND + door if door else NOT_FOUND
    return Answer(Verdict.OUT_OF_SCOPE, words, STEPS[Verdict.OUT_OF_SCOPE])


def ask_back(missing: tuple[str, ...], words: FactWords) -> AskBack | None:
    """The question for the first missing fact that a parent can be asked for."""
    for name in missing:
        question = words.ask_for(name)
        if question is None:
            continue
        asked = words.choices.get(name) or words.flags.get(name)
        return AskBack(name, question, tuple(asked.buttons.items()) if asked else ())
    return None


def citations(rule: Rule, on: date) -> tuple[Citation, ...]:
    """Where a rule stands, with the state of each document on a day."""
    return tuple(
        Citation(
            rule_id=rule.id,
            document=source.document.title,
            number=source.document.number,
            article=source.article,
            url=source.document.url,
            date=source.document.date,
            region=source.document.region,
            status=_status(source.document, rule, on),
        )
        for source in rule.sources
    )


def source_line(cited: tuple[Citation, ...]) -> str:
    """〔文件·文号·条·日期·效力·地区〕; a part that is not known is left out."""
    return "〔" + "；".join(map(_cited, cited)) + "〕" if cited else ""


def _status(document: Document, rule: Rule, on: date) -> str:
    if document.status == "in_force" and not rule.in_force_on(on):
        return "expired"
    return document.status


def _cited(citation: Citation) -> str:
    parts = (
        f"《{citation.document}》",
        citation.number,
        citation.article,
        "日期不详" if citation.date == "unknown" else citation.date,
        STATUS_NAMES[citation.status],
        "全国" if citation.region == NATIONAL else citation.region,
    )
    return "·".join(part for part in parts if part)


def _informed(
    rule: Rule, verdict: Verdict, missing: tuple[str, ...], words: FactWords, on: date
) -> str:
    if not rule.in_force_on(on):
        return _as_history(rule)
    opened = OPENING[verdict] + rule.statement
    if len(opened) <= LONGEST:
        return opened
    asked = [question for name in missing if (question := words.ask_for(name))]
    return OPENING[verdict] + "请先告诉我：" + "".join(asked[:2])


def _as_history(rule: Rule) -> str:
    said = rule.statement + NO_LONGER
    return said if len(said) <= LONGEST else rule.statement


def _next_step(verdict: Verdict, rule: Rule) -> str:
    if verdict in STEPS:
        return STEPS[verdict]
    return LOOK_UP if rule.kinds & _ABOUT_BODIES else READ_ON
