"""After the answer: three questions with buttons; a known case can be followed; a pupil is met kindly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.feedback import ActionFeedback, ActionFollow
from actions.services import services
from actions.status import ActionShowProgress
from complaints.filing import file_report
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.handling import answer_ticket, sign_ticket
from complaints.lifecycle.states import Role, State
from complaints.model import Kind, Report
from complaints.storage.tables import Ticket
from complaints.workdays import utc_now

ACTIONS = {
    "progress": ActionShowProgress(),
    "feedback": ActionFeedback(),
    "follow": ActionFollow(),
}


class Reporter:
    """A reporter who follows a ticket by its receipt and presses buttons."""

    def __init__(self, number: str) -> None:
        self.slots: dict[str, Any] = {"followed": number}
        self.bubble: dict[str, Any] = {}

    def _do(self, act: str, text: str, choice: dict[str, Any]) -> str:
        entities = [{"entity": name, "value": value} for name, value in choice.items()]
        message = {"text": text, "intent": {"name": act, "confidence": 1.0}, "entities": entities}
        dispatcher = CollectingDispatcher()
        tracker = Tracker("s", self.slots, message, [], False, None, {}, "action_listen")
        ACTIONS[act].answer(dispatcher, tracker)
        self.bubble = dispatcher.messages[-1]
        return str(self.bubble["text"])

    def look(self) -> str:
        return self._do("progress", "查进度", {})

    def press(self, title: str) -> str:
        buttons = {button["title"]: button["payload"] for button in self.bubble["buttons"]}
        name, brace, rest = buttons[title].removeprefix("/").partition("{")
        return self._do(name, buttons[title], json.loads(brace + rest))


def report(number: int, **more: Any) -> Report:
    return replace(
        Report(
            intake_id=f"intake-{number}",
            kind=Kind.OVER_HOURS_TRAINING,
            kind_confidence=0.95,
            detail="周六上午还在给五年级上数学课",
            subject_party="衡算数学",
            when="每周六上午",
            reporter_mark=f"mark-{number}",
        ),
        **more,
    )


def file(number: int, **more: Any) -> str:
    rules, storage = services().rules, services().storage
    return file_report(storage, rules, report(number, **more), f"hash-{number}", utc_now()).number


def ticket(number: str) -> Ticket:
    with services().storage.read() as session:
        return ticket_by_number(session, number)


@pytest.fixture
def answered(talk: Any) -> str:
    number, rules = file(1), services().rules
    with services().storage.write() as session:
        own = ticket_by_number(session, number)
        lead = Actor(own.lead, Role.LEAD)
        sign_ticket(session, own, lead, rules, utc_now())
        answer_ticket(session, own, lead, "已责令停课。", rules, utc_now())
    return number


def test_an_answer_is_judged_in_three_presses(answered):
    reporter = Reporter(answered)
    assert "已责令停课" in reporter.look()
    assert "联系" in reporter.press("评价这次答复")
    assert "解决" in reporter.press("联系过")
    assert "满意" in reporter.press("解决了")
    assert "谢谢" in reporter.press("满意")
    judged = ticket(answered)
    assert (judged.reached, judged.solved, judged.satisfied) == (True, True, True)


def test_what_is_not_solved_goes_back_to_its_bureau_once(answered):
    reporter = Reporter(answered)
    reporter.look()
    for title in ("评价这次答复", "没有联系", "没有解决"):
        reporter.press(title)
    assert "重新办理" in reporter.press("不满意")
    assert ticket(answered).state == State.DISPATCHED
    assert "评价" not in str([b["title"] for b in (reporter.look(), reporter.bubble)[1]["buttons"]])


def test_before_the_answer_nothing_is_asked(talk):
    reporter = Reporter(file(2))
    reporter.look()
    assert reporter.bubble["buttons"] == []


def test_the_fourth_reporter_of_a_matter_may_follow_it_and_keeps_the_own_number(talk):
    first, *_ = (file(n) for n in range(1, 4))
    talk.to_read_back()
    own = file(4)
    reporter = Reporter(own)
    reporter.bubble = {"buttons": [{"title": "跟进", "payload": f'/follow{{"ticket": "{own}"}}'}]}
    assert "一起跟进" in reporter.press("跟进")
    assert ticket(own).state == State.MERGED and ticket(first).state != State.MERGED
    assert own in reporter.look()


def test_two_reporters_of_one_matter_do_not_hear_of_each_other(talk):
    file(1)
    own = file(2)
    reporter = Reporter(own)
    reporter.bubble = {"buttons": [{"title": "跟进", "payload": f'/follow{{"ticket": "{own}"}}'}]}
    assert "单独办理" in reporter.press("跟进")
    assert ticket(own).state != State.MERGED


def test_a_pupil_is_thanked_and_not_asked_who_it_is(talk):
    heard = talk.say(
        "砚秋语文每周六上午给我们上数学课",
        entities=[("org", "砚秋语文"), ("when", "每周六上午"), ("subject", "数学")],
        metadata={"pupil": True},
    )
    assert "谢谢你" in heard and "匿名" not in str(talk.heard[-1]["buttons"])
    assert "谢谢你" not in talk.say(
        "五年级", entities=[("grade", "五年级")], metadata={"pupil": True}
    )
    assert talk.asks == "confirm"
    talk.press("确认提交")
    assert talk.tickets[0].pupil and talk.tickets[0].anonymous


def test_what_was_taken_out_of_the_words_marks_the_ticket_for_a_clerk(talk):
    talk.say(
        "砚秋语文每周六上午给五年级〔班级〕上数学课",
        entities=[
            ("org", "砚秋语文"), ("when", "每周六上午"), ("grade", "五年级"), ("subject", "数学"),
        ],
        metadata={"told_ref": "0" * 24},
    )  # fmt: skip
    talk.press("匿名")
    talk.press("确认提交")
    assert talk.tickets[0].to_check
