"""What changes in the answers when the rule book changes: one question set against two versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy.adviser import Adviser
from policy.answer import Answer


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is answered differently."""

    question: str
    before: Answer
    after: Answer


def differences(questions: Iterable[str], before: Adviser, after: Adviser) -> list[Difference]:
    """The questions whose verdict, words, first rule or sources differ."""
    answers = ((text, before.answer(text), after.answer(text)) for text in questions)
    return [Difference(text, old, new) for text, old, new in answers if _shown(old) != _shown(new)]


def describe(difference: Difference) -> str:
    """A difference in a few lines, for an operator."""
    lines = [f"问：{difference.question}"]
    for name, answer in (("前", difference.before), ("后", difference.after)):
        rules = "、".join(answer.rule_ids[:1]) or "无"
        lines.append(f"  {name}：[{answer.verdict.value} {rules}] {answer.text.splitlines()[0]}")
        lines += [f"      {line}" for line in answer.text.splitlines()[1:2]]
    return "\n".join(lines)


def _shown(answer: Answer) -> tuple[object, ...]:
    return answer.verdict, answer.rule_ids[:1], answer.words, answer.citations
