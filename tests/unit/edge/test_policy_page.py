"""The rule book as parents read it: every rule with its state and source, found by plain words."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.edge.app import Door, create_chat
from bot.edge.limits import RateLimit
from bot.edge.policy_page import LONGEST_QUERY, add_policy_page
from bot.edge.turns import Conversations
from datafiles import DataFileError
from policy.adviser import Adviser, load_adviser
from policy.conditions import Condition
from policy.model import Case, Document, Rule, RuleBook, Source, Verdict
from policy.sections import Section, load_sections
from resolution.terms import load_terms
from tests.unit.edge.conftest import ROOT

TODAY = date(2026, 11, 22)
SECTIONS = (Section("training", "校外培训"), Section("homework", "作业"))


def document(**change: Any) -> Document:
    made = Document(
        "D01", "关于减负的意见", "教减〔2021〕7号", "教育部", "2021-07-24", None,
        "in_force", "found", "national", "2021-07-24", None,
    )  # fmt: skip
    return replace(made, **change)


def rule(**change: Any) -> Rule:
    made = Rule(
        id="R-TR-01",
        title="周末的学科课",
        statement="小学、初中的学科类培训不能安排在周末。",
        topic="weekend",
        applies=Condition({}),
        assume={},
        cases=(),
        exceptions=None,
        sources=(Source(document(), "第13条"),),
        region="national",
        in_force_from="2021-07-24",
        in_force_until=None,
        kinds=frozenset(),
        questions=(),
        mark="found",
        owner="政策内容维护岗",
        review_by=date(2027, 5, 31),
        related=(),
        file="rules/training.yml",
    )
    return replace(made, **change)


@pytest.fixture(scope="module")
def shipped() -> Adviser:
    terms = load_terms(ROOT / "data/regions/demo/terms.yml")
    return load_adviser(ROOT / "data/policy", terms, TODAY, ROOT / "models/policy.npz")


@pytest.fixture
def book(shipped: Adviser) -> Callable[..., RuleBook]:
    return lambda *rules: replace(shipped.book, rules={rule.id: rule for rule in rules})


@pytest.fixture
def of(conversations: Conversations) -> Callable[..., web.Application]:
    def made(
        shelf: RuleBook | Adviser, on: Callable[[], date] = lambda: TODAY, **more: Any
    ) -> web.Application:
        door = Door(conversations, b"s" * 32, *[RateLimit(1000)] * 3)
        app = create_chat(door)
        whole = isinstance(shelf, Adviser)
        more.setdefault("sections", load_sections(ROOT / "data/policy") if whole else SECTIONS)
        book, retriever = (shelf.book, shelf.retriever) if whole else (shelf, None)
        add_policy_page(app, book, retriever, on, **more)
        return app

    return made


def visit(app: web.Application, doing: Callable[[TestClient], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with TestClient(TestServer(app)) as client:
            return await doing(client)

    return asyncio.run(run())


def read(app: web.Application, *addresses: str) -> list[tuple[int, str]]:
    async def get(client: TestClient) -> list[tuple[int, str]]:
        got = []
        for address in addresses:
            async with client.get(address) as answer:
                got.append((answer.status, await answer.text()))
        return got

    return visit(app, get)


def page(app: web.Application, query: str = "") -> str:
    return pages(app, query)[0]


def pages(app: web.Application, *queries: str) -> list[str]:
    """A page for each query; for an empty one the whole book."""
    got = read(app, *(f"/policy?q={quote(query)}" for query in queries))
    assert {status for status, _ in got} == {200}
    return [text for _, text in got]


def shown(text: str) -> list[str]:
    """The ids of the rules on a page, from top to bottom."""
    return re.findall(r'<article class="[^"]*" id="([^"]+)"', text)


def words(text: str) -> str:
    """A page as it is read: without tags and line breaks."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text))


# Reading


def test_every_rule_stands_there_once_under_its_own_anchor(of, shipped):
    text = page(of(shipped))
    assert sorted(shown(text)) == sorted(shipped.book.rules)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    targets = {link for link in re.findall(r'href="(?:/policy)?#([^"]+)"', text)}
    assert targets <= set(ids), "a link that leads nowhere"


