"""The rule book on a narrow phone whose browser runs no script, served as it is shipped."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from bot.edge.app import Door, create_chat
from bot.edge.limits import RateLimit
from bot.edge.policy_page import add_policy_page
from policy.adviser import load_adviser
from policy.sections import load_sections
from resolution.terms import load_terms
from tests.browser.conftest import CHROMIUM

DATA = Path(__file__).parents[2] / "data"
TARGETS = "a, button, summary, input"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium")


async def start() -> str:
    """Serve the shipped rule book; gives its address. No conversation takes place here."""
    terms, kept = load_terms(DATA / "regions/demo/terms.yml"), DATA.parent / "models/policy.npz"
    adviser = load_adviser(DATA / "policy", terms, kept=kept)
    app = create_chat(Door(None, b"s" * 32, *[RateLimit(9)] * 3))
    sections = load_sections(DATA / "policy")
    add_policy_page(app, adviser.book, adviser.retriever, date.today, sections=sections)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(start(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 320, "height": 568},
        has_touch=True, is_mobile=True, java_script_enabled=False, base_url=address,
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.goto("/policy")
    yield page
    context.close()
    assert complaints == []  # such as a style that the security header forbids


def fits(page: Page) -> bool:
    """Nothing sticks out to the side, and every target is large enough for a finger."""
    boxes = [box for target in page.locator(TARGETS).all() if (box := target.bounding_box())]
    assert boxes
    return all(
        box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["height"] >= 44
        for box in boxes
        if box["x"] > -320  # the way past the head is out of sight until it has the focus
    )


def test_a_parent_searches_reads_and_follows_a_link(phone: Page) -> None:
    phone.get_by_label("查政策").fill("周末机构给孩子上数学课行吗")
    phone.get_by_role("button", name="查找").tap()
    expect(phone.get_by_role("heading", level=2)).to_contain_text("条规则，最相关的在前")
    rule = phone.get_by_role("article", name="周末、节假日、寒暑假的学科类培训")
    expect(rule).to_contain_text("现行有效")
    expect(rule).to_contain_text("《关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见》")
    assert fits(phone)
    rule.get_by_role("link", name="线下培训几点结束").tap()
    expect(phone).to_have_url(re.compile("/policy#R-TR-04$"))
    expect(phone.locator("#R-TR-04 h3")).to_be_in_viewport(ratio=1)


def test_a_parent_reads_from_the_contents(phone: Page) -> None:
    contents = phone.get_by_role("navigation", name="目录")
    contents.locator("summary", has_text=re.compile(r"^\s*作业 ")).tap()
    contents.get_by_role("link", name="小学一、二年级的书面作业").tap()
    title = phone.locator("#R-HW-01 h3")
    expect(title).to_be_in_viewport(ratio=1)
    heading = phone.get_by_role("heading", name="作业", exact=True)
    below, above = title.bounding_box(), heading.bounding_box()
    assert below and above and below["y"] >= above["y"] + above["height"]  # not hidden under it


def test_the_whole_book_fits_a_narrow_phone(phone: Page) -> None:
    for summary in phone.locator("summary").all()[:3]:
        summary.tap()
    boxes = phone.locator("main, header, footer, article").all()[:40]
    assert all(box["width"] <= 320 for at in boxes if (box := at.bounding_box()))
    for query in ("没有这样的词", "教基厅函〔2021〕13号"):
        phone.goto(f"/policy?q={query}")
        assert fits(phone)


def test_everything_by_keyboard_alone(phone: Page) -> None:
    phone.keyboard.press("Tab")
    skip = phone.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    phone.keyboard.press("Enter")
    phone.keyboard.press("Tab")
    expect(phone.get_by_label("查政策")).to_be_focused()
    phone.keyboard.type("退费")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("article").first).to_contain_text("退费")
    expect(phone.get_by_label("查政策")).to_have_value("退费")
