"""Questions: answered with their source, close ones offered, others declined."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.policy import ActionAnswerPolicy


def ask(text: str, **choice: str) -> dict:
    entities = [{"entity": name, "value": value} for name, value in choice.items()]
    message = {"text": text, "intent": {"name": "question"}, "entities": entities, "metadata": {}}
    dispatcher = CollectingDispatcher()
    tracker = Tracker("s", {}, message, [], False, None, {}, "action_listen")
    ActionAnswerPolicy().answer(dispatcher, tracker)
    return dispatcher.messages[0]


def test_an_answer_names_its_document_and_number(talk):
    bubble = ask("小学三年级作业一天最多写多久")
    assert "60" in bubble["text"] and "〔" in bubble["text"]
    cited = bubble["custom"]["citations"]
    assert any(citation["number"] for citation in cited)


def test_what_is_not_in_the_book_is_declined(talk):
    bubble = ask("今天股票涨了吗")
    assert "没有查到" in bubble["text"] and bubble["custom"]["citations"] == []


def test_a_close_rule_is_a_button_that_is_answered(talk):
    assert "20:30" in ask("/question", rule="R-TR-04")["text"]


def test_an_empty_question_is_asked_for(talk):
    assert "想问什么" in ask("/question")["text"]