def test_every_rule_is_shown_with_all_that_a_reader_needs(of, shipped):
    text = page(of(shipped))
    for entry in shipped.book.rules.values():
        card = text.partition(f'id="{entry.id}"')[2].partition("</article>")[0]
        told = [entry.title, entry.statement, entry.exceptions or "", entry.owner]
        told += [case.say for case in entry.cases]
        for source in entry.sources:
            told += [f"《{source.document.title}》", source.document.number or ""]
            told.append(source.article or "")
        for part in told:
            assert str(escape(part, quote=False)).replace("'", "&#39;") in card, (entry.id, part)
        for other in entry.related:
            assert f'href="/policy#{other}"' in card


def test_sections_come_in_the_operators_order_and_each_rule_in_its_own(of, book):
    homework = rule(id="R-HW-01", title="一年级的作业", file="rules/homework.yml")
    text = page(of(book(homework, rule())))
    assert shown(text) == ["R-TR-01", "R-HW-01"]
    assert re.findall(r"<h2[^>]*>([^<]+)", text) == ["目录", "校外培训", "作业"]


def test_a_source_is_cited_with_number_article_date_and_state(of, book):
    text = words(page(of(book(rule()))))
    assert "《关于减负的意见》·教减〔2021〕7号·第13条·2021年7月24日·现行有效" in text


def test_a_source_with_an_address_is_a_link(of, book):
    linked = Source(document(url="https://example.org/a?b=1&c=2"), None)
    text = page(of(book(rule(sources=(linked,)))))
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">《关于' in text


def test_cases_are_told_as_allowed_or_not(of, book):
    cases = [
        Case(Condition({}), verdict, f"这是{verdict}的情形。")
        for verdict in (Verdict.FORBIDDEN, Verdict.ALLOWED, Verdict.DEPENDS)
    ]
    text = words(page(of(book(rule(cases=tuple(cases), exceptions="高中另有规定。")))))
    assert "不允许：这是forbidden的情形。允许：这是allowed的情形。要看情况：这是" in text
    assert "例外：高中另有规定。" in text


def test_what_nobody_has_checked_says_so(of, book):
    unsure = Source(document(mark="memory_low", number=None, date="unknown"), None)
    text = words(page(of(book(rule(mark="memory_medium", sources=(unsure,))))))
    assert "编号R-TR-01；凭记忆，待核对；" in text
    assert "《关于减负的意见》·日期不详·现行有效·文件信息待核对" in text


def test_a_rule_that_should_have_been_looked_at_again_says_so(of, book):
    late = rule(review_by=date(2026, 11, 21))
    assert "应在2026年11月21日前复核，还没有复核" in page(of(book(late)))
    assert "维护，2026年11月22日前复核" in page(of(book(replace(late, review_by=TODAY))))


@pytest.mark.parametrize(
    ("change", "cited", "state"),
    [
        ({}, {}, "现行有效全国2021年7月24日起"),
        ({"region": "鞍山市"}, {}, "现行有效鞍山市2021年7月24日起"),
        ({"in_force_until": "2023"}, {"status": "expired"}, "已期满全国2021年7月24日至2023年"),
        ({"in_force_until": "2026-11-21"}, {}, "已不再施行全国2021年7月24日至2026年11月21日"),
        ({"in_force_until": "2026-11"}, {}, "现行有效全国2021年7月24日至2026年11月"),
        ({"in_force_from": "2026-12-01"}, {}, "尚未施行全国2026年12月1日起"),
        ({}, {"status": "draft"}, "只作了解全国2021年7月24日起"),
        ({}, {"status": "repealed"}, "只作了解全国2021年7月24日起"),
        ({}, {"in_force_until": "2026-11-21"}, "只作了解全国2021年7月24日起"),
    ],
)
def test_a_reader_sees_whether_a_rule_applies_today(of, book, change, cited, state):
    entry = rule(**change, sources=(Source(document(**cited), None),))
    [(_, whole), (_, history)] = read(of(book(entry)), "/policy", "/policy?state=history")
    assert state in words(whole)
    past = not state.startswith("现行有效")
    assert ('class="rule history"' in whole) == past
    assert ('<p class="note">' in whole) == past
    assert shown(history) == (["R-TR-01"] if past else [])


@pytest.mark.parametrize(
    ("cited", "state"),
    [
        ({"status": "expired"}, "已期满"),
        ({"status": "repealed"}, "已废止"),
        ({"status": "draft"}, "征求意见稿，未施行"),
        ({"in_force_from": "2027-01-01"}, "尚未施行"),
        ({"in_force_until": "2025"}, "已期满"),
    ],
)
def test_a_document_that_is_no_longer_or_not_yet_in_force_is_marked(of, book, cited, state):
    old = document(title="旧办法", **cited)
    text = page(of(book(rule(sources=(Source(document(), None), Source(old, None))))))
    assert f'<li class="past">《旧办法》·教减〔2021〕7号·2021年7月24日·<span>{state}</span>' in text
    assert "现行有效全国" in words(text), "the rule itself stands on the document in force"


