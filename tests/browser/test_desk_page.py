"""The hotline's pages in a real browser: without JavaScript, by keyboard, on small and large screens."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from complaints.danger import load_danger
from complaints.filing import file_report
from complaints.model import Kind, Report
from complaints.offices.access import add_staff
from complaints.rules import load_rules
from complaints.storage import Storage
from desk.pages import create_pages
from tests.browser.conftest import CHROMIUM
from tests.keys import KEYS

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
PASSWORD = "a long enough password"
TOLD = "我是五年三班王小禾的妈妈，电话13912345678，周六上午还在给五年级的孩子上课"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium")
expect.set_options(timeout=15_000)  # ms; a busy machine is slow, not wrong


@dataclass(frozen=True)
class Desk:
    """The pages as a server, with one ticket that waits for the hotline."""

    address: str
    number: str


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    storage = Storage(f"sqlite:///{folder}/desk.db", KEYS)
    storage.create()
    rules = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
    add_staff(storage, "lin", "林溪", PASSWORD)
    report = Report(
        intake_id="intake-1",
        kind=Kind.OVER_HOURS_TRAINING,
        kind_confidence=0.3,
        detail=TOLD,
        subject_party="衡算数学",
        place="印石路",
        when="周六上午",
    )
    number = file_report(storage, rules, report, "hash", MORNING).number
    app = web.Application()
    app.add_subapp(
        "/desk",
        create_pages(
            storage,
            rules,
            lambda *_: (),
            lambda: MORNING,
            danger=load_danger(ROOT / "data/routing"),
        ),
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    address = asyncio.run_coroutine_threadsafe(_serve(app), loop).result(20)
    yield Desk(f"{address}/desk", number)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    storage.engine.dispose()


async def _serve(app: web.Application) -> str:
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture(params=[390, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, desk: Desk) -> Iterator[Page]:
    """A clerk's browser without JavaScript, logged in."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{desk.address}/login")
    page.get_by_label("账号").fill("lin")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="工单")).to_be_visible()
    yield page
    context.close()


def test_no_page_is_wider_than_the_screen(page: Page, desk: Desk) -> None:
    for path in ("/", "/?tab=all", f"/tickets/{desk.number}", "/new", "/reveals", "/interests"):
        page.goto(desk.address + path)
        width = page.viewport_size["width"] if page.viewport_size else 0
        for part in ("header", "main"):
            box = page.locator(part).bounding_box()
            assert box and box["x"] + box["width"] <= width, path
        full = page.screenshot(full_page=True)
        assert int.from_bytes(full[16:20]) == width, path  # the width in a PNG's head


def test_what_gives_the_reporter_away_is_on_no_page(page: Page, desk: Desk) -> None:
    for path in ("/", "/?tab=to_check", f"/tickets/{desk.number}"):
        page.goto(desk.address + path)
        assert "13912345678" not in page.content() and "王小禾" not in page.content()


def test_the_likely_steps_are_open_and_the_rest_unfolds_by_keyboard(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/tickets/{desk.number}")
    expect(page.get_by_role("button", name="派出工单")).to_be_visible()
    expect(page.get_by_role("button", name="不予受理")).to_be_hidden()
    page.locator("details.more > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details.more details[open]")).to_have_count(1)


def test_a_call_is_written_down_read_back_and_filed(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/new")
    page.get_by_label("发生了什么").fill("晚上九点还在上课，我儿子叫王小禾")
    page.get_by_label("事项类别").select_option("over_hours_training")
    page.get_by_label("被举报的学校、机构或单位").fill("衡算数学")
    page.get_by_role("button", name="看一遍再登记").click()
    told = page.get_by_role("region", name="请念给来电人听")
    expect(told).to_contain_text("晚上九点还在上课")
    expect(told).not_to_contain_text("王小禾")
    page.get_by_role("button", name="来电人确认，登记").click()
    expect(page.locator(".receipt")).to_have_text(re.compile(r"^(\d{4} ){3}\d{4}$"))
