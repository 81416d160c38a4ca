"""A second matter split off (拆单): its reporter follows, adds to, judges and withdraws each part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.adding import ActionSupplement
from actions.feedback import ActionFeedback
from actions.services import services
from actions.status import ActionShowProgress
from actions.withdrawing import ActionWithdraw
from complaints.filing import file_report
from complaints.lifecycle import closing, handling, splitting
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.states import Role, State
from complaints.model import Kind, Report
from complaints.protection.readings import readings_of
from complaints.storage.tables import Event
from complaints.workdays import utc_now

ACTIONS = {
    "progress": ActionShowProgress(),
    "supplement": ActionSupplement(),
    "withdraw": ActionWithdraw(),
    "feedback": ActionFeedback(),
}
CLERK = Actor("xu", Role.HOTLINE)
RECEIPT = "〔查询码〕"


@dataclass
class Reporter:
    """A parent who holds the receipt of one ticket; the page shows the last bubbles."""

    number: str
    slots: dict[str, Any] = field(default_factory=dict)
    bubbles: list[dict[str, Any]] = field(default_factory=list)

    def sends_receipt(self, act: str = "progress", words: str = "查进度") -> str:
        """A message with the receipt in it: the edge has looked it up and says which act it is."""
        metadata = {"ticket": self.number, "said": f"{words}{RECEIPT}"}
        return self._heard(act, f"/{act}", metadata=metadata)

    def says(self, act: str, text: str) -> str:
        return self._heard(act, text)

    def answers(self, text: str) -> str:
        """What is said where something was to be added: the edge takes it for that."""
        assert self.bubbles[-1]["custom"]["asks"] == "supplement"
        return self._heard("supplement", "/supplement", metadata={"said": text})

    def bubble(self, number: str) -> dict[str, Any]:
        """The bubble of one ticket."""
        (found,) = [b for b in self.bubbles if b["text"].partition("\n")[0].count(number)]
        return found

    def titles(self, number: str) -> list[str]:
        return [button["title"] for button in self.bubble(number)["buttons"]]

    def press(self, title: str, number: str | None = None) -> str:
        """Press the button with this title, or this beginning of it, under the ticket's bubble."""
        bubbles = [self.bubble(number)] if number else self.bubbles
        buttons = [b for bubble in bubbles for b in bubble["buttons"]]
        (payload,) = {b["payload"] for b in buttons if title in b["title"]}
        act, brace, rest = payload.removeprefix("/").partition("{")
        choice = json.loads(brace + rest)
        entities = [{"entity": name, "value": value} for name, value in choice.items()]
        return self._heard(act, payload, entities=entities)

    def _heard(self, act: str, text: str, **more: Any) -> str:
        message = {"text": text, "intent": {"name": act, "confidence": 1.0}} | more
        dispatcher = CollectingDispatcher()
        tracker = Tracker("s", dict(self.slots), message, [], False, None, {}, "action_listen")
        for event in ACTIONS[act].answer(dispatcher, tracker):
            self.slots[event["name"]] = event["value"]
        self.bubbles = [
            {**message, "custom": message["json_message"]} if "json_message" in message else message
            for message in dispatcher.messages
        ]
        return "\n".join(bubble["text"] for bubble in self.bubbles)


def do(step: Any, number: str, *given: Any, by: Actor | None = None) -> Any:
    with services().storage.write() as session:
        ticket = ticket_by_number(session, number)
        actor = by or Actor(ticket.lead, Role.LEAD)
        return step(session, ticket, *_in_order(step, actor, given), services().rules, utc_now())


def _in_order(step: Any, actor: Actor, given: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*given, actor) if step is splitting.split_ticket else (actor, *given)


def state(number: str) -> str:
    with services().storage.read() as session:
        return ticket_by_number(session, number).state


def added(number: str) -> list[str | None]:
    """What was added to a ticket."""
    with services().storage.read() as session:
        ticket = ticket_by_number(session, number)
        return [
            e.text for e in session.query(Event).filter_by(ticket_id=ticket.id, action="supplement")
        ]


def pause(number: str, question: str) -> None:
    if state(number) == State.DISPATCHED:
        do(handling.sign_ticket, number)
    do(handling.pause_ticket, number, question)


