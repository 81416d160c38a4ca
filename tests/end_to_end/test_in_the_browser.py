"""A parent and a clerk in a real browser, with the real processes behind the pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.end_to_end.conftest import STORY

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        yield page
        browser.close()


def say(page: Page, text: str) -> None:
    page.fill("#input", text)
    page.keyboard.press("Enter")


def test_a_parent_asks_files_and_sees_the_receipt_then_a_clerk_finds_the_ticket(stack, page):
    page.goto(stack.web)
    say(page, "周末能给小学生上数学班吗？")
    expect(page.locator("#log")).to_contain_text("不允许。")
    say(page, f"砚秋语文{STORY['detail']}")
    log = page.locator("#log")
    for _ in range(8):
        page.wait_for_timeout(700)
        text = log.inner_text()
        if "请核对一下" in text:
            break
        live = page.locator("#log button:enabled")
        titles = live.all_inner_texts()
        wanted = next((t for t in ("校外培训超时", "匿名") if t in titles), None)
        if wanted:
            live.get_by_text(wanted, exact=True).last.click()
        else:
            say(page, STORY["when"] if "什么时候" in text.splitlines()[-1] else "不知道")
    page.get_by_role("button", name="确认提交").last.click()
    expect(log).to_contain_text("已登记")
    shown = log.inner_text()
    assert re.search(r"\d{4}\s\d{4}\s\d{4}\s\d{4}", shown)
    number = re.search(r"JS\d{16}", shown).group()

    login, password = stack.clerk()
    page.goto(f"{stack.web}/desk/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_visible()
    page.goto(f"{stack.web}/desk/tickets/{number}")
    expect(page.locator("body")).to_contain_text("砚秋语文")
    expect(page.locator("body")).to_contain_text("登记举报")
