"""The rule book for reading and searching, at /policy. Works without a script.

A rule's state changes only with the day, so its HTML and that of the whole page are made once a
day; a search only puts finished rules in order.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aiohttp import ETag, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.edge.intake import clean
from bot.edge.policy_cards import Card, card_of, day_name
from bot.edge.policy_search import PolicySearch
from policy.model import Rule, RuleBook
from policy.retrieval import Retriever
from policy.sections import Section

LONGEST_QUERY = 100  # characters
MOST_SHOWN = 30  # rules found

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ELSEWHERE = "可以换个短一点的说法再查，或者看全部规则和目录，也可以回到对话里问。"


@dataclass(frozen=True)
class _Chapter:
    file: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class _Edition:
    """What a day's readers get: each rule as HTML, the rules that are history, the whole page."""

    day: date
    html: dict[str, Markup]
    past: tuple[Rule, ...]
    whole: bytes
    zipped: bytes
    tag: ETag


class _Reading:
    """The pages of one rule book."""

    def __init__(
        self, book: RuleBook, sections: Sequence[Section], retriever: Retriever | None
    ) -> None:
        self._book = book
        self._sections = sections
        self._search = PolicySearch(book, retriever)
        self._edition: _Edition | None = None

    def edition(self, day: date) -> _Edition:
        """The edition of a day, made at its first reader."""
        if self._edition is None or self._edition.day != day:
            self._edition = self._print(day)
        return self._edition

    def found(self, query: str, day: date) -> str:
        """The page with the rules for a query."""
        hits = self._search.find(query)
        if not hits.rules:
            heading = f"没有查到和“{query}”有关的规则"
            return self.listed((), heading, day, query, (hits.door or "") + _ELSEWHERE)
        heading = f"找到 {len(hits.rules)} 条规则，最相关的在前"
        shown = hits.rules[:MOST_SHOWN]
        more = f"先列出前 {MOST_SHOWN} 条；多写几个字可以找得更准。"
        advice = more if len(hits.rules) > MOST_SHOWN else ""
        return self.listed(shown, heading, day, query, advice)

    def history(self, day: date) -> str:
        """The page with the rules that are only to be known."""
        past = self.edition(day).past
        return self.listed(past, f"旧规定和草案，共 {len(past)} 条", day)

    def listed(
        self, rules: Sequence[Rule], heading: str, day: date, query: str = "", advice: str = ""
    ) -> str:
        """A page with some of the rules under a heading."""
        html = self.edition(day).html
        return _page(
            title=f"查“{query}” · 政策规则" if query else "政策规则",
            whole=False, heading=heading, advice=advice, query=query, rules=rules, html=html,
        )  # fmt: skip

    def _print(self, day: date) -> _Edition:
        rules = self._book.rules
        cards = {rule.id: card_of(rule, rules, day) for rule in rules.values()}
        template = _TEMPLATES.get_template("policy_card.html")
        html = {name: Markup(template.render(card=card)) for name, card in cards.items()}  # noqa: S704
        past = tuple(card.rule for card in cards.values() if card.history)
        chapters = [
            _Chapter(at.file, at.title, tuple(c for c in cards.values() if at.holds(c.rule)))
            for at in self._sections
        ]
        whole = _page(
            title="政策规则",
            whole=True, query="", today=day_name(day.isoformat()),
            total=len(rules), past=len(past), sections=chapters, html=html,
        ).encode()  # fmt: skip
        tag = ETag(hashlib.sha256(whole).hexdigest()[:16], is_weak=True)
        return _Edition(day, html, past, whole, gzip.compress(whole, mtime=0), tag)


def add_policy_page(
    app: web.Application,
    rule_book: RuleBook,
    retriever: Retriever | None,
    on: Callable[[], date],
    *,
    sections: Sequence[Section],
    may_search: Callable[[web.Request], bool] = lambda request: True,
) -> None:
    """Add GET /policy to the chat application, whose headers and static files it shares.

    `retriever`: finds rules by what a question means; None: only by the words that stand there.
    `on`: the day for which the state of rules is shown. `may_search`: whether a client has
    searches left; reading the whole book is never refused.
    """
    reading = _Reading(rule_book, sections, retriever)
    reading.edition(on())

    async def show(request: web.Request) -> web.Response:
        query = " ".join(clean(request.query.get("q", "")).split())
        day = on()
        if len(query) > LONGEST_QUERY:
            heading = f"要查的话太长了，请不要超过 {LONGEST_QUERY} 个字"
            return _html(reading.listed((), heading, day, query[:LONGEST_QUERY]), 400)
        if query and not may_search(request):
            return _html(reading.listed((), "查得太频繁了，请一分钟后再试", day, query), 429)
        if query:
            return _html(await asyncio.to_thread(reading.found, query, day))
        if request.query.get("state") == "history":
            return _html(reading.history(day))
        return _whole(request, reading.edition(day))

    app.router.add_get("/policy", show)


def _page(**content: object) -> str:
    return _TEMPLATES.get_template("policy.html").render(longest=LONGEST_QUERY, **content)


def _whole(request: web.Request, edition: _Edition) -> web.Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    response = web.Response(content_type="text/html", charset="utf-8", headers=headers)
    response.etag = edition.tag
    if any(known.value in (edition.tag.value, "*") for known in request.if_none_match or ()):
        response.set_status(304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
        response.body = edition.zipped
    else:
        response.body = edition.whole
    return response


def _html(page: str, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    response = web.Response(text=page, content_type="text/html", status=status, headers=headers)
    response.enable_compression()
    return response