def test_the_state_follows_the_calendar(of, book):
    days = iter([date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)])
    app = of(book(rule(in_force_until="2026")), on=lambda: next(days))
    [(_, eve), (_, new_year)] = read(app, "/policy", "/policy")
    assert "现行有效全国" in words(eve) and "已不再施行全国" in words(new_year)


# Searching


@pytest.mark.parametrize(
    ("said", "rule_id"),
    [
        ("周末机构给孩子上数学课行吗", "R-TR-03"),
        ("一次要交半年的培训费", "R-FE-04"),
        ("孩子一年级天天有书面作业", "R-HW-01"),
        ("退费", "R-FE-13"),
        ("r-tr-03", "R-TR-03"),
        ("Ｒ－ＴＲ－０３", "R-TR-03"),
    ],
)
def test_a_parents_words_find_the_rule_first(of, shipped, said, rule_id):
    assert rule_id in shown(page(of(shipped), said))[:2]


@pytest.mark.parametrize(
    "number", ["教基厅函〔2021〕13号", "教基厅函[2021]13号", " 教基厅函 (2021) 13号"]
)
def test_a_documents_number_finds_all_rules_that_stand_in_it(of, shipped, number):
    standing = {
        rule.id
        for rule in shipped.book.rules.values()
        if "教基厅函〔2021〕13号" in {source.document.number for source in rule.sources}
    }
    assert standing and set(shown(page(of(shipped), number))) == standing


def test_every_rule_is_found_by_its_title_and_by_its_id(of, shipped):
    rules = list(shipped.book.rules.values())
    terms = [term for rule in rules for term in (rule.title, rule.id)]
    found = iter(pages(of(shipped), *terms))
    for entry in rules:
        assert shown(next(found))[0] == entry.id, entry.title
        assert shown(next(found)) == [entry.id]


def test_without_a_retriever_the_words_that_stand_there_are_found(of, book):
    other = rule(id="R-HW-01", title="一年级的作业", statement="不留作业。", region="鞍山市")
    app = of(book(rule(), other))
    found = [shown(text) for text in pages(app, "初中 周末", "鞍山", "作业 周末的学科课")]
    assert found == [["R-TR-01"], ["R-HW-01"], []]


@pytest.mark.parametrize("said", ["红烧肉怎么做", "今天天气怎么样", "？？？", "qwxzj"])
def test_when_nothing_fits_the_page_says_so_and_shows_the_way_on(of, shipped, said):
    text = page(of(shipped), said)
    assert shown(text) == []
    assert f"没有查到和“{said}”有关的规则" in text
    assert 'href="/policy"' in text and 'href="/"' in text


def test_a_topic_beyond_the_rules_is_told_where_to_ask(of, shipped):
    text = page(of(shipped), "中考分数线是多少")
    assert shown(text) == []
    assert shipped.book.beyond["admission"].door in text


def test_many_hits_are_cut_and_counted(of, shipped):
    text = page(of(shipped), "培训")
    assert len(shown(text)) == 30
    assert int(re.search(r"找到 (\d+) 条规则", text)[1]) > 30 and "先列出前 30 条" in text


def test_what_was_looked_for_stands_in_the_field_again(of, shipped):
    assert 'name="q" type="search" value="退费"' in page(of(shipped), "  退费\n")


def test_a_search_for_nothing_shows_the_whole_book(of, book):
    [(status, text)] = read(of(book(rule())), "/policy?q=%20%00")
    assert status == 200 and "目录" in text and shown(text) == ["R-TR-01"]


def test_too_long_a_query_is_refused_in_plain_words(of, book):
    app = of(book(rule()))
    longest, too_long = "周" * LONGEST_QUERY, "周" * (LONGEST_QUERY + 1)
    [(fits, _), (status, text)] = read(
        app, f"/policy?q={quote(longest)}", f"/policy?q={quote(too_long)}"
    )
    assert fits == 200
    assert status == 400 and f"请不要超过 {LONGEST_QUERY} 个字" in text and shown(text) == []


