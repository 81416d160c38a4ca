"""Files, news and proofs in a real browser, with the real doors behind the page."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.edge.app import Door, create_chat
from bot.edge.evidence_door import EvidenceDoor, add_evidence_door
from bot.edge.limits import RateLimit
from bot.edge.news import add_news
from bot.edge.proof_page import add_proof_page
from bot.edge.sessions import read_session
from complaints.reporter.mark import reporter_mark
from complaints.reporter.proof import public_key, verify
from complaints.storage.tables import EvidenceFile, Ticket
from complaints.workdays import utc_now
from tests.browser.conftest import CHROMIUM
from tests.keys import KEYS
from tests.unit.edge.reporter_world import SESSION_KEY, World, fresh_world

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium")
expect.set_options(timeout=15_000)  # ms; a busy machine is slow, not wrong
HURRY = "const wait = setTimeout; window.setTimeout = (f, ms) => wait(f, Math.min(ms, 300))"


@dataclass
class Bot:
    """Says what it was told to say, then 好的."""

    script: list[dict[str, Any]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def answer(self, session: Any, incoming: Any) -> list[dict[str, Any]]:
        self.senders.append(session.sender)
        said = self.script.pop(0) if self.script else {"text": "好的"}
        return [{"buttons": [], "asks": None, "receipt": None, "citations": [], **said}]


@dataclass
class Served:
    """The running doors."""

    world: World
    bot: Bot
    address: str = ""

    async def start(self) -> None:
        limits = [RateLimit(10_000) for _ in range(3)]
        app = create_chat(Door(self.bot, SESSION_KEY, *limits))
        world, evidence = self.world, RateLimit(10_000)
        door = EvidenceDoor(
            world.storage, world.folder, world.rules, world.inbox, evidence, evidence
        )
        add_evidence_door(app, door)
        add_proof_page(app, world.storage, world.rules.city.name)
        add_news(app, world.news, lambda sender: reporter_mark(KEYS, sender))
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(fresh_world(tmp_path_factory.mktemp("doors")), Bot())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(served.start(), loop).result(10)
    yield served
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def served(running: Served) -> Served:
    running.bot.script, running.bot.senders = [], []
    return running


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(accept_downloads=True, viewport={"width": 390, "height": 844})
    context.add_init_script(HURRY)
    page = context.new_page()
    page.set_default_timeout(30_000)  # ms
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(served.address)
    yield page
    context.close()
    assert problems == []


def say(page: Page, text: str) -> None:
    page.get_by_label("您要说的话").fill(text)
    page.get_by_role("button", name="发送").click()


def bubble(page: Page) -> Any:
    return page.locator("#log .bot .bubble").last


def photo(colour: str = "red") -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "JPEG")
    return {"name": "王先生家.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def choose(page: Page, *files: dict[str, Any]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="添加材料").click()
    chooser.value.set_files(list(files))


def mark_of(page: Page, served: Served) -> str:
    """The mark of the page's conversation."""
    token = page.evaluate("JSON.parse(sessionStorage.session)")
    session = read_session(token, SESSION_KEY)
    assert session
    return reporter_mark(KEYS, session.sender)


# Files


def test_a_file_is_sent_and_its_name_is_nowhere_kept(page: Page, served: Served) -> None:
    choose(page, photo())
    expect(bubble(page)).to_contain_text("材料收到了（共 1 个）")
    expect(page.locator("#log .parent .bubble")).to_have_text("［照片，1 KB］")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert "王先生" not in page.content() + str(
        page.evaluate("JSON.stringify({...sessionStorage})")
    )
    with served.world.storage.read() as session:
        kept = session.scalars(
            select(EvidenceFile).where(EvidenceFile.owner == mark_of(page, served))
        ).one()
    assert kept.media_type == "image/jpeg"
    page.reload()
    expect(bubble(page)).to_contain_text("材料收到了")
    expect(page.get_by_role("button", name="重传")).to_have_count(0)


def test_several_files_go_one_after_the_other(page: Page) -> None:
    choose(page, photo("blue"), photo("green"))
    expect(bubble(page)).to_contain_text("共 2 个")
    expect(page.locator("#log .parent")).to_have_count(2)


def test_after_a_look_at_progress_files_go_to_that_ticket(page: Page, served: Served) -> None:
    number, receipt = served.world.file(own=False)
    served.bot.script.append({"text": f"工单 {number}（校外培训超时）：办理中"})
    say(page, f"查进度 {receipt}")
    expect(bubble(page)).to_contain_text(number)
    choose(page, photo("white"))
    expect(bubble(page)).to_contain_text(f"材料已加到工单 {number}")


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        ("a.heic", "image/heic", b"x", "HEIC"),
        ("a.jpg", "image/jpeg", b"", "空的"),
        ("a.mp4", "video/mp4", b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
        ("a.docx", "", b"PK\x03\x04", "PDF"),
    ],
)
def test_what_is_not_taken_says_so_and_the_page_goes_on(
    page: Page, name: str, kind: str, content: bytes, words: str
) -> None:
    choose(page, {"name": name, "mimeType": kind, "buffer": content})
    expect(bubble(page)).to_contain_text(words)
    expect(page.locator(".trouble")).to_have_text("没有传上去")
    say(page, "你好")
    expect(bubble(page)).to_have_text("好的")