def answer(number: str, text: str) -> None:
    if state(number) == State.DISPATCHED:
        do(handling.sign_ticket, number)
    do(handling.answer_ticket, number, text)


@pytest.fixture
def parent(talk: Any) -> str:
    report = Report(
        intake_id="intake-1",
        kind=Kind.OVER_HOURS_TRAINING,
        kind_confidence=0.95,
        detail="周六上午还在给五年级上数学课，退费也不给退",
        subject_party="衡算数学",
        when="每周六上午",
        reporter_mark="mark-1",
    )
    return file_report(services().storage, services().rules, report, "hash-1", utc_now()).number


@pytest.fixture
def part(parent: str) -> str:
    kind = Kind.TRAINING_FEES_REFUND
    return do(splitting.split_ticket, parent, kind, "交了钱，说好能退，不给退", by=CLERK).number


@pytest.fixture
def reporter(parent: str, part: str) -> Reporter:
    return Reporter(parent)


def test_progress_tells_of_the_part_what_the_bureau_answered_and_asks_for_a_judgement(
    reporter, parent, part
):
    answer(part, "机构已同意全额退款。")
    reporter.sends_receipt()
    shown = reporter.bubble(part)["text"]
    assert "培训收费与退费" in shown and "已答复待回访" in shown
    assert "机构已同意全额退款。" in shown and "办理单位：" in shown
    assert "机构已同意" not in reporter.bubble(parent)["text"]
    assert reporter.titles(part) == ["评价这次答复"]
    for title in ("评价这次答复", "联系过", "没有解决"):
        reporter.press(title)
    assert "重新办理" in reporter.press("不满意")
    assert (state(part), state(parent)) == (State.DISPATCHED, State.DISPATCHED)


def test_a_part_on_its_way_names_its_promised_day_as_the_parent_does(reporter, parent, part):
    reporter.sends_receipt()
    for number in (parent, part):
        assert "答复时间：" in reporter.bubble(number)["text"]


def test_the_part_asks_and_what_is_written_after_pressing_its_button_reaches_it(
    reporter, parent, part
):
    pause(part, "请告诉我们交了多少钱，有没有收据")
    reporter.sends_receipt()
    assert "请告诉我们交了多少钱" in reporter.bubble(part)["text"]
    assert "补充情况" in reporter.titles(part) and "补充情况" not in reporter.titles(parent)
    assert part in reporter.press("补充情况", part)
    assert part in reporter.answers("没有收据，转账八千元")
    assert added(part) == ["没有收据，转账八千元"] and added(parent) == []
    assert state(part) == State.HANDLING
    reporter.says("supplement", "补充：是在九月交的")
    assert added(part)[-1] == "补充：是在九月交的"


def test_where_only_the_part_waits_a_supplement_with_the_receipt_goes_to_it(reporter, parent, part):
    pause(part, "请告诉我们交了多少钱")
    heard = reporter.sends_receipt("supplement", "补充交了八千元")
    assert part in heard and "培训收费与退费" in heard
    assert (state(part), added(parent)) == (State.HANDLING, [])


def test_where_both_wait_the_reporter_says_for_which_and_need_not_write_again(
    reporter, parent, part
):
    pause(parent, "在几楼上课")
    pause(part, "交了多少钱")
    assert "哪一件" in reporter.sends_receipt("supplement", "补充交了八千元")
    assert added(parent) == added(part) == []
    assert "已补充" in reporter.press("培训收费与退费")
    assert added(part) == ["补充交了八千元"] and added(parent) == []
    assert (state(part), state(parent)) == (State.HANDLING, State.PAUSED)


def test_where_both_wait_the_pressed_button_says_for_which(reporter, parent, part):
    pause(parent, "在几楼上课")
    pause(part, "交了多少钱")
    reporter.sends_receipt()
    reporter.press("补充情况", parent)
    reporter.answers("在三楼")
    assert (added(parent), added(part)) == (["在三楼"], [])
    reporter.sends_receipt()
    reporter.press("补充情况", part)
    reporter.answers("八千元")
    assert (added(parent), added(part)) == (["在三楼"], ["八千元"])


