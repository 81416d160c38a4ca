"""What the form asks, slot by slot: words and buttons."""

from __future__ import annotations

import json

from rasa_sdk.executor import CollectingDispatcher

from actions.replies import Button, say
from actions.report.deciding import ASKED, question_for, told_lines
from actions.report.draft import Draft, candidates_of, parties_of, read_back
from complaints.model import Kind
from complaints.regions import City
from complaints.routing.table import RoutingTable

_WORDS = {
    "detail": "请说说发生了什么：谁、做了什么。越具体越好查。",
    "org": "说的是哪所学校、哪家机构或者哪位老师？知道多少说多少，不知道也可以说“不知道”。",
    "place": "在哪个区、哪条街道或哪个小区？",
    "when": "什么时候的事？例如“每周六上午”“国庆假期”。",
    "subject": "上的是什么课？例如数学、英语、美术。",
    "grade": "孩子是几年级（或哪个学段）的？",
    "anonymous": "您想匿名，还是留个手机号方便回访？无论哪种，被举报方都不会知道是谁反映的。",
    "contact": "请发一下手机号，只用于回访，会加密单独保存。改主意了就说“匿名”。",
}
_FIELD_TITLES = (
    ("事项", "kind"),
    ("对象", "org"),
    ("地点", "place"),
    ("时间", "when"),
    ("经过", "detail"),
    ("联系方式", "contact"),
)

READ_BACK_BUTTONS = {"确认提交": "affirm", "要修改": "deny", "不提交了": "cancel"}
"""Title and act; typed, a title means the same."""


def choose(**choice: object) -> str:
    """The payload of a form button."""
    return f"/choose{json.dumps(choice, ensure_ascii=False)}"


def ask(
    dispatcher: CollectingDispatcher, slot: str, draft: Draft, city: City, table: RoutingTable
) -> None:
    """Ask for one slot, or read the report back when `slot` is `confirm`."""
    if slot == ASKED:
        _ask_fact(dispatcher, draft, city, table)
    elif slot == "confirm":
        buttons = [(title, f"/{act}") for title, act in READ_BACK_BUTTONS.items()]
        told = told_lines(draft, table)
        say(dispatcher, read_back(draft, city, told), buttons=buttons, asks="confirm")
    elif slot == "kind":
        say(dispatcher, _kind_words(draft), buttons=_kind_buttons(draft), asks="kind")
    elif slot == "place" and draft.place_asked:
        words = "这个地方我没对上是哪个区，请选一下，或者说得再具体些。"
        say(dispatcher, words, buttons=_district_buttons(city), asks="place")
    elif slot == "anonymous":
        buttons = [("匿名", choose(anonymous=True)), ("留手机号", choose(anonymous=False))]
        say(dispatcher, _WORDS[slot], buttons=buttons, asks=slot)
    elif slot == "org" and draft.org:
        _ask_which(dispatcher, draft, city)
    else:
        say(dispatcher, _WORDS[slot], asks=slot)


def ask_what_to_change(dispatcher: CollectingDispatcher, draft: Draft) -> None:
    """At the read-back: something is wrong, but what?"""
    titles = (*_FIELD_TITLES, ("补问的情况", "stated")) if draft.stated else _FIELD_TITLES
    buttons = [(title, choose(edit=slot)) for title, slot in titles]
    text = "还没有提交。哪一项要改？也可以直接说正确的内容。"
    say(dispatcher, text, buttons=buttons, asks="confirm")


def ask_whether_to_drop(dispatcher: CollectingDispatcher, asked: str | None) -> None:
    """Somebody wants to withdraw what was never filed."""
    text = "这份举报还没有提交，不用撤回。要放弃不报了吗？"
    buttons = [("放弃", "/cancel"), ("继续填", choose(go_on=True))]
    say(dispatcher, text, buttons=buttons, asks=asked)


def _ask_fact(
    dispatcher: CollectingDispatcher, draft: Draft, city: City, table: RoutingTable
) -> None:
    question = question_for(draft, city, table)
    assert question, "the form asks for a fact only when one decides"
    buttons = [(label, choose(fact=question.fact, value=v)) for v, label in question.choices]
    say(dispatcher, question.ask, buttons=buttons, asks=ASKED)


def _ask_which(dispatcher: CollectingDispatcher, draft: Draft, city: City) -> None:
    parties = candidates_of(draft, city)[:4]
    buttons = [(party.name, choose(org=party.name, listed=True)) for party in parties]
    buttons.append(("都不是", choose(org=draft.org, listed=False)))
    text = f"名录里有几家和“{draft.org}”对得上，是哪一家？不清楚可以说“不知道”。"
    if not parties_of(draft, city):
        text = f"名录里没有“{draft.org}”，有名字相近的，是下面这家吗？不清楚可以说“不知道”。"
    say(dispatcher, text, buttons=buttons, asks="org")


def _kind_words(draft: Draft) -> str:
    if draft.kinds_offered:
        return "我理解您说的大概是下面这类事，请选一个；都不是就再用一句话说说。"
    return "请用一句话说说这是哪方面的事，例如补课、收费、作业、老师。"


def _kind_buttons(draft: Draft) -> list[Button]:
    offered = [(Kind(name).label, choose(kind=name)) for name in draft.kinds_offered]
    return [*offered, ("都不是", choose(kind="other"))] if offered else []


def _district_buttons(city: City) -> list[Button]:
    named = [(place.district_name, choose(district=place.district)) for place in city.districts]
    return [*named, ("不知道", choose(district=""))]