def test_without_network_a_file_can_be_sent_again(page: Page) -> None:
    page.route("**/chat/files", lambda route: route.abort())
    choose(page, photo("yellow"))
    expect(bubble(page)).to_contain_text("没有传上去")
    page.unroute("**/chat/files")
    page.get_by_role("button", name="重传").click()
    expect(bubble(page)).to_contain_text("材料收到了")
    expect(page.locator("#log .parent")).to_have_count(1)


def test_by_keyboard_and_for_a_screen_reader(page: Page) -> None:
    page.get_by_label("您要说的话").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="添加材料")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files([photo("black")])
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_contain_text("材料收到了")


# The proof of filing


def test_after_filing_the_proof_can_be_had_and_checked(page: Page, served: Served) -> None:
    number, receipt = served.world.file(detail="周六上午还在上课")
    served.bot.script.append({"text": f"已登记，工单号 {number}。", "receipt": receipt})
    say(page, "对")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载登记凭证").click()
    assert download.value.suggested_filename == f"登记凭证-{number}.json"
    path = Path(download.value.path())
    assert verify(path.read_text("utf-8"), public_key(KEYS)).valid
    link = page.get_by_role("link", name="核对凭证的页面")
    expect(link).to_be_visible()
    with page.context.expect_page() as opened:
        link.click()
    checking = opened.value
    checking.get_by_label("选择凭证文件").set_input_files(path)
    checking.get_by_text("核对内容是否一致").click()
    checking.get_by_label("“情况”原文").fill("周六上午还在上课")
    checking.get_by_role("button", name="核对").click()
    expect(checking.get_by_role("status")).to_contain_text("凭证有效")
    expect(checking.get_by_role("status")).to_contain_text("填写的文字与登记时的一致")
    expect(checking.get_by_role("status")).to_contain_text(number)


def test_under_a_look_at_progress_it_can_be_had_until_a_reload(page: Page, served: Served) -> None:
    number, receipt = served.world.file()
    served.bot.script.append({"text": f"工单 {number}（校外培训超时）：办理中"})
    say(page, f"查进度 {receipt}")
    get = page.get_by_role("button", name="下载登记凭证")
    with page.expect_download():
        get.click()
    say(page, "谢谢")
    expect(bubble(page)).to_have_text("好的")
    expect(get).to_be_enabled()
    page.reload()
    expect(page.locator("#log")).to_contain_text(number)
    expect(get).to_have_count(0)
    assert receipt.replace(" ", "") not in page.content().replace(" ", "")


def test_a_proof_that_cannot_be_had_says_why(page: Page, served: Served) -> None:
    number, receipt = served.world.file()
    served.bot.script.append({"text": "已登记", "receipt": receipt})
    say(page, "对")
    with served.world.storage.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.erased_at = utc_now()
    page.get_by_role("button", name="下载登记凭证").click()
    expect(page.locator(".proofs")).to_contain_text("已按保存期限清除")


def test_the_check_works_without_a_script(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.address}/proof")
    page.get_by_label("或者粘贴凭证的内容").fill(json.dumps({"number": "JS1"}))
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("alert")).to_contain_text("凭证无效")
    context.close()


# News


def test_news_are_shown_once_and_change_nothing(page: Page, served: Served) -> None:
    buttons = [{"title": "对", "button": "b1"}]
    served.bot.script.append({"text": "对吗？", "buttons": buttons, "asks": "confirm"})
    say(page, "补课")
    expect(bubble(page)).to_have_text("对吗？")
    mark = mark_of(page, served)
    served.world.news.add(mark, f"k-{mark}", "您的工单 JS1 已有答复。", utc_now())
    expect(bubble(page)).to_have_text("您的工单 JS1 已有答复。")
    expect(page.get_by_role("button", name="对", exact=True)).to_be_enabled()
    expect(page.get_by_label("您要说的话")).to_have_attribute(
        "placeholder", "没问题请说“对”，要改就直接说"
    )
    page.reload()
    page.wait_for_timeout(1000)
    expect(page.get_by_text("您的工单 JS1 已有答复。")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen_and_targets_are_large(
    browser: Browser, served: Served, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    for path in ("/", "/proof"):
        page.goto(served.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.locator("button, a, textarea, summary, input[type=file]").evaluate_all(
            "all => all.filter(e => e.offsetHeight && e.getBoundingClientRect().height < 44)"
            ".map(e => e.outerHTML)"
        )
        assert small == []
    page.close()
