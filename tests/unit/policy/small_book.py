"""A rule book of a few invented rules, built without files."""

from __future__ import annotations

from datetime import date

from policy.conditions import Condition
from policy.model import NATIONAL, Case, Document, FactWords, Rule, RuleBook, Source, Verdict


def document(
    id: str = "D21", title: str = "青禾市校园午休办法", number: str | None = "青禾市政府令第7号"
) -> Document:
    return Document(
        id=id,
        title=title,
        number=number,
        issuer="青禾市人民政府",
        date="2030-01-01",
        url=None,
        status="in_force",
        mark="found",
        region=NATIONAL,
        in_force_from=None,
        in_force_until=None,
    )


def rule(
    id: str,
    *sources: tuple[Document, str | None],
    statement: str = "午休的规矩",
    say: str = "可以。",
) -> Rule:
    return Rule(
        id=id,
        title="午休",
        statement=statement,
        topic=id.lower(),
        applies=Condition({}),
        assume={},
        cases=(Case(Condition({}), Verdict.INFO, say),),
        exceptions=None,
        sources=tuple(Source(document, article) for document, article in sources),
        region=NATIONAL,
        in_force_from="2030",
        in_force_until=None,
        kinds=frozenset(),
        questions=(),
        mark="found",
        owner="政策内容维护岗",
        review_by=date(2031, 1, 1),
        related=(),
        file="rules/nap.yml",
        line=3,
    )


def book(*rules: Rule, documents: tuple[Document, ...] = ()) -> RuleBook:
    cited = [source.document for rule in rules for source in rule.sources]
    return RuleBook(
        documents={document.id: document for document in (*documents, *cited)},
        rules={rule.id: rule for rule in rules},
        beyond={},
        notions={},
        facts=FactWords({}, {}, {}, {}),
    )
