"""What a message takes over from the question before it: 那高中呢, 那收费呢, or 美术 after 上的是什么课."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy.conditions import FactValue
from policy.features import normalise

LONGEST_FOLLOW_UP = 16  # characters; one that only ends in 呢 must be shorter still
LONGEST_ASKING_BACK = 9
LONGEST_REPLY = 20  # characters of a reply to a question back
_CALLS_BACK = re.compile(r"^(?:那|那么|那要是|如果|要是|假如|换成|换做|若是|万一)")
_LITTLE = re.compile(
    r"^(?:那么?|如果|要是|假如|换成|换做|若是|万一)+|呢$|[是的上在到]|孩子|学生|行[吗不]|可以吗|怎么样|咋样|怎么办|也一样|一样"
)
_NUMBERS = re.compile(
    r"[0-9一二三四五六七八九十百千万两半]+[个月节课时次元块钱点分钟年级]*|[初高小大][一二三四五六123456班]"
)
_OWN_TOPIC = 2  # characters left over that show that something else is asked


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question that was answered: its words, its facts, the rule, and the fact asked back."""

    text: str
    facts: Mapping[str, FactValue]
    rule_id: str
    asked: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a slot."""
        facts = {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in self.facts.items()
        }
        return {"text": self.text, "facts": facts, "rule_id": self.rule_id, "asked": self.asked}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Earlier:
        """The same from a slot's plain values."""
        facts = {
            name: frozenset(value) if isinstance(value, list) else value
            for name, value in kept["facts"].items()
        }
        return cls(kept["text"], facts, kept["rule_id"], kept["asked"])


def is_follow_up(text: str, facts: Mapping[str, FactValue], earlier: Earlier) -> bool:
    """Whether a message leans on `earlier`: by its wording, or as the reply to what was asked."""
    plain = normalise(text)
    if plain.endswith("呢") and len(plain) <= LONGEST_ASKING_BACK:
        return True
    if _CALLS_BACK.search(plain) and len(plain) <= LONGEST_FOLLOW_UP:
        return True
    replies = earlier.asked is not None and earlier.asked in changed_facts(facts, earlier)
    return replies and len(plain) <= LONGEST_REPLY


def changed_facts(facts: Mapping[str, FactValue], earlier: Earlier) -> dict[str, FactValue]:
    """The facts of a follow-up; a bare time after 几点结束 is an end."""
    changed = dict(facts)
    if earlier.asked == "ends" and "ends" not in changed and "starts" in changed:
        changed["ends"] = changed.pop("starts")
    return changed


def keeps_topic(rest: str) -> bool:
    """Whether a follow-up only changes facts. `rest`: its words without those that state facts."""
    return len(_LITTLE.sub("", _NUMBERS.sub("", rest))) < _OWN_TOPIC