def test_a_button_pressed_before_another_look_is_forgotten(reporter, parent, part):
    pause(parent, "在几楼上课")
    pause(part, "交了多少钱")
    reporter.sends_receipt()
    reporter.press("补充情况", part)
    reporter.says("progress", "查进度")
    assert "哪一件" in reporter.says("supplement", "补充：在三楼")


def test_a_paused_ticket_without_parts_has_the_button_too(parent):
    pause(parent, "在几楼上课")
    alone = Reporter(parent)
    alone.sends_receipt()
    assert alone.titles(parent) == ["补充情况"]
    alone.press("补充情况")
    assert alone.answers("三楼") == f"已补充到工单 {parent}，承办单位会看到。"


def test_in_the_middle_of_another_report_the_button_says_how_to_go_on(reporter, part):
    pause(part, "交了多少钱")
    reporter.sends_receipt()
    reporter.slots["draft"] = {"intake_id": "x"}
    assert "先提交或取消" in reporter.press("补充情况", part)
    assert "adding" not in reporter.slots or not reporter.slots["adding"]


def test_what_is_over_takes_nothing_more_and_that_is_said(reporter, parent, part):
    answer(parent, "已停课")
    answer(part, "已退款")
    assert "不能再补充" in reporter.sends_receipt("supplement", "补充他们周日也上课")


def test_each_is_withdrawn_by_itself_and_asked_before(reporter, parent, part):
    reporter.sends_receipt()
    assert "撤回这一件" in reporter.titles(parent) and "撤回这一件" in reporter.titles(part)
    assert "确定" in reporter.press("撤回这一件", part)
    assert state(part) == State.DISPATCHED
    heard = reporter.press("确定撤回")
    assert f"工单 {part} 已撤回" in heard and f"{parent} 照常办理" in heard
    assert (state(part), state(parent)) == (State.WITHDRAWN, State.DISPATCHED)


def test_who_says_withdraw_is_asked_which(reporter, parent, part):
    assert "哪一件" in reporter.sends_receipt("withdraw", "撤回")
    assert "确定" in reporter.press("校外培训超时")
    assert state(parent) == State.DISPATCHED
    reporter.press("确定撤回")
    assert (state(part), state(parent)) == (State.DISPATCHED, State.WITHDRAWN)


def test_after_the_parent_was_withdrawn_its_receipt_still_opens_the_part(reporter, parent, part):
    reporter.sends_receipt("withdraw", "撤回")
    reporter.press("校外培训超时")
    reporter.press("确定撤回")
    pause(part, "交了多少钱")
    reporter.sends_receipt()
    assert "已撤回" in reporter.bubble(parent)["text"] and reporter.titles(parent) == []
    assert "交了多少钱" in reporter.bubble(part)["text"]
    reporter.sends_receipt("supplement", "补充交了八千元")
    assert added(part) == ["补充交了八千元"]
    assert part in reporter.sends_receipt("withdraw", "撤回")
    reporter.press("确定撤回")
    assert state(part) == State.WITHDRAWN
    assert "不用再撤了" in reporter.sends_receipt("withdraw", "撤回")


def test_after_the_parent_was_closed_the_parts_answer_is_still_found_and_judged(
    reporter, parent, part
):
    answer(parent, "已停课")
    do(closing.close_ticket, parent, None, by=CLERK)
    answer(part, "已退款")
    reporter.sends_receipt()
    assert "已退款" in reporter.bubble(part)["text"]
    assert reporter.titles(part) == ["评价这次答复"]


def test_what_was_split_off_a_part_is_shown_with_its_buttons_too(reporter, part):
    second = do(splitting.split_ticket, part, Kind.TRAINING_ADS, "广告说保证提分", by=CLERK).number
    pause(second, "广告贴在哪里")
    reporter.sends_receipt()
    assert "广告贴在哪里" in reporter.bubble(second)["text"]
    reporter.press("补充情况", second)
    reporter.answers("贴在门口")
    assert added(second) == ["贴在门口"]


def test_each_ticket_that_was_shown_counts_as_read(reporter, parent, part):
    reporter.sends_receipt()
    with services().storage.read() as session:
        for number in (parent, part):
            (look,) = readings_of(session, ticket_by_number(session, number).id)
            assert (look.role, look.way) == ("reporter", "receipt")