def test_who_searches_too_often_may_still_read(of, book):
    left = iter([True, False])
    app = of(book(rule()), may_search=lambda request: next(left))
    got = read(app, "/policy?q=a", "/policy?q=a", "/policy", "/policy?state=history")
    assert [status for status, _ in got] == [200, 429, 200, 200]
    assert "一分钟后再试" in got[1][1]


# Safety and speed


def test_nothing_from_a_reader_or_a_file_becomes_markup(of, book):
    evil = "\"><img src=x onerror=alert(1)><b>'"
    cited = Source(document(title=evil, number=evil), evil)
    case = Case(Condition({}), Verdict.ALLOWED, evil)
    entry = rule(
        title=evil, statement=evil, cases=(case,), exceptions=evil, owner=evil, sources=(cited,)
    )
    app = of(book(entry), sections=(Section("training", evil),))
    for text in pages(app, "", evil, evil + "没有"):
        assert "<img src=x" not in text and "onerror" in text
        assert "<script" not in text and "style=" not in text


@pytest.fixture(scope="module")
def anything() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST_QUERY + 20)


def test_no_query_whatever_is_an_error_of_ours(of, shipped, anything):
    loop = asyncio.new_event_loop()
    client = TestClient(TestServer(of(shipped)), loop=loop)
    loop.run_until_complete(client.start_server())

    async def status(query: str) -> int:
        async with client.get("/policy", params={"q": query, "state": query}) as answer:
            return answer.status

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(anything)
    def check(query: str) -> None:
        assert loop.run_until_complete(status(query)) in (200, 400)

    try:
        check()
    finally:
        loop.run_until_complete(client.close())
        loop.close()


def test_the_page_has_the_headers_of_the_chat_page(of, book):
    async def heads(client: TestClient) -> list[Any]:
        names = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
        found = []
        for address in ("/", "/policy", "/policy?q=a"):
            async with client.get(address) as answer:
                found.append([answer.headers[name] for name in names])
        return found

    chat, whole, search = visit(of(book(rule())), heads)
    assert chat == whole == search


def test_an_unchanged_page_is_not_sent_twice_and_a_fresh_one_is_small(of, shipped):
    async def twice(client: TestClient) -> tuple[int, int, bytes]:
        async with client.get("/policy") as first:
            tag, whole = first.headers["ETag"], await first.read()
            assert int(first.headers["Content-Length"]) < len(whole) / 4  # sent as gzip
            assert first.headers["Cache-Control"] == "no-cache"
        async with client.get("/policy", headers={"If-None-Match": tag}) as second:
            return second.status, len(await second.read()), whole

    assert visit(of(shipped), twice)[:2] == (304, 0)


def test_a_browser_without_gzip_gets_the_same_page(of, book):
    async def both(client: TestClient) -> list[bytes]:
        bodies = []
        client.session._auto_decompress = False
        for coding in ("identity", "gzip"):
            async with client.get("/policy", headers={"Accept-Encoding": coding}) as answer:
                bodies.append(await answer.read())
        return bodies

    plain, zipped = visit(of(book(rule())), both)
    assert plain == gzip.decompress(zipped)


# The headings


def shelf(tmp_path: Path, headings: str) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "schema").symlink_to(ROOT / "data/policy/schema")
    for name in ("training", "homework"):
        (tmp_path / "rules" / f"{name}.yml").write_text("[]", encoding="utf-8")
    (tmp_path / "sections.yml").write_text(headings, encoding="utf-8")
    return tmp_path


GOOD = "- {file: training, title: 校外培训}\n"


@pytest.mark.parametrize(
    ("headings", "mistake"),
    [
        (GOOD, r"sections.yml:1: file: no heading for rules/homework.yml"),
        (
            GOOD + "- {file: exam, title: 考试}\n",
            r"sections.yml:2: file: there is no rules/exam.yml",
        ),
        (GOOD + GOOD, r"sections.yml:2: file: training is there twice"),
        (GOOD + "- {file: homework}\n", r"sections.yml:2: \[1\]: 'title' is a required property"),
    ],
)
def test_a_mistake_in_the_headings_names_file_and_line(tmp_path, headings, mistake):
    with pytest.raises(DataFileError, match=mistake):
        load_sections(shelf(tmp_path, headings))


def test_headings_are_read_in_their_order(tmp_path):
    folder = shelf(tmp_path, "- {file: homework, title: 作业}\n" + GOOD)
    assert [section.title for section in load_sections(folder)] == ["作业", "校外培训"]
