"""News in the chat: each once, for its own reporter, lost by no accident, erased after a month."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.edge.inbox import Inbox
from bot.edge.news import News
from complaints.workdays import utc_now
from tests.keys import KEYS
from tests.unit.edge.reporter_world import World

NOW = utc_now()


@pytest.fixture
def news(inbox: Inbox) -> News:
    news = News(inbox.engine, KEYS.field)
    news.create()
    return news


def texts(news: News, mark: str, seen: int = 0) -> list[str]:
    return [item.text for item in news.take(mark, NOW, seen)]


def test_news_are_for_their_own_reporter(news: News):
    news.add("mine", "k1", "您的工单已有答复。", NOW)
    news.add("others", "k2", "别人的", NOW)
    assert texts(news, "mine") == ["您的工单已有答复。"]
    assert texts(news, "nobody") == []


def test_the_same_key_is_kept_once_also_after_it_was_seen(news: News):
    for _ in range(3):
        news.add("mine", "k1", "已有答复", NOW)
    (item,) = news.take("mine", NOW)
    assert news.take("mine", NOW, item.id) == ()
    news.add("mine", "k1", "已有答复", NOW)
    assert news.take("mine", NOW) == ()


def test_many_senders_of_the_same_key_at_once_add_it_once(news: News):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: news.add("mine", "k", "已有答复", NOW), range(12)))
    assert texts(news, "mine") == ["已有答复"]


def test_an_answer_lost_on_the_way_loses_no_news(news: News):
    news.add("mine", "k1", "一", NOW)
    first = news.take("mine", NOW)
    news.add("mine", "k2", "二", NOW)
    assert texts(news, "mine") == ["一", "二"]
    assert texts(news, "mine", seen=first[0].id) == ["二"]
    assert texts(news, "mine") == ["二"]


def test_nobody_marks_anothers_news_as_seen(news: News):
    news.add("mine", "k1", "一", NOW)
    news.take("others", NOW, 10**9)
    assert texts(news, "mine") == ["一"]


def test_after_a_month_news_are_erased(news: News):
    news.add("mine", "k1", "一", NOW - timedelta(days=31))
    news.add("mine", "k2", "二", NOW)
    assert news.forget(NOW) == 1
    assert texts(news, "mine") == ["二"]


def test_the_texts_lie_sealed(news: News, inbox: Inbox):
    news.add("mine", "k1", "您的工单已有答复", NOW)
    with inbox.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM news")).all()
    assert "答复".encode() not in row.sealed


def test_over_http(world: World):
    world.news.add(world.mark, "k1", "您的工单 JS1 已有答复。", NOW)
    assert world.get("/chat/news", bearer=False)[0] == 401
    status, body = world.get("/chat/news")
    (item,) = json.loads(body)["news"]
    assert status == 200 and item["text"] == "您的工单 JS1 已有答复。"
    assert json.loads(world.get(f"/chat/news?seen={item['id']}")[1]) == {"news": []}


@pytest.mark.parametrize("seen", ["x", "-1", "1e9", "9" * 30, "１"])
def test_a_broken_mark_of_what_was_seen_is_a_400(world: World, seen: str):
    assert world.get(f"/chat/news?seen={seen}")[0] == 400


def test_looking_without_end_is_slowed(world: World):
    async def hurry(client):
        statuses = []
        for _ in range(32):
            async with client.get("/chat/news", headers=world.bearer) as answer:
                statuses.append(answer.status)
        return statuses

    assert world.visit(hurry)[-2:] == [429, 429]
