"""Questions about the rules: judged, answered with their source, and the way on to a report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SafeAction
from actions.replies import Button, say
from actions.services import services
from actions.turn import Turn, as_heard, read_turn, restored
from policy.answer import Answer
from policy.conditions import Facts
from policy.follow_up import Earlier
from policy.model import Verdict

Events = list[dict[str, Any]]

_REPORT = ("我要举报", '/report{"consulted": true}')
_ENTITIES = {"subject": "subject", "stage": "grade"}  # facts that the report form holds too
_ACTORS = {"training_body": "body", "kindergarten": "kindergarten"}  # all others are schools
_HUMAN = ("转人工", "/human")


class ActionAnswerPolicy(SafeAction):
    """Answers from the rule book or says that it does not know."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer_policy"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer the message, a button, or the message before a button that called it a question."""
        turn = read_turn(tracker)
        consulted = tracker.slots.get("consulted")
        if turn.is_button and turn.choice:
            return _answer_button(dispatcher, turn, consulted)
        heard = tracker.slots.get("heard")
        if turn.is_button and heard:
            turn = restored(turn, heard)
        if not turn.text:
            say(dispatcher, "请说说想问什么，例如“周末能上数学班吗”“作业最多写多久”。")
            return []
        answer = ask(turn, consulted)
        return [SlotSet("heard", None), *_answered(dispatcher, turn, answer, consulted)]


def answer_policy(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Say what the rules say, inside of a report: without the way to another one."""
    _say(dispatcher, ask(turn, None), offer_report=False)


def follow_up(dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> Events | None:
    """Answer 那收费呢 after an answer, whatever act it was taken for; None if it is no follow-up."""
    consulted = tracker.slots.get("consulted")
    if not consulted or turn.is_button:
        return None
    earlier = Earlier.from_dict(consulted["question"])
    if not services().adviser.follows(turn.text, earlier):
        return None
    return _answered(dispatcher, turn, ask(turn, consulted), consulted)


def judge_first(dispatcher: CollectingDispatcher, turn: Turn) -> Events | None:
    """Answer a case that ends in 违规吗 though it was taken for a report; None without an answer.

    The answer offers the report, which then holds what was said.
    """
    answer = ask(turn, None)
    return _answered(dispatcher, turn, answer, None) if answer.understood else None


def ask(turn: Turn, consulted: dict[str, Any] | None) -> Answer:
    """The rules' answer to a message; `consulted` is what was kept of the question before it."""
    earlier = Earlier.from_dict(consulted["question"]) if consulted else None
    return services().adviser.answer(turn.text, dict(turn.kinds), earlier, _facts_of_party(turn))


def _answered(
    dispatcher: CollectingDispatcher, turn: Turn, answer: Answer, consulted: dict[str, Any] | None
) -> Events:
    """Say an answer with the way on to a report, and keep what a follow-up needs."""
    _say(dispatcher, answer, offer_report=True)
    return [SlotSet("consulted", _kept(turn, answer, consulted))]


def _facts_of_party(turn: Turn) -> Facts:
    """What the register knows of the one party that the message names."""
    named = turn.first("org")
    parties = services().rules.city.find_parties(named) if named else []
    if len(parties) != 1:
        return {}
    actor = _ACTORS.get(parties[0].stage or parties[0].party_type)
    return {"actor": frozenset({actor or "school"})}


def _answer_button(
    dispatcher: CollectingDispatcher, turn: Turn, consulted: dict[str, Any] | None
) -> Events:
    """A rule by its button, or the question again with the fact that a button names."""
    adviser = services().adviser
    answer = adviser.rule(str(turn.choice.get("rule")))
    if answer is None and consulted and "fact" in turn.choice:
        value = adviser.value_of(str(turn.choice["fact"]), str(turn.choice.get("value")))
        if value is not None:
            earlier = Earlier.from_dict(consulted["question"])
            answer = adviser.with_fact(str(turn.choice["fact"]), value, earlier)
    if answer is None:
        say(dispatcher, "这个问题放得太久了，请您再说一遍想问什么。")
        return []
    _say(dispatcher, answer, offer_report=True)
    if not consulted:
        return []
    said = restored(turn, consulted["said"])
    entity = _ENTITIES.get(str(turn.choice.get("fact")))
    if entity:  # the report that may follow need not ask for it again
        said = replace(said, entities=(*said.entities, (entity, str(turn.choice["value"]))))
    return [SlotSet("consulted", _kept(said, answer, None))]


def _kept(turn: Turn, answer: Answer, consulted: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a follow-up and a report made of this question need; a follow-up adds to what was said."""
    if not answer.understood:
        return None
    if consulted and answer.question not in ("", turn.text):
        before = consulted["said"]
        entities = (*map(tuple, before["entities"]), *turn.entities)
        turn = replace(restored(turn, before), text=answer.question, entities=entities)
    question = Earlier(
        text=answer.question or turn.text,
        facts=answer.facts,
        rule_id=answer.rule_ids[0],
        asked=answer.ask.fact if answer.ask else None,
    )
    return {
        "question": question.as_dict(),
        "said": as_heard(turn),
        "forbidden": answer.verdict is Verdict.FORBIDDEN,
    }


def _say(dispatcher: CollectingDispatcher, answer: Answer, *, offer_report: bool) -> None:
    buttons: list[Button] = []
    if answer.ask and offer_report:
        buttons = [
            (title, _payload(fact=answer.ask.fact, value=title)) for title, _ in answer.ask.buttons
        ]
    if offer_report:
        buttons += [(other.title, _payload(rule=other.rule_id)) for other in answer.alternatives]
        buttons += [_REPORT, _HUMAN] if answer.offers_report else [_HUMAN]
    say(
        dispatcher,
        answer.text if offer_report else answer.plain,
        buttons=buttons,
        asks=answer.ask.fact if answer.ask and offer_report else None,
        citations=[citation.as_dict() for citation in answer.citations],
    )


def _payload(**entities: str) -> str:
    return f"/question{json.dumps(entities, ensure_ascii=False)}"
