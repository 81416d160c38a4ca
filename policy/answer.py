"""Turns a question into an answer with its source, or into an honest "not found".

What a parent reads is made here; where it is shown and what is offered next is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass

from policy.retrieval import Match, Retriever
from policy.rule_book import Rule, Source

THRESHOLD = 0.18  # below it the nearest rule is more likely wrong than right
CLOSE = 0.85  # a rule with this share of the best score is offered beside it
MOST_ALTERNATIVES = 2

NOT_FOUND = "这个问题我没有查到有出处的规定，不敢乱说。"
NEXT_STEP = "您可以转人工问问，也可以让我登记成一件咨询。"

REGION_NAMES = {"national": "全国"}
STATUS_NAMES = {"in_force": "现行有效", "expired": "已期满", "repealed": "已废止"}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands. `status` is in_force, expired or repealed."""

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
        }


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another rule that may be meant: its title is what a button says."""

    rule_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. Not understood: the text declines, and there is no citation and no rule id."""

    text: str
    citations: tuple[Citation, ...]
    rule_ids: tuple[str, ...]
    understood: bool
    alternatives: tuple[Alternative, ...]


def answer_question(retriever: Retriever, text: str, kind: str | None = None) -> Answer:
    """Answer a parent's question from the rule book. `kind`: the kind understood, if any.

    Never raises; a question that no rule answers gets `understood=False`.
    """
    matches = retriever.search(text, kind, limit=1 + MOST_ALTERNATIVES)
    beyond = retriever.beyond(text)
    best = matches[0].score if matches else 0.0
    if beyond is not None and beyond.score >= max(best, THRESHOLD):
        return _declined(beyond.topic.door)
    if best < THRESHOLD:
        return _declined(None)
    return answer_rule(matches[0].rule, _close(matches))


def answer_rule(rule: Rule, alternatives: tuple[Alternative, ...] = ()) -> Answer:
    """Say a rule that is already known, for example when its button was pressed."""
    citations = tuple(_citation(rule, source) for source in rule.sources)
    text = f"{rule.answer}\n{source_line(citations)}"
    return Answer(text, citations, (rule.id,), True, alternatives)


def source_line(citations: tuple[Citation, ...]) -> str:
    """〔文件·文号·条·日期·地区·效力〕; a part that is not known is left out."""
    return "〔" + "；".join(map(_cited, citations)) + "〕"


def _close(matches: list[Match]) -> tuple[Alternative, ...]:
    best = matches[0].score
    return tuple(
        Alternative(match.rule.id, match.rule.title)
        for match in matches[1:]
        if match.score >= max(THRESHOLD, CLOSE * best)
    )


def _declined(door: str | None) -> Answer:
    return Answer(NOT_FOUND + (door or "") + NEXT_STEP, (), (), False, ())


def _citation(rule: Rule, source: Source) -> Citation:
    document = source.document
    return Citation(
        document=document.title,
        number=document.number,
        article=source.article,
        url=document.url,
        date=document.date,
        region=rule.region,
        status=document.status,
    )


def _cited(citation: Citation) -> str:
    parts = (
        f"《{citation.document}》",
        citation.number,
        citation.article,
        citation.date,
        REGION_NAMES[citation.region],
        STATUS_NAMES[citation.status],
    )
    return "·".join(part for part in parts if part)
